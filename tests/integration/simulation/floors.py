"""Random floors, step by step: what Hypothesis draws, and shrinks when something breaks."""

from collections.abc import Callable
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from supervision.rules.actions import DIALLED, PLANNED
from tests.harness.fake_ytel.unsteady import DESCRIPTIONS
from tests.harness.simulation.judge import Broken, Judge
from tests.harness.simulation.mishaps import Mishaps
from tests.harness.simulation.system import System
from tests.harness.simulation.worlds import World

PHONES = [f"+1212555014{nth}" for nth in range(3)]
LEGS = [("contact", "agent"), ("agent", "contact"), ("contact", "agent", "third"), ("agent",), ("contact",)]
PROOFS = ["channelName", "callerId", "both", None]
ACTION = st.sampled_from(DIALLED)
NTH = st.integers(0, 2)
PAUSES = st.sampled_from([0.0, 0.05, 1.0, 4.0, 10.0])
PHONE = st.sampled_from(PHONES)
KEYS = st.sampled_from([None, "k1", "k2"])
KILL_AT = st.integers(0, 40)
SLICE_SECONDS = 1.0
CALLS = 3  # at once: where there are few, more befalls each


def moving(move: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A rule that is played only in worlds that have the move."""
    allowed: Callable[[Callable[..., None]], Callable[..., None]] = precondition(lambda self: move in self.world.moves)
    return allowed


class Floors(RuleBasedStateMachine):
    """One floor in a world, which a subclass names."""

    world: World

    @initialize(seed=st.integers(0, 2**32 - 1), answered_after=st.sampled_from([None, 0.0, 3.0, 20.0]))
    def begin(self, seed: int, answered_after: float | None) -> None:
        self.system = System(seed, Mishaps(**self.world.mishaps))
        self.system.floor.auto_answer_after = answered_after
        turned = self.system.ytel.knobs.draw(seed, self.world.drawn) if self.world.drawn else {}
        self.system.ytel.knobs.turn(self.world.knobs)
        self.judge = Judge(self.system, self.world.window_s, truthful=self.world.truthful)
        self.judge.note(f"seed {seed} in the world {self.world.name} {turned or ''}")
        self.system.floor.add_call()
        self._pass(1.0)

    @rule(
        legs=st.sampled_from(LEGS),
        proof=st.sampled_from(PROOFS),
        inbound=st.booleans(),
        known=st.sampled_from([None, 0, 1]),
        pause=PAUSES,
    )
    def a_call_begins(self, legs: Any, proof: Any, inbound: bool, known: int | None, pause: float) -> None:
        if len(self.system.floor.active_calls()) >= CALLS:
            return
        direction: Any = "inbound" if inbound else "outbound"
        users = self.system.floor.users
        of: dict[str, Any] = {} if known is None or not users else {"agent": users[known % len(users)]}
        call = self.system.floor.add_call(legs=legs, proof=proof, direction=direction, **of)
        self._went(f"call {call[:4]} of {legs}, proof {proof}", pause)

    @rule(nth=NTH, role=st.sampled_from(["third", "contact", "agent"]), pause=PAUSES)
    def joins(self, nth: int, role: Any, pause: float) -> None:
        if call := self._call(nth):
            member = self.system.floor.join(call, role)
            self._went(f"{role} {member} joins {call[:4]}", pause)

    @rule(nth=NTH, which=st.integers(0, 3), pause=PAUSES)
    def leaves(self, nth: int, which: int, pause: float) -> None:
        call = self._call(nth)
        if call and (members := self.system.floor.members(call)):
            member = members[which % len(members)]
            self.system.floor.leave(call, member)
            self._went(f"{member} leaves {call[:4]}", pause)

    @rule(nth=NTH, action=ACTION, to=PHONE, key=KEYS, pause=PAUSES)
    def supervises(self, nth: int, action: str, to: str, key: str | None, pause: float) -> None:
        if call := self._call(nth):
            asked = self.system.http(
                f"POST /calls/{{confId}}/{action}", {"confId": call}, {"to": to}, key and f"{key} {call[:4]} {to[-2:]}"
            )
            self._went(f"{action} {call[:4]} {to[-2:]}: {asked.name}", pause)

    @rule(
        nth=NTH,
        action=st.sampled_from(PLANNED),
        to=PHONE,
        key=KEYS,
        pause=PAUSES,
    )
    def asks_over_the_bus(self, nth: int, action: str, to: str, key: str | None, pause: float) -> None:
        if call := self._call(nth):
            detail = {"action": action, "confId": call, "to": to} | ({"requestId": f"{key} {call[:4]}"} if key else {})
            self.system.put_event(detail)
            self._went(f"bus: {action} {call[:4]} {to[-2:]} {key}", pause)

    @rule(nth=NTH, pause=PAUSES)
    def answers(self, nth: int, pause: float) -> None:
        ringing = self.system.floor.ringing()
        if ringing:
            dial = ringing[nth % len(ringing)]
            self.system.floor.answer(dial.conf_id, dial.to)
            self._went(f"{dial.to[-2:]} answers in {dial.conf_id[:4]}", pause)

    @rule(nth=NTH, pause=PAUSES)
    def declines(self, nth: int, pause: float) -> None:
        ringing = self.system.floor.ringing()
        if ringing:
            dial = ringing[nth % len(ringing)]
            self.system.floor.decline(dial.conf_id, dial.to)
            self._went(f"{dial.to[-2:]} declines", pause)

    @rule(nth=NTH, pause=PAUSES)
    def supervisor_leaves(self, nth: int, pause: float) -> None:
        items = self.system.table.partition({"S": "OPEN"}, None)
        if items:
            id_ = items[nth % len(items)]["id"]["S"]
            asked = self.system.http("DELETE /supervisions/{id}", {"id": id_})
            self._went(f"leave: {asked.name}", pause)

    @rule(nth=NTH, action=ACTION, to=PHONE, calls=st.integers(1, 3), over_the_bus=st.booleans(), pause=PAUSES)
    def follows(self, nth: int, action: str, to: str, calls: int, over_the_bus: bool, pause: float) -> None:
        users = self.system.floor.users
        if not users:
            return
        agent = users[nth % len(users)].client_id
        asked: dict[str, Any] = {"to": to, "action": action, "calls": calls}
        if over_the_bus:
            self.system.put_event({"clientId": agent, **asked}, detail_type="Follow Requested")
            self._went(f"bus: follow {agent[:4]} to {action} {to[-2:]}", pause)
        else:
            name = self.system.http("POST /agents/{clientId}/follow", {"clientId": agent}, asked).name
            self._went(f"follow {agent[:4]} to {action} {to[-2:]}: {name}", pause)

    @rule(nth=NTH, pause=PAUSES)
    def follow_is_withdrawn(self, nth: int, pause: float) -> None:
        items = self.system.table.partition({"S": "FOLLOW"}, None)
        if items:
            asked = self.system.http("DELETE /follows/{id}", {"id": items[nth % len(items)]["id"]["S"]})
            self._went(f"a follow is withdrawn: {asked.name}", pause)

    @rule(nth=NTH, action=ACTION, over_the_bus=st.booleans(), pause=PAUSES)
    def supervisor_changes_mode(self, nth: int, action: str, over_the_bus: bool, pause: float) -> None:
        items = self.system.table.partition({"S": "OPEN"}, None)
        if items and over_the_bus:
            id_ = items[nth % len(items)]["id"]["S"]
            self.system.put_event({"action": "switch", "supervisionId": id_, "toAction": action})
            self._went(f"bus: change to {action}", pause)
        elif items:
            id_ = items[nth % len(items)]["id"]["S"]
            asked = self.system.http("PATCH /supervisions/{id}", {"id": id_}, {"action": action})
            self._went(f"change to {action}: {asked.name}", pause)

    @rule(nth=NTH, pause=PAUSES)
    def hangs_up(self, nth: int, pause: float) -> None:
        if call := self._call(nth):
            asked = self.system.http("POST /calls/{confId}/hangup", {"confId": call})
            self._went(f"hang up {call[:4]}: {asked.name}", pause)

    @rule(route=st.sampled_from(["GET /calls", "GET /supervisions"]), pause=PAUSES)
    def looks(self, route: str, pause: float) -> None:
        self._went(f"look: {self.system.http(route).name}", pause)

    @rule(seconds=st.sampled_from([15.0, 30.0]))
    def time_passes(self, seconds: float) -> None:
        self._went(f"{seconds} s pass", seconds)

    @moving("late")
    @rule(nth=NTH, seconds=st.sampled_from([65.0, 100.0]))
    def answers_late(self, nth: int, seconds: float) -> None:
        ringing = self.system.floor.ringing()
        if ringing:
            self._went("a phone rings on", seconds)
            self.answers(nth=nth, pause=1.0)

    @moving("replace")
    @rule(
        nth=NTH, role=st.sampled_from(["supervisor", "agent", "contact"]), gap=st.sampled_from([0.0, 5.0]), pause=PAUSES
    )
    def is_replaced(self, nth: int, role: Any, gap: float, pause: float) -> None:
        call = self._call(nth)
        members = self.system.floor.members(call, role) if call else []
        if call and members:
            new = self.system.floor.replace(call, members[0], gap, overlaps=gap > 0)
            self._went(f"{role} {members[0]} comes back to {call[:4]} as {new}", pause)

    @moving("replace")
    @rule(nth=NTH, gap=st.sampled_from([0.0, 3.0]), pause=PAUSES)
    def an_agent_who_is_coached_reconnects(self, nth: int, gap: float, pause: float) -> None:
        calls = [call for call in self.system.floor.active_calls() if call.of_role("supervisor")]
        if calls:
            call = calls[nth % len(calls)].conf_id
            if agents := self.system.floor.members(call, "agent"):
                new = self.system.floor.replace(call, agents[0], gap)
                self._went(f"agent {agents[0]} comes back to {call[:4]} as {new}", pause)

    @moving("crowd")
    @rule(nth=NTH)
    def all_listen_and_one_joins(self, nth: int) -> None:
        call = self._call(nth)
        for to in PHONES:
            self.supervises(nth=nth, action="listen", to=to, key=None, pause=0.0)
        self._pass(4.0)
        for dial in self.system.floor.ringing():
            self.system.floor.answer(dial.conf_id, dial.to)
        self._pass(15.0)
        if call is not None and self.system.floor.is_active(call):
            member = self.system.floor.join(call, "third")
            self._went(f"third {member} joins {call[:4]}", 15.0)

    @moving("undescribe")
    @rule(nth=NTH, which=st.integers(0, 3), pause=PAUSES)
    def is_not_described(self, nth: int, which: int, pause: float) -> None:
        call = self._call(nth)
        if call and (members := self.system.floor.members(call)):
            self.system.floor.undescribe(call, members[which % len(members)], 20.0)
            self._went(f"{members[which % len(members)]} of {call[:4]} is not described", pause)

    @moving("unreadable")
    @rule(nth=NTH, which=st.integers(0, 3), how=st.sampled_from(DESCRIPTIONS), pause=PAUSES)
    def cannot_be_read(self, nth: int, which: int, how: Any, pause: float) -> None:
        call = self._call(nth)
        if call and (members := self.system.floor.members(call, "agent", "contact", "third")):
            member = members[which % len(members)]
            self.system.floor.describe(call, member, how)
            self._went(f"{member} of {call[:4]}: {how}", pause)

    @moving("spoof")
    @rule(nth=NTH, pause=PAUSES)
    def is_spoofed(self, nth: int, pause: float) -> None:
        if call := self._call(nth):
            self.system.floor.spoof(call)
            self._went(f"{call[:4]}: the contact shows the agent's number", pause)

    @moving("status")
    @rule(nth=NTH, pause=PAUSES)
    def has_another_status(self, nth: int, pause: float) -> None:
        if call := self._call(nth):
            self.system.floor.set_status(call, "on-hold", 8.0)
            self._went(f"{call[:4]} is on hold", pause)

    @moving("kill")
    @rule(function=st.sampled_from(["WatchCalls", "Whisper", "Listen", "Switch", "Hangup"]), pause=PAUSES)
    def is_killed(self, function: str, pause: float) -> None:
        if self.system.kill(function):
            self._went(f"{function} is killed", pause)

    @moving("leap")
    @rule(nth=NTH, minutes=st.sampled_from([-5, 5]), pause=PAUSES)
    def a_clock_leaps(self, nth: int, minutes: int, pause: float) -> None:
        environments = self.system.functions.environments()
        if environments:
            one = environments[nth % len(environments)]
            one.ahead_ms = 0 if one.ahead_ms else minutes * 60_000
            self._went(f"the clock of {one.function.id} is {one.ahead_ms // 1000} s ahead", pause)

    def teardown(self) -> None:
        if hasattr(self, "system"):
            self.system.end()

    def _call(self, nth: int) -> str | None:
        calls = self.system.floor.active_calls()
        return calls[nth % len(calls)].conf_id if calls else None

    def _went(self, text: str, pause: float) -> None:
        self.judge.note(text)
        self._pass(pause)

    def _pass(self, seconds: float) -> None:
        try:
            while seconds > 0:
                self.system.run(min(SLICE_SECONDS, seconds))
                seconds -= SLICE_SECONDS
                self.judge.look()
        except Broken:
            note("\n".join(self.judge.story))
            raise
