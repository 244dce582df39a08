"""A supervisor leaves: their own leg is dropped, the call goes on."""

from dataclasses import dataclass

from supervision.actions.call_reader import CallReader
from supervision.base.observability import logger
from supervision.base.problems import CallNotFound, NotJoined, SupervisionNotFound
from supervision.floor.floor import Floor
from supervision.rules.caller import Caller
from supervision.rules.supervision import Supervision
from supervision.table.repository import Supervisions


@dataclass(frozen=True, slots=True)
class Leave:
    """Ends supervisions."""

    reader: CallReader
    supervisions: Supervisions
    floor: Floor

    def leave(self, id_: str, caller: Caller) -> Supervision:
        """The supervision whose leg was dropped, or that had ended already.

        Raises SupervisionNotFound; Forbidden without the scope of its action; NotJoined where the phone is not on the
        call yet, or never came; OutcomeUnknown or a YtelProblem where Ytel did not drop it.
        """
        supervision = self._get(id_)
        caller.require(supervision.action)
        caller.require_agent(supervision.clientId)
        if supervision.under_way:
            supervision = self._seen_now(supervision)
        if supervision.state == "ended":
            return supervision
        if supervision.state != "joined" or supervision.leg is None:
            raise NotJoined("The supervisor's phone is not on the call.")
        self.reader.ytel.disconnect(supervision.confId, supervision.leg)
        try:
            self.floor.out_of_date()
        except Exception:
            # The supervisor has left: what comes after does not undo it.
            logger.exception("a leave could not be noted", extra={"supervision": supervision.id})
        return supervision

    def _seen_now(self, supervision: Supervision) -> Supervision:
        try:
            self.reader.read(supervision.confId)
        except CallNotFound:
            self.reader.guard.call_over(supervision)
        return self._get(supervision.id)

    def _get(self, id_: str) -> Supervision:
        supervision = self.supervisions.get(id_)
        if supervision is None:
            raise SupervisionNotFound("There is no such supervision.")
        return supervision
