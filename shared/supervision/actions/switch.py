"""A change of mode: on Ytel it is a second dial of the same phone, for which its leg has to go first.

    decide ──claim──► the old leg goes ──seen to be gone──► decide anew ──begin──► dial
      │                     │                                    │
      refused:              a function that dies here leaves a supervision that ends, `switched`: every reading drops
      nothing changed       its leg, nobody is dialled, and asking again goes on from there

The claim puts on record that the leg is to go and which supervision takes its place, in one transaction. That one's
record is written before its dial is sent, and only where no other of that phone is under way: so however many functions
go on with one change, the phone is dialled once.
"""

from dataclasses import dataclass

from supervision.actions.call_reader import LiveCall
from supervision.actions.confirming import Confirming
from supervision.actions.dial import Dial, begun
from supervision.actions.standing import DIAL_MS, phone_in_progress
from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import (
    AgentNotProven,
    AlreadySupervising,
    CallNotFound,
    InProgress,
    InvalidRequest,
    NotJoined,
    OutcomeUnknown,
    SupervisionNotFound,
    YtelProblem,
)
from supervision.rules.actions import ACTIONS, DIALLED, in_words
from supervision.rules.audience import decide, require_company
from supervision.rules.phone_numbers import PhoneNumber, require_not_in_call, same
from supervision.rules.request import Request
from supervision.rules.supervision import Supervision, new_id
from supervision.table.repository import PhoneTaken, changed_by_others
from supervision.table.requests import Opened
from supervision.table.writes import RECORD_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Switch:
    """Changes what a supervision does. `confirming` looks whether its old leg is gone."""

    dial: Dial
    confirming: Confirming

    def switch(self, request: Request, opened: Opened | None = None) -> Supervision:
        """The supervision that takes the place of the one that is asked about; itself, where it does that already.

        Raises SupervisionNotFound; Forbidden without the scopes of both actions; NotJoined where its phone is not on
        the call; what an audience or a number is refused with, and TooManyDials: then nothing has changed. Once its leg
        was told to go: OutcomeUnknown where it is not seen to be gone in time, and asking again goes on; the refusal of
        the audience as it is by then; what a dial raises.
        """
        action = request.to_action
        if action is None or action not in DIALLED:
            raise InvalidRequest(f"What it is changed to must be {in_words(DIALLED)}.")
        supervision = self._get(request.supervision_id or "")
        request.caller.require_supervision(supervision.clientId)
        request.caller.require(supervision.action)
        request.caller.require(action)
        to = self.dial.read_number(supervision.to, request.caller)
        if supervision.replacedBy is None:
            if supervision.action == action and supervision.under_way and supervision.ending is None:
                return supervision
            supervision = self._claimed(supervision, to, request, opened)
        if supervision.replacedFor != action or supervision.replacedBy is None:
            raise _not_joined(supervision)
        if opened is not None:
            opened.supervision_id = supervision.replacedBy
        return self._dialled_again(supervision, request, opened)

    def _claimed(
        self, supervision: Supervision, to: PhoneNumber, request: Request, opened: Opened | None
    ) -> Supervision:
        """The supervision once it is on record that its leg is to go, and for what."""
        action = request.to_action or ""
        call = self.dial.reader.read_as(request.caller, supervision.confId)
        require_not_in_call(to, call.numbers)
        for _ in range(RECORD_ATTEMPTS):
            supervision = self._get(supervision.id)
            if supervision.replacedBy is not None:
                return supervision  # by another function, just now
            if supervision.state != "joined" or supervision.ending is not None:
                raise _not_joined(supervision)
            if supervision.agentLeg is not None:
                raise AgentNotProven("The agent is being released from this call; the customer would be alone.")
            if ACTIONS[supervision.action].heard_by_all:
                require_company(call.legs)
            decide(action, call.legs, without=supervision.id)
            next_ = new_id()
            claimed = supervision.replace(
                ending="switched", endedBy=request.caller.client, replacedBy=next_, replacedFor=action
            )
            guarded = [self.dial.one_dial(request.caller), *begun(opened, next_)]
            saved = self.dial.supervisions.save(claimed, guarded=guarded)
            if saved is not None:
                return saved
        raise changed_by_others()

    def _dialled_again(self, before: Supervision, request: Request, opened: Opened | None) -> Supervision:
        next_ = self.dial.supervisions.get(before.replacedBy or "")
        if next_ is not None:
            return self._as_it_stands(next_)
        call = self._seen_gone(before)
        next_ = self.dial.decided(before.replacedBy or "", before.replacedFor or "", before.to, call, request).replace(
            confId=before.confId,
            until=before.until,
            replaces=before.id,
            follow=before.follow,
            gapMs=max(0, clock.now_ms() - call.conference.read_at),
        )
        self._begin(next_)
        add_metric("SwitchGap", next_.gapMs or 0, "Milliseconds")
        return self.dial.send(next_, opened)

    def _as_it_stands(self, next_: Supervision) -> Supervision:
        if next_.dial == "taken" or next_.joinedAt is not None:
            return next_
        if next_.dial == "refused":
            raise _not_joined(next_)
        if next_.dial == "pending" and clock.now_ms() - next_.requestedAt < DIAL_MS:
            raise InProgress()
        return self.dial.look_again(next_.id)

    def _seen_gone(self, before: Supervision) -> LiveCall:
        """The call, once a reading shows that the old leg is gone. Each reading drops it, until it is."""
        for look in self.confirming.looks():
            try:
                call = self.dial.reader.read(before.confId)
            except CallNotFound:
                if look.missing():
                    raise
            except YtelProblem as problem:
                logger.info("whether a leg is gone could not be seen", code=problem.code)
            else:
                look.listed()
                if call.legs.known and not call.legs.own(before.id):
                    return call
        raise OutcomeUnknown(
            "The supervisor's leg is not seen to be gone yet, and the phone not dialled; asking again goes on.",
            extra={"supervisionId": before.id},
        )

    def _begin(self, next_: Supervision) -> None:
        """Puts it on record.

        Raises NotJoined where the supervisor asked to leave meanwhile; AlreadySupervising or InProgress where another
        request asked the phone in.
        """
        supervisions = self.dial.supervisions
        for _ in range(RECORD_ATTEMPTS):
            before = self._get(next_.replaces or "")
            if before.replacedBy != next_.id:
                raise _not_joined(before)
            of_phone = [one for one in supervisions.open(next_.confId) if same(one.to, next_.to)]
            other = next((one for one in of_phone if one.under_way), None)
            if other is not None and other.id != next_.replaces:
                raise AlreadySupervising(
                    "This phone was asked into this call meanwhile.", extra={"supervisionId": other.id}
                )
            if other is not None:
                self.dial.reader.read(next_.confId)  # another reading than the last one has it on the call
                continue
            standing = next((one for one in of_phone if not one.displaced), None)
            if standing is not None and standing.id == before.id:
                standing = before  # as it was when it was looked at
            try:
                supervisions.begin(next_, instead_of=standing, replaces=before)
            except PhoneTaken:
                continue
            return
        raise phone_in_progress()

    def _get(self, id_: str) -> Supervision:
        supervision = self.dial.supervisions.get(id_)
        if supervision is None:
            raise SupervisionNotFound("There is no such supervision.")
        return supervision


def _not_joined(supervision: Supervision) -> NotJoined:
    next_ = supervision.replacedBy
    return NotJoined(
        "The supervisor's phone is not on the call under this supervision, so its mode cannot be changed.",
        extra={"supervisionId": next_} if next_ else None,
    )
