"""The use case behind listen, whisper and barge, whichever door it came through: read, decide, dial, record, tell."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from supervision.actions.call_reader import CallReader, LiveCall
from supervision.actions.standing import already_standing, outcome_unknown, phone_in_progress, same_request
from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import (
    CallNotFound,
    InProgress,
    InvalidRequest,
    OutcomeUnknown,
    SupervisionNotFound,
    YtelProblem,
    YtelUnavailable,
)
from supervision.base.settings import DialSettings
from supervision.floor.floor import Floor
from supervision.rules.actions import ACTIONS
from supervision.rules.audience import decide
from supervision.rules.caller import Caller
from supervision.rules.phone_numbers import PhoneNumber, read, require_not_in_call, require_one_of, same
from supervision.rules.request import Request
from supervision.rules.supervision import Supervision, new_id
from supervision.table import rate_limit
from supervision.table.events import of_supervision
from supervision.table.repository import PhoneTaken, Supervisions
from supervision.table.requests import Opened
from supervision.table.writes import RECORD_ATTEMPTS, Guarded, Write

# Lambda may stop a function in the middle and go on with it later: what was decided before that is not sent.
SEND_WITHIN_MS = 20_000


@dataclass(frozen=True, slots=True)
class Dial:
    """Asks supervisors' phones into calls, one dial for one request."""

    reader: CallReader
    supervisions: Supervisions
    floor: Floor
    settings: DialSettings

    def dial(
        self,
        request: Request,
        opened: Opened | None = None,
        besides: Callable[[Supervision], list[Guarded]] = lambda _: [],
    ) -> Supervision:
        """The supervision that was begun, or the same request's that is under way.

        `opened` is the request in the table, where it has a name: what an earlier function began for it is looked for,
        and what this one begins is noted in it before it is sent. `besides` gives what is written together with the
        supervision. Raises a Problem. With OutcomeUnknown the dial may
        have been sent, and `extra` names the supervision; with any other nothing rang.
        """
        if opened is not None and opened.supervision_id is not None:
            earlier = self.supervisions.get(opened.supervision_id)
            if earlier is not None and earlier.dial != "refused":
                return earlier if earlier.dial == "taken" else self.look_again(earlier.id)
        to = self.read_number(_phone(request), request.caller)
        call = self.reader.read_for(request, opened.reading if opened else None)
        of_phone = [one for one in call.supervisions if same(one.to, to)]
        standing = next((one for one in of_phone if one.under_way), None)
        if standing is not None:
            return same_request(standing, request, self._ring_ms)
        if given_up_early := next((one for one in of_phone if self._may_ring_yet(one)), None):
            raise already_standing(given_up_early)
        require_not_in_call(to, call.numbers)
        supervision = self.decided(new_id(), request.action, to, call, request)
        # A closed supervision of this phone keeps being watched: its leg may still come.
        closed = next((one for one in of_phone if not one.displaced), None)
        guarded = [self.one_dial(request.caller), *begun(opened, supervision.id), *besides(supervision)]
        try:
            self.supervisions.begin(supervision, guarded, instead_of=closed)
        except PhoneTaken:
            raise phone_in_progress() from None
        if opened is not None:
            opened.supervision_id = supervision.id
        return self.send(supervision, opened)

    def look_again(self, id_: str) -> Supervision:
        """The supervision whose dial's answer was lost, if its phone has joined. Raises OutcomeUnknown if not."""
        supervision = self.supervisions.get(id_)
        if supervision is None:
            raise SupervisionNotFound("There is no such supervision.")
        if supervision.joinedAt is None and supervision.under_way:
            try:
                self.reader.read(supervision.confId)
            except CallNotFound:
                pass  # the reading is taken in all the same
            except YtelProblem:
                raise outcome_unknown(supervision, self._ring_ms) from None
            supervision = self.supervisions.get(id_) or supervision
        if supervision.joinedAt is None:
            raise outcome_unknown(supervision, self._ring_ms)
        return supervision

    @property
    def _ring_ms(self) -> int:
        return self.reader.guard.patience.ring

    def _may_ring_yet(self, closed: Supervision) -> bool:
        """Whether a phone that was taken as not answered may ring all the same: by another function's clock it was."""
        return closed.how == "not_answered" and clock.now_ms() - closed.requestedAt <= self._ring_ms

    def read_number(self, written: str, caller: Caller) -> PhoneNumber:
        """The phone that is meant, if this account and this key may dial it. Raises NumberNotAllowed."""
        own = self.reader.users.numbers()
        to = read(written, account_numbers=own, regions=self.settings.dial_regions)
        require_one_of(to, caller.phones)
        return to

    def one_dial(self, caller: Caller) -> Guarded:
        """What counts one dial of the caller's."""
        return rate_limit.one_dial(caller.limited_as, self.settings.dials_per_minute, clock.now_ms())

    def decided(self, id_: str, action: str, to: PhoneNumber, call: LiveCall, request: Request) -> Supervision:
        """The supervision that is to be dialled for `request` on a call as it was read; it is not on record yet.

        Raises what an audience is refused with.
        """
        audience = decide(action, call.legs)
        if call.agent is None:
            raise AssertionError("an audience was decided for a call without an agent")
        now = clock.now_ms()
        return Supervision(
            id=id_,
            action=action,
            confId=call.conference.conf_id,
            to=to,
            caller=call.agent.webrtcNumber,
            clientId=call.agent.clientId,
            noSpeakToList=audience.no_speak_to,
            hears=audience.hears,
            requestedBy=request.caller.client,
            requestedAt=now,
            correlationId=request.correlation_id,
            key=request.name,
            mute=self.settings.listen_mute and action == "listen",
            follow=request.follow_id,
            until=now + int(min(request.max_seconds or math.inf, self.settings.max_seconds) * 1000),
        )

    def send(self, supervision: Supervision, opened: Opened | None) -> Supervision:
        """Sends the dial of a supervision that was begun, and records, tells and answers what came of it.

        Raises OutcomeUnknown, or a YtelProblem where nothing rang.
        """
        # On record before it is sent: a function that dies here leaves a phone that will not be dialled twice.
        try:
            if clock.now_ms() - supervision.requestedAt > SEND_WITHIN_MS:
                raise YtelUnavailable("It took too long to be sent on what was read of the call; nothing was sent.")
            dialled = self.reader.ytel.bring_in(
                supervision.confId,
                caller=supervision.caller,
                to=supervision.to,
                mute=supervision.mute,
                no_speak_to=supervision.noSpeakToList,
            )
        except OutcomeUnknown:
            add_metric("DialsUnknown")
            problem = outcome_unknown(supervision, self._ring_ms)
            self._record(supervision, lambda one: one.replace(dial="unknown"), opened, lost=problem)
            raise problem from None
        except YtelProblem as problem:
            refused = {"dial": "refused", "state": "failed", "endedAt": clock.now_ms(), "how": problem.code}
            self._record(supervision, lambda one: one.replace(**refused) if one.state == "dialing" else one, None)
            raise
        add_metric(ACTIONS[supervision.action].started_metric)
        taken = {"dial": "taken", "callSid": dialled.call_sid}
        return self._record(supervision, lambda one: one.replace(**taken), opened, tell="Supervision Started")

    def _record(
        self,
        supervision: Supervision,
        change: Callable[[Supervision], Supervision],
        opened: Opened | None,
        *,
        tell: str | None = None,
        lost: OutcomeUnknown | None = None,
    ) -> Supervision:
        """Records what is now known of the dial, tells it, and closes its request with it.

        A table that fails does not undo the dial, so it does not fail the request.
        """
        with ThreadPoolExecutor(1) as pool:
            invalidated = pool.submit(self.floor.invalidate)
            try:
                after = self._saved(supervision, change, tell, lambda one: _answer(opened, one, lost))
                if opened is not None:
                    opened.closed = True
                invalidated.result()
            except Exception:
                logger.exception("a dial could not be recorded", extra={"supervision": supervision.id})
                return change(supervision)
        return after

    def _saved(
        self,
        supervision: Supervision,
        change: Callable[[Supervision], Supervision],
        tell: str | None,
        close: Callable[[Supervision], list[Write]],
    ) -> Supervision:
        """The supervision as it was saved, with the event that tells of it.

        A reading may have changed the record since the dial was sent: the change is made to what stands then. Where
        others change it each time, the event is told all the same, and what they recorded stands.
        """
        for _ in range(RECORD_ATTEMPTS):
            after = change(supervision)
            # A reading that saw the phone join before this was recorded has told that it began.
            events = [of_supervision(tell, after)] if tell and after.joinedAt is None else []
            saved = self.supervisions.save(after, events, close(after))
            if saved is not None:
                return saved
            supervision = self.supervisions.get(supervision.id) or supervision
            if not supervision.watched:
                break
        logger.error("a dial's record is another's each time", extra={"supervision": supervision.id})
        after = change(supervision)
        events = [of_supervision(tell, after)] if tell and after.joinedAt is None else []
        self.supervisions.outbox.keep(events, close(after))
        self.supervisions.outbox.publish(events)
        return after


def begun(opened: Opened | None, supervision_id: str) -> list[Guarded]:
    """What notes in a request that has a name what is about to be sent for it, if it is still this function's."""
    if opened is None:
        return []
    return [Guarded(opened.begun(supervision_id), InProgress())]


def _answer(opened: Opened | None, after: Supervision, lost: OutcomeUnknown | None) -> list[Write]:
    """What keeps the answer of a request that has a name, to be written together with the record of its dial."""
    if opened is None:
        return []
    return [opened.unknown(lost.extra) if lost else opened.done(after.to_json())]


def _phone(request: Request) -> str:
    if request.to is None:
        raise InvalidRequest('"to", the supervisor\'s phone, is missing.')
    return request.to
