"""Hanging up a call: every member is disconnected, supervisors too; asking again finishes what was left."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from supervision.actions.call_reader import CallReader
from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import (
    HangupIncomplete,
    OutcomeUnknown,
    Problem,
    YtelProblem,
    YtelRateLimited,
    YtelRejected,
)
from supervision.floor.floor import Floor
from supervision.rules.audience import to_disconnect
from supervision.rules.caller import Caller
from supervision.table.outbox import Event, Outbox

SIDE_BY_SIDE = 8
# Longer than its function lives: until then it tells for itself, and nobody tells something else under the same id.
LONGEST_MS = 60_000
GONE = YtelRejected("Ytel knows no such member.")


@dataclass(frozen=True, slots=True)
class HangUp:
    """Ends calls."""

    reader: CallReader
    outbox: Outbox
    floor: Floor

    def hang_up(self, conf_id: str, caller: Caller, correlation_id: str) -> list[str]:
        """The member ids that were disconnected, or were gone already.

        Raises MembersUnknown before anything is sent; YtelRateLimited where nothing was done; HangupIncomplete where
        some legs could not be disconnected; OutcomeUnknown where some answers never came. The last two have `hungUp`
        and `failed` in `extra`.
        """
        call = self.reader.read(conf_id)
        caller.require_agent(call.agent.clientId if call.agent else None)
        members = to_disconnect(call.legs)
        self._begin(_event(conf_id, [], members, caller, correlation_id))
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            answers = pool.map(lambda member: self._disconnect(conf_id, member), members)
            outcomes = dict(zip(members, answers, strict=True))
        for member in self._still_there(conf_id, [member for member, problem in outcomes.items() if problem is GONE]):
            outcomes[member] = YtelRejected("Ytel knows no such member, and lists it.")
        outcomes = {member: None if problem is GONE else problem for member, problem in outcomes.items()}
        hung_up = [member for member, problem in outcomes.items() if problem is None]
        failed = [member for member, problem in outcomes.items() if problem is not None]
        self._end(_event(conf_id, hung_up, failed, caller, correlation_id))
        _raise_for([problem for problem in outcomes.values() if problem], hung_up, failed, conf_id)
        return hung_up

    def _disconnect(self, conf_id: str, member: str) -> Problem | None:
        try:
            return None if self.reader.ytel.disconnect(conf_id, member) else GONE
        except (YtelProblem, OutcomeUnknown) as problem:
            return problem

    def _still_there(self, conf_id: str, gone: list[str]) -> list[str]:
        """Those of the `gone` who are on the call nevertheless: the hang-up's route is inferred, and may be wrong."""
        if not gone:
            return []
        try:
            conference = self.reader.ytel.conference(conf_id)
        except YtelProblem:
            return []
        members = conference.content.members if conference else None
        return [member for member in gone if member in members] if isinstance(members, dict) else []

    def _begin(self, nothing_yet: Event) -> None:
        """Keeps what is told where this function dies in the middle: that it was asked, and nothing of it is sure."""
        try:
            self.outbox.keep([nothing_yet], sweep_after_ms=LONGEST_MS)
        except Exception:
            logger.exception("a hang-up could not be noted beforehand")

    def _end(self, event: Event) -> None:
        try:
            self.floor.out_of_date()
            if event.data["hungUp"]:
                add_metric("HangUps")
                self.outbox.keep([event])
                self.outbox.publish([event])
            else:
                self.outbox.forget(event)
        except Exception:
            # The call is hung up: what comes after does not undo it.
            logger.exception("a hang-up could not be told", extra={"confId": event.data["confId"]})


def _event(conf_id: str, hung_up: Sequence[str], failed: Sequence[str], caller: Caller, correlation_id: str) -> Event:
    data = {"confId": conf_id, "hungUp": [*hung_up], "failed": [*failed], "requestedBy": caller.client}
    return Event("Call Hung Up", f"{conf_id}/{correlation_id}", data, caller.client, correlation_id, clock.now_ms())


def _raise_for(problems: Sequence[Exception], hung_up: list[str], failed: list[str], conf_id: str) -> None:
    lists = {"confId": conf_id, "hungUp": hung_up, "failed": failed}
    if any(isinstance(problem, OutcomeUnknown) for problem in problems):
        raise OutcomeUnknown("Whether some legs were disconnected is not known; asking again finishes it.", extra=lists)
    limited = [problem for problem in problems if isinstance(problem, YtelRateLimited)]
    if limited and len(limited) == len(problems) and not hung_up:
        raise YtelRateLimited(
            "Ytel asks to slow down; nobody was disconnected.", retry_after=limited[0].retry_after, extra=lists
        )
    if problems:
        raise HangupIncomplete("Some legs could not be disconnected; asking again finishes it.", extra=lists)
