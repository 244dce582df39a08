"""What was once wrong, put back into the code one thing at a time: the simulation has to find each.

    PYTHONPATH=shared python -m tests.integration.simulation.faults [NAME …]

prints for each fault the rule that found it, and after how many floors. A fault that is not found is a hole in the
proof. A new fault takes one entry below: what is put in the place of what, and a world in which it matters.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from supervision.actions.hang_up import HangUp
from supervision.base.side_by_side import side_by_side
from supervision.rules import lifecycle
from supervision.rules.audience import Audience
from supervision.rules.legs import Leg, Legs, User
from supervision.ytel.client import Ytel
from tests.harness.simulation import patches
from tests.harness.simulation.judge import Broken
from tests.harness.simulation.system import environment
from tests.harness.simulation.worlds import WORLDS, World
from tests.integration.simulation.playing import played

MOST_FLOORS = 1_500


@dataclass(frozen=True)
class Fault:
    """One thing that was wrong. `instead` maps names of the layer to what stands there; `finds` are the rules."""

    name: str
    world: World | str
    instead: dict[str, Any]
    finds: frozenset[str]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def in_world(self) -> World:
        """Where it is played."""
        return self.world if isinstance(self.world, World) else next(one for one in WORLDS if one.name == self.world)

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """The code has the fault."""
        with ExitStack() as stack:
            stack.enter_context(patch.dict("os.environ", self.environment))
            for name, instead in self.instead.items():
                stack.enter_context(patch(f"supervision.{name}", instead))
            yield


def _ended_at_once(seen: Any, read_at: int, _: Any) -> Any:
    return seen.replace(state="ended", endedAt=read_at, how="call_ended", watched=False) if seen.under_way else seen


def _first_with_a_proof(legs: list[Leg], user: User, _: Any) -> tuple[str | None, str | None, str]:
    by_number = [leg for leg in legs if leg.channel_name == user.webrtcNumber]
    proofs = [*by_number, *(leg for leg in legs if leg.caller_id == user.clientId and leg not in by_number)]
    agent = proofs[0] if proofs else legs[0]
    rest = [leg.member_id for leg in legs if leg is not agent]
    return agent.member_id, rest[0] if rest else None, "channelName" if by_number else "callerId"


def _let_hear(legs: Legs, members: tuple[str, ...]) -> Audience:
    hears = tuple(member for member in members if member == legs.agent or member in legs.phones)
    return Audience(tuple(member for member in members if member not in hears), hears)


def _found_in_one_walk(find: Callable[..., Any]) -> Callable[..., Any]:
    def conference(ytel: Ytel, conf_id: str) -> Any:
        with patch("supervision.ytel.client.range", lambda _: range(1), create=True):
            return find(ytel, conf_id)

    return conference


def _one_after_the_other(work: Any, within: float) -> list[Any]:
    return [side_by_side([one], 60.0)[0] for one in work]


def _not_known(hang_up: Callable[..., Any]) -> Callable[..., Any]:
    def still_there(it: HangUp, conf_id: str, members: Any) -> Any:
        there = hang_up(it, conf_id, members)
        return None if there else there

    return still_there


def _exposed_while_it_rings(advance: Callable[..., Any]) -> Callable[..., Any]:
    def advanced(supervision: Any, legs: Any, **terms: Any) -> Any:
        after = advance(supervision, legs, **terms)
        if legs is None or not after.under_way or after.exposed or after.ending:
            return after
        by = lifecycle.exposed_to(after, legs)
        return after.replace(exposed=True, exposedBy=by, ending="exposed") if by else after

    return advanced


def _of_the_list_alone(supervision: Any, legs: Legs, **_: Any) -> tuple[str, ...]:
    known = {*supervision.noSpeakToList, *supervision.hears, *legs.supervisors}
    heard_by_all = supervision.action in ("barge", "takeover")
    return () if heard_by_all else tuple(one.member_id for one in legs.members if one.member_id not in known)


LOST_PAGES = World("lost pages", {"conferences.size": 1, "participant.lost": 0.5})

FAULTS = [
    Fault(
        "a phone that answers late is not taken for the supervisor's",
        World("very late", {"phones.ring_seconds": 240}, moves=frozenset({"late"})),
        {"rules.lifecycle._may_come_yet": lambda seen, *_: seen.under_way},
        frozenset({"forgotten leg", "leak"}),
        {"RING_SECONDS": "60"},
    ),
    Fault(
        "a call is over once one list does not show it",
        "flicker",
        {"rules.lifecycle._call_missing": _ended_at_once},
        frozenset({"forgotten leg", "leak"}),
    ),
    Fault(
        "a dial whose answer was lost is over once one walk does not show its call",
        LOST_PAGES,
        {
            "rules.lifecycle._call_missing": _ended_at_once,
            "ytel.client.Ytel.conference": _found_in_one_walk(Ytel.conference),
        },
        frozenset({"forgotten leg", "leak", "told wrongly", "answered wrongly"}),
    ),
    Fault(
        "a leg that comes back under another id is a stranger",
        "replaced",
        {"rules.lifecycle._may_return": lambda *_: False},
        frozenset({"leak", "told wrongly"}),
    ),
    Fault(
        "members are known though some are named and not described",
        "undescribed",
        {"rules.legs.Legs.known": property(lambda legs: bool(legs.members))},
        frozenset({"leak"}),
    ),
    Fault(
        "evidence that contradicts itself proves the agent's leg",
        "undescribed",
        {"rules.legs._tell_apart": _first_with_a_proof},
        frozenset({"leak", "heard by nobody", "left alone"}),
    ),
    Fault(
        "a whisper is dialled where nobody is to be kept out",
        "calm",
        {"rules.audience._whisper": _let_hear},
        frozenset({"leak", "heard by nobody"}),
    ),
    Fault(
        "a whisper keeps nobody out",
        "calm",
        {"rules.audience._whisper": lambda _, members: Audience((), members)},
        frozenset({"leak"}),
    ),
    Fault(
        "a disconnect that was answered yes has happened",
        "hangups",
        {"actions.hang_up.HangUp._still_there": lambda *_: set()},
        frozenset({"told wrongly"}),
    ),
    Fault(
        "a hang-up is not known though a look would tell",
        "hangups",
        {"actions.hang_up.HangUp._still_there": _not_known(HangUp._still_there)},
        frozenset({"answered wrongly"}),
    ),
    Fault(
        "a supervisor whose phone rings is exposed",
        "calm",
        {"rules.lifecycle.advance": _exposed_while_it_rings(lifecycle.advance)},
        frozenset({"thrown out"}),
    ),
    Fault(
        "the agent's leg that came back exposes a whisper",
        "replaced",
        {"rules.lifecycle.exposed_to": _of_the_list_alone},
        frozenset({"thrown out"}),
    ),
    Fault(
        "who joined is not looked for",
        "calm",
        {"rules.lifecycle.exposed_to": lambda *_, **__: ()},
        frozenset({"leak"}),
    ),
    Fault(
        "who is exposed is not dropped",
        "calm",
        {"rules.lifecycle.to_drop": lambda *_: []},
        frozenset({"leak"}),
    ),
    Fault(
        "legs are dropped one after the other, each once the last is answered",
        "unanswered",
        {"actions.guard.side_by_side": _one_after_the_other},
        frozenset({"leak"}),
    ),
    Fault(
        "a time that lies ahead is believed",
        "clocks",
        {
            "table.shared_cache.pointer.believed": lambda time, _: time,
            "table.shared_cache.pointer.latest_believed": lambda now: now + 10**9,
            "table.lease.latest_believed": lambda now: now + 10**9,
        },
        frozenset({"leak", "forgotten leg", "answered wrongly"}),
    ),
    Fault(
        "what stands where a conference stood is taken for that conference",
        "calm",
        {"rules.held_conferences.in_common": lambda one, other: min(len(one), len(other))},
        frozenset({"leak", "forgotten leg", "told wrongly", "answered wrongly", "thrown out"}),
    ),
    Fault(
        "two attempts at a hang-up tell under one id",
        "hangups",
        {"actions.hang_up.new_id": lambda: "the same"},
        frozenset({"told wrongly"}),
    ),
    Fault(
        "the dial's record may take the place of one that is under way",
        "calm",
        {"table.repository.When": lambda *_: None},
        frozenset({"second dial", "told wrongly"}),
    ),
]


def find(fault: Fault, floors: int = MOST_FLOORS, seed: int = 7) -> tuple[Broken | None, int]:
    """What finds the fault, and after how many floors; None where none of them does."""
    count = [0]
    with fault.put_back():
        try:
            played(fault.in_world, floors, seed, shrink=False, count=count)
        except Broken as found:
            return found, count[0]
    return None, count[0]


def main(names: list[str]) -> int:
    """Tries each fault, or those whose names hold one of `names`; how many were not found."""
    missed = 0
    wanted = [one for one in FAULTS if not names or any(name in one.name for name in names)]
    with patch.dict("os.environ", environment()), patches.installed():
        for fault in wanted:
            began = time.monotonic()
            found, floors = find(fault)
            right = found is not None and found.rule in fault.finds
            missed += not right
            said = f"{found.rule} after {floors} floors" if found else f"NOT FOUND in {floors} floors"
            wrong = "" if right or found is None else f", not one of {', '.join(sorted(fault.finds))}: {found}"
            sys.stdout.write(f"{fault.name}: {said}{wrong} ({time.monotonic() - began:.0f} s)\n")
            sys.stdout.flush()
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
