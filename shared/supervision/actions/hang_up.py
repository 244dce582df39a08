"""Hanging up a call: every member is disconnected, supervisors too; asking again finishes what was left.

What an answer of Ytel's says of a disconnect is not relied on: its route is inferred, and an answer can say yes and do
nothing. Readings of the call afterwards show who is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from supervision.actions.call_reader import CallReader
from supervision.actions.confirming import Confirming
from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import (
    HangupIncomplete,
    OutcomeUnknown,
    Problem,
    YtelProblem,
    YtelRateLimited,
)
from supervision.base.side_by_side import side_by_side
from supervision.floor.floor import Floor
from supervision.rules.audience import to_disconnect
from supervision.rules.caller import Caller
from supervision.rules.legs import read_legs
from supervision.rules.supervision import new_id
from supervision.table.events import Event
from supervision.table.outbox import Outbox

# How long disconnects are waited for before the first look: what takes longer goes on meanwhile.
DISCONNECTS_WITHIN = 4.0
# No function runs longer: what was noted beforehand is told only where the one that hangs up died.
LONGEST_HANG_UP_MS = 60_000


@dataclass(frozen=True, slots=True)
class HangUp:
    """Ends calls. `confirming` looks whether the members are gone."""

    reader: CallReader
    outbox: Outbox
    floor: Floor
    confirming: Confirming

    def hang_up(self, named: str, caller: Caller, correlation_id: str) -> dict[str, Any]:
        """The call that is `named`, by Ytel's own text of its id, and the member ids that are seen to be gone.

        Raises CallNotFound and MembersUnknown before anything is sent; YtelRateLimited where nothing was done;
        HangupIncomplete where some members are still listed; OutcomeUnknown where that could not be seen. The last two
        have `hungUp` and `failed` in `extra`.
        """
        call = self.reader.read_as(caller, named)
        conf_id = call.conference.conf_id
        members = to_disconnect(call.legs)
        # Each attempt at one request is a happening of its own, and so is what it tells.
        attempt = f"{conf_id}/{correlation_id}/{new_id()}"
        begun = _event(f"{attempt}/begun", conf_id, [], members, caller, correlation_id)
        self._begin(begun)
        asked = side_by_side([partial(self._disconnect, conf_id, one) for one in members], DISCONNECTS_WITHIN)
        refused = [problem for problem in asked if problem is not None]
        limited = next((one for one in refused if isinstance(one, YtelRateLimited)), None)
        if limited is not None and len(refused) == len(members):
            self._end(_event(attempt, conf_id, [], members, caller, correlation_id), begun)
            lists = {"confId": conf_id, "hungUp": [], "failed": list(members)}
            raise YtelRateLimited(
                "Ytel asks to slow down; nobody was disconnected.", retry_after=limited.retry_after, extra=lists
            )
        there = self._still_there(conf_id, members)
        hung_up = [one for one in members if there is not None and one not in there]
        failed = [one for one in members if one not in hung_up]
        self._end(_event(attempt, conf_id, hung_up, failed, caller, correlation_id), begun)
        lists = {"confId": conf_id, "hungUp": hung_up, "failed": failed}
        if there is None:
            raise OutcomeUnknown("Who is still on the call could not be seen; asking again finishes it.", extra=lists)
        if failed:
            raise HangupIncomplete("Some legs are still on the call; asking again finishes it.", extra=lists)
        return lists

    def _disconnect(self, conf_id: str, member: str) -> Problem | None:
        try:
            self.reader.ytel.disconnect(conf_id, member)
        except (YtelProblem, OutcomeUnknown) as problem:
            return problem
        return None

    def _still_there(self, conf_id: str, members: Sequence[str]) -> set[str] | None:
        """Those of `members` that the last reading still shows, once all are gone or the time is up.

        None where no reading could tell, or the last ones lack a call that may go on.
        """
        seen: set[str] | None = None
        for look in self.confirming.looks():
            try:
                conference = self.reader.ytel.conference(conf_id)
            except YtelProblem:
                continue
            if conference is None:
                seen = set() if look.missing() else None
            else:
                look.listed()
                legs = read_legs(conference.content, None)
                if isinstance(conference.content.members, dict) and legs.named <= len(legs.members):
                    seen = {leg.member_id for leg in legs.members} & {*members}
            if seen == set():
                break
        return seen

    def _begin(self, nothing_yet: Event) -> None:
        """Keeps what is told where this function dies in the middle: that it was asked, and nothing of it is sure."""
        try:
            self.outbox.keep([nothing_yet], sweep_after_ms=LONGEST_HANG_UP_MS)
        except Exception:
            logger.exception("a hang-up could not be noted beforehand")

    def _end(self, event: Event, begun: Event) -> None:
        try:
            self.floor.invalidate()
            if event.data["hungUp"]:
                add_metric("HangUps")
                self.outbox.keep([event], [self.outbox.forgotten(begun)])
                self.outbox.publish([event])
            else:
                self.outbox.forget(begun)
        except Exception:
            # The call is hung up: what comes after does not undo it.
            logger.exception("a hang-up could not be told", extra={"confId": event.data["confId"]})


def _event(
    subject: str, conf_id: str, hung_up: Sequence[str], failed: Sequence[str], caller: Caller, correlation_id: str
) -> Event:
    data = {"confId": conf_id, "hungUp": [*hung_up], "failed": [*failed], "requestedBy": caller.client}
    return Event("Call Hung Up", subject, data, caller.client, correlation_id, clock.now_ms())
