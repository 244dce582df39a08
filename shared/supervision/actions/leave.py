"""A supervisor leaves, or is given up: their own leg is dropped, now or when it comes. The call goes on."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from supervision.actions.call_reader import CallReader
from supervision.base import clock
from supervision.base.observability import logger
from supervision.base.problems import CallNotFound, OutcomeUnknown, SupervisionNotFound, YtelProblem
from supervision.floor.floor import Floor
from supervision.rules.caller import Caller
from supervision.rules.supervision import Supervision
from supervision.table.events import Event, of_supervision
from supervision.table.repository import Supervisions, changed_by_others
from supervision.table.writes import RECORD_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Leave:
    """Ends supervisions."""

    reader: CallReader
    supervisions: Supervisions
    floor: Floor

    def leave(self, id_: str, caller: Caller) -> Supervision:
        """The supervision whose leg is being dropped, or was gone already.

        One that rings, or never joined, is given up: its leg is dropped if it comes all the same. One whose mode is
        being changed is not dialled again, unless it was already: that is another supervision then. That the leg is to
        go is on record before it is disconnected, so every reading drops it again until it is gone.
        Raises SupervisionNotFound; Forbidden without the scope of its action; a YtelProblem where its call cannot be
        read or Ytel refuses to disconnect it.
        """
        supervision = self._get(id_)
        caller.require_supervision(supervision.clientId)
        caller.require(supervision.action)
        if supervision.replacedBy is not None:
            supervision = self._stay_away(supervision, caller)
        if supervision.watched:
            self._read(supervision)
            supervision = self._end(self._get(id_), caller)
        if supervision.state == "dialing":
            # Given up. A phone that was answered in the same moment is on the call, and is dropped.
            with contextlib.suppress(YtelProblem):
                self._read(supervision)
            supervision = self._get(id_)
        if supervision.state == "joined" and supervision.leg is not None:
            self._disconnect(supervision.confId, supervision.leg)
        try:
            self.floor.invalidate()
        except Exception:
            # The supervisor has left: what comes after does not undo it.
            logger.exception("a leave could not be noted", extra={"supervision": supervision.id})
        return supervision

    def _read(self, supervision: Supervision) -> None:
        """Has the record be what Ytel shows now."""
        with contextlib.suppress(CallNotFound):  # taken in as a reading that does not show the call
            self.reader.read(supervision.confId)

    def _end(self, supervision: Supervision, caller: Caller) -> Supervision:
        """Puts on record that its leg is to go. Raises InProgress where others change the record all the time."""
        for _ in range(RECORD_ATTEMPTS):
            if not supervision.watched or supervision.ending is not None:
                return supervision
            after, tell = _ended_by(supervision, caller)
            saved = self.supervisions.save(after, tell)
            if saved is not None:
                return saved
            supervision = self._get(supervision.id)
        raise changed_by_others()

    def _stay_away(self, supervision: Supervision, caller: Caller) -> Supervision:
        """Takes back what a change of mode is to dial, where it has not begun. Raises InProgress as `_end` does."""
        for _ in range(RECORD_ATTEMPTS):
            if supervision.replacedBy is None or self.supervisions.get(supervision.replacedBy) is not None:
                return supervision
            by = supervision.endedBy if supervision.state == "ended" else caller.client
            after = supervision.replace(replacedBy=None, ending="left", endedBy=by)
            saved = self.supervisions.save(after, was_watched=supervision.watched)
            if saved is not None:
                return saved
            supervision = self._get(supervision.id)
        raise changed_by_others()

    def _disconnect(self, conf_id: str, leg: str) -> None:
        try:
            self.reader.ytel.disconnect(conf_id, leg)
        except OutcomeUnknown:
            # The next reading shows whether it is gone, and drops it again if not.
            logger.info("whether a leg was disconnected is not known yet", confId=conf_id)

    def _get(self, id_: str) -> Supervision:
        supervision = self.supervisions.get(id_)
        if supervision is None:
            raise SupervisionNotFound("There is no such supervision.")
        return supervision


def _ended_by(supervision: Supervision, caller: Caller) -> tuple[Supervision, Sequence[Event]]:
    """The record once it was asked to end, and what is told of it."""
    if supervision.state == "ended":
        return supervision.replace(ending="left"), ()
    if supervision.under_way:
        why = "left" if supervision.state == "joined" else "given_up"
        return supervision.replace(ending=why, endedBy=caller.client), ()
    given_up = supervision.replace(
        ending="given_up", endedBy=caller.client, state="ended", how="given_up", endedAt=clock.now_ms()
    )
    return given_up, (of_supervision("Supervision Ended", given_up),)
