"""The use case behind listen, whisper and barge, whichever door it came through: read, decide, dial, record, tell."""

from collections.abc import Callable
from dataclasses import dataclass

from supervision.actions.call_reader import CallReader
from supervision.base import clock
from supervision.base.observability import logger, measured
from supervision.base.problems import (
    AlreadySupervising,
    CallNotFound,
    InProgress,
    OutcomeUnknown,
    SupervisionNotFound,
    YtelProblem,
)
from supervision.base.settings import DialSettings
from supervision.floor.floor import Floor
from supervision.rules.actions import ACTIONS
from supervision.rules.audience import decide
from supervision.rules.caller import Caller
from supervision.rules.legs import same_number
from supervision.rules.lifecycle import JOIN_WITHIN_MS
from supervision.rules.phone_numbers import may_dial
from supervision.rules.supervision import Supervision, new_id
from supervision.table import rate_limit
from supervision.table.outbox import of_supervision
from supervision.table.repository import PhoneTaken, Supervisions

# The same request within this time gets the supervision that is under way.
SAME_REQUEST_MS = 30_000
# A dial that is pending for longer was cut off: its outcome is unknown.
DIAL_MS = 10_000
RECORD_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class DialRequest:
    """A supervisor's phone is to be asked into a call. `key` is what the client named its request by, if it did."""

    action: str
    conf_id: str
    to: str
    caller: Caller
    correlation_id: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Supervise:
    """Asks supervisors' phones into calls, one dial for one request."""

    reader: CallReader
    supervisions: Supervisions
    floor: Floor
    settings: DialSettings
    table: str

    def dial(self, request: DialRequest) -> Supervision:
        """The supervision that was begun, or the same request's that is under way.

        Raises a Problem. With OutcomeUnknown the dial may have been sent, and `extra` names the supervision; with any
        other nothing rang.
        """
        to = self._check_number(request, ())
        earlier = self.supervisions.asked(request.caller.client, request.key) if request.key is not None else None
        if earlier is not None and earlier.dial != "refused":
            return earlier if earlier.dial == "taken" else self.look_again(earlier.id)
        call = self.reader.read(request.conf_id)
        request.caller.require_agent(call.agent.clientId if call.agent else None)
        standing = next((one for one in call.supervisions if same_number(one.to, to)), None)
        if standing is not None:
            return _same_request(standing, request)
        to = self._check_number(request, call.numbers)
        audience = decide(request.action, call.legs)
        if call.agent is None:
            raise AssertionError("an audience was decided for a call without an agent")
        now = clock.now_ms()
        rate_limit.count(self.table, request.caller.client, self.settings.dials_per_minute, now)
        supervision = Supervision(
            id=new_id(),
            action=request.action,
            confId=request.conf_id,
            to=to,
            caller=call.agent.webrtcNumber,
            clientId=call.agent.clientId,
            noSpeakToList=audience.no_speak_to,
            hears=audience.hears,
            requestedBy=request.caller.client,
            requestedAt=now,
            correlationId=request.correlation_id,
            key=request.key,
        )
        try:
            self.supervisions.begin(supervision)
        except PhoneTaken:
            raise InProgress("The same phone is being asked into this call right now.") from None
        return self._send(supervision)

    def look_again(self, id_: str) -> Supervision:
        """The supervision whose dial's answer was lost, if its phone has joined. Raises OutcomeUnknown if not."""
        supervision = self.supervisions.get(id_)
        if supervision is None:
            raise SupervisionNotFound("There is no such supervision.")
        if supervision.joinedAt is None and supervision.under_way:
            try:
                self.reader.read(supervision.confId)
            except CallNotFound:
                self.reader.guard.call_over(supervision)
            except YtelProblem:
                raise _unknown(supervision) from None
            supervision = self.supervisions.get(id_) or supervision
        if supervision.joinedAt is None:
            raise _unknown(supervision)
        return supervision

    def _check_number(self, request: DialRequest, in_call: set[str] | tuple[()]) -> str:
        return may_dial(
            request.to,
            account_numbers=self.reader.users.numbers(),
            in_call=in_call,
            regions=self.settings.dial_regions,
            allowed=request.caller.phones,
        )

    def _send(self, supervision: Supervision) -> Supervision:
        # On record before it is sent: a function that dies here leaves a phone that will not be dialled twice.
        try:
            self.reader.ytel.bring_in(
                supervision.confId,
                caller=supervision.caller,
                to=supervision.to,
                mute=self.settings.listen_mute and supervision.action == "listen",
                no_speak_to=supervision.noSpeakToList,
            )
        except OutcomeUnknown:
            measured("DialsUnknown")
            self._record(supervision, lambda one: one.replace(dial="unknown"))
            raise _unknown(supervision) from None
        except YtelProblem as problem:
            refused = {"dial": "refused", "state": "failed", "endedAt": clock.now_ms(), "how": problem.code}
            self._record(supervision, lambda one: one.replace(**refused) if one.state == "dialing" else one)
            raise
        measured(ACTIONS[supervision.action].started_metric)
        return self._record(supervision, lambda one: one.replace(dial="taken"), "Supervision Started")

    def _record(
        self, supervision: Supervision, change: Callable[[Supervision], Supervision], tell: str | None = None
    ) -> Supervision:
        """Records what is now known of the dial, and tells it.

        A reading may have changed the record since the dial was sent: the change is made to what stands then. A table
        that fails does not undo the dial, so it does not fail the request.
        """
        after = change(supervision)
        try:
            for _ in range(RECORD_ATTEMPTS):
                # A reading that saw the phone join before this was recorded has told that it began.
                events = [of_supervision(tell, after)] if tell and after.joinedAt is None else ()
                saved = self.supervisions.save(after, events)
                supervision = saved or self.supervisions.get(supervision.id) or supervision
                after = supervision if saved else change(supervision)
                if saved or not supervision.under_way:
                    break
            self.floor.out_of_date()
        except Exception:
            logger.exception("a dial could not be recorded", extra={"supervision": supervision.id})
        return after


def _same_request(standing: Supervision, request: DialRequest) -> Supervision:
    """What a request gets whose phone is already ringing for this call or on it. Raises Conflict or OutcomeUnknown."""
    age = clock.now_ms() - standing.requestedAt
    if standing.action != request.action or standing.requestedBy != request.caller.client:
        raise AlreadySupervising("This phone is already ringing for this call, or on it.")
    if standing.dial != "taken":
        if standing.state == "joined":
            return standing
        if standing.dial == "pending" and age < DIAL_MS:
            raise InProgress("The same request is being worked on.")
        raise _unknown(standing)
    # A request that has a name is another one than this: the one of its name was looked for first.
    if request.key is None and age < SAME_REQUEST_MS:
        return standing
    raise AlreadySupervising("This phone is already ringing for this call, or on it.")


def _unknown(supervision: Supervision) -> OutcomeUnknown:
    left = JOIN_WITHIN_MS - (clock.now_ms() - supervision.requestedAt)
    return OutcomeUnknown(
        "Ytel's answer to the dial never came. If the phone rings, answer it; asking again looks whether it joined.",
        extra={"supervisionId": supervision.id},
        retry_after=max(1, left // 1000),
    )
