"""An agent calls for a supervisor, or takes that back. It stands on the call's row, and is told."""

from dataclasses import dataclass

from supervision.actions.call_reader import CallReader, LiveCall
from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import InProgress
from supervision.floor.floor import Floor
from supervision.rules import lifecycle
from supervision.rules.calls import Call, active_call
from supervision.rules.ids import id_key
from supervision.rules.request import Request
from supervision.table.events import Event
from supervision.table.helps import Help, Helps
from supervision.table.outbox import Outbox
from supervision.table.writes import RECORD_ATTEMPTS, Write


@dataclass(frozen=True, slots=True)
class CallForHelp:
    """Has calls for a supervisor stand, each once a call."""

    reader: CallReader
    helps: Helps
    outbox: Outbox
    floor: Floor

    def ask(self, request: Request) -> Call:
        """The call, with the agent's call for a supervisor on it. Asking again changes the reason, and not the time.

        Raises CallNotFound, TooManyRequests, or a YtelProblem.
        """
        call = self.reader.read_as(request.caller, request.conf_id or "")
        for _ in range(RECORD_ATTEMPTS):
            now = clock.now_ms()
            standing = self.helps.get(call.conference.conf_id)
            if standing is not None and standing.reason == request.reason:
                return self._row(call, standing)
            first = Help(request.reason, now, request.caller.client)
            asked = standing._replace(reason=request.reason) if standing else first
            row = self._row(call, asked)
            if self._told("Help Asked", row, request, now, self.helps.put(row["confId"], asked, standing)):
                add_metric("HelpAsked", 0 if standing else 1)
                return row
        raise InProgress("Others change the same; ask again in a moment.")

    def withdraw(self, request: Request) -> Call:
        """The call, with no call for a supervisor on it any more. Raises as `ask` does."""
        call = self.reader.read_as(request.caller, request.conf_id or "")
        for _ in range(RECORD_ATTEMPTS):
            now = clock.now_ms()
            standing = self.helps.get(call.conference.conf_id)
            row = self._row(call, None)
            if standing is None or self._told(
                "Help Withdrawn", row, request, now, self.helps.removed(row["confId"], standing)
            ):
                return row
        raise InProgress("Others change the same; ask again in a moment.")

    def _told(self, detail_type: str, row: Call, request: Request, now: int, change: Write) -> bool:
        """Whether the change was made. It is told together with it, and the list is read anew."""
        caller, correlation_id = request.caller.client, request.correlation_id
        event = Event(detail_type, f"{row['confId']}/{now}/{correlation_id}", row, caller, correlation_id, now)
        if not self.outbox.keep([event], [change]):
            return False
        self.outbox.publish([event])
        try:
            self.floor.invalidate()
        except Exception:
            logger.exception("a call for help could not be noted for the list", extra={"confId": row["confId"]})
        return True

    def _row(self, call: LiveCall, standing: Help | None) -> Call:
        users = {id_key(call.agent.clientId): call.agent} if call.agent else {}
        supervisors = lifecycle.supervisors(
            [one for one in call.supervisions if one.under_way],
            read_at=call.conference.read_at,
            patience=self.reader.guard.patience,
        )
        return active_call(call.conference.content, users, supervisors, standing and standing.to_json())
