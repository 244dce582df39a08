"""The floor over any course of lists and of functions: each holds to the letter what one without memory reads."""

import json
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.base import aws, clock
from supervision.base.observability import logger
from supervision.floor.content import start_of
from supervision.floor.floor import Floor, Looked, Upstream
from supervision.floor.listing import Listing
from supervision.floor.queries import CallQuery
from supervision.floor.versions import version_of
from supervision.rules.absence import Absence
from supervision.rules.calls import is_active
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference, loads_list
from supervision.rules.held_conferences import HeldConferences
from supervision.rules.legs import User
from supervision.rules.phone_numbers import PhoneNumber
from supervision.table.shared_cache import cache as cache_module
from supervision.ytel.readings import ConferenceList
from tests.harness.simulation.dynamodb import DynamoDB
from tests.harness.simulation.table import Table
from tests.integration.tables import as_the_template_says
from tests.unit.by_the_rule import active_calls, in_order
from tests.unit.strategies import conference, leg_document

AGENTS = [f"c91f9b77-ce9d-4207-98e4-229b76a6555{n}" for n in range(4)]
FILTERS: list[dict[str, str]] = [
    {},
    {"direction": "inbound"},
    {"agent": "ann"},
    {"agent": AGENTS[1]},
    {"supervised": "true"},
    {"help": "false", "supervised": "false"},
]


class World:
    """What Ytel lists, who the users are, who supervises; all of it changes as `draw` says."""

    def __init__(self, draw: Random) -> None:
        self.draw = draw
        self.rows: list[object] = [self.call(n) for n in range(draw.randrange(7))]
        self.users = {
            one: User(one, draw.choice(["Ann Lee", "Ben Ng"]), f"+1555528060{n}") for n, one in enumerate(AGENTS)
        }
        self.supervisors: dict[str, list[Supervisor]] = {}
        self.helps: dict[str, dict[str, object]] = {}
        self.absence = Absence.PROVEN
        self.next = 100

    def call(self, number: int) -> dict[str, object]:
        draw = self.draw
        agent = draw.randrange(len(AGENTS))
        legs = {"503": leg_document(f"+1555528060{agent}"), "504": leg_document("+17048135555"), "505": "{"}
        return conference(
            confId=f"call-{number}",
            createdTime=1_709_849_242_672 + draw.choice([0, number, draw.randrange(1000)]),
            status=draw.choice(["active"] * 5 + ["on-hold"]),
            details={"client_id": AGENTS[agent], "called_number": draw.choice(["+17048135555", f"+1555528060{agent}"])},
            memberData={one: legs[one] for one in draw.sample(sorted(legs), draw.randrange(4))},
            members=draw.choice([None, {"1": "1"}, ["x"] * draw.randrange(3)]),
        )

    def turn(self) -> None:
        """One change, of any kind."""
        draw, rows = self.draw, self.rows
        at = draw.randrange(len(rows) + 1)
        match draw.randrange(11):
            case 0:
                self.next += 1
                rows.insert(at, self.call(self.next))
            case 1:
                del rows[at : at + draw.randrange(3)]
            case 2 | 3 if at < len(rows) and isinstance(one := rows[at], dict):
                another = self.call(0)
                name = draw.choice(sorted(another.keys() - {"confId"}))
                rows[at] = {**one, name: another[name]}
            case 4:
                draw.shuffle(rows)
            case 5:
                rows.insert(at, draw.choice([7, None, "x", {"status": "active"}, {"confId": 7}, *rows]))
            case 6:
                one = draw.choice(AGENTS)
                self.users = {
                    **self.users,
                    one: User(one, draw.choice(["Joe Lee", "Ann Lee"]), f"+1555528060{draw.randrange(5)}"),
                }
                if not draw.randrange(4):
                    del self.users[one]
            case 7:
                whose = f"call-{draw.randrange(7)}"
                one = Supervisor("s1", "listen", "joined", draw.random() < 0.5, PhoneNumber("+12125550142"))
                self.supervisors = draw.choice(
                    [{}, {whose: [one]}, {**self.supervisors, whose: [one, one._replace(id="s2")]}]
                )
                self.helps = draw.choice([{}, {whose: {"reason": draw.choice([None, "why"])}}])
            case 9 | 10 if rows and isinstance(one := rows[0], dict):  # nothing that its row shows
                rows[0] = {**one, "members": draw.choice([None, {"1": "1"}])}
            case 8:
                self.absence = draw.choice([Absence.PROVEN, Absence.SUGGESTED, Absence.UNKNOWN])

    def conferences(self, rows=None) -> ConferenceList:
        answer = json.dumps({"status": True, "payload": self.rows}).encode()
        read = loads_list(answer, rows)["payload"] if rows else loads_list(answer)["payload"]
        found = {one.confId: one for one in read if isinstance(one, Conference) and isinstance(one.confId, str)}
        return ConferenceList([*found.values()], self.absence, clock.now_ms())

    def others(self) -> set[str]:
        """The ids of the calls under another status."""
        return {one.confId for one in self.conferences().conferences if not is_active(one)}

    def expected(self) -> tuple[list[bytes], list[bytes]]:
        """The rows and the conferences, by one who remembers nothing."""
        calls = in_order(active_calls(self.conferences().conferences, self.users, self.supervisors, self.helps))
        return [line for line, _ in calls], [one.line() for _, one in calls]


class Function:
    """One function's environment, of this world."""

    def __init__(self, world: World) -> None:
        self.world, self.held = world, HeldConferences()
        upstream = lambda: Upstream(self, self, lambda: world.helps)  # noqa: E731
        self.floor = Floor("t", self, upstream, max_age_seconds=2.0, max_stale_seconds=30.0)

    def conferences(self):
        reading = self.held.reading()
        read = self.world.conferences(reading.rows)
        reading.keep()
        return read

    def look(self, *_):
        return Looked(self.world.supervisors, lambda: None)

    def by_id(self, _=frozenset()):
        return self.world.users

    def complete(self):
        return False


class Page:
    """A page that polls for what changed, under one filter."""

    def __init__(self, parameters: dict[str, str]) -> None:
        self.parameters, self.version = parameters, ""
        self.rows: dict[str, object] = {}

    def poll(self, held, *, lost: bool) -> None:
        asked = CallQuery.of({**self.parameters, "since": self.version})
        answer = json.loads(Listing().page(held, asked).body(held.as_of, stale=False))
        if lost:
            return
        rows = {} if answer["full"] else dict(self.rows)
        for conf_id in answer["gone"]:
            del rows[conf_id]
        rows |= {one["confId"]: one for one in answer["calls"]}
        whole = json.loads(Listing().page(held, CallQuery.of(self.parameters)).body(held.as_of, stale=False))
        assert rows == {one["confId"]: one for one in whole["calls"]}
        assert answer["version"] == whole["version"]
        self.rows, self.version = rows, answer["version"]


@pytest.fixture(autouse=True)
def quiet():
    """What is odd would be logged thousands of times."""
    level = logger.log_level
    logger.setLevel("CRITICAL")
    yield
    logger.setLevel(level)


@pytest.mark.parametrize("most_changes", [1, 3, 40])
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_each_function_holds_what_one_without_memory_reads(clock_at, monkeypatch, most_changes, seed):
    """On a table in memory, which is held to moto's by a test of its own."""
    memory = DynamoDB(Table("t", as_the_template_says()[1], now=clock.now_ms))
    monkeypatch.setattr(aws, "client", lambda _: memory)
    monkeypatch.setattr(cache_module, "MOST_CHANGES", most_changes)
    draw = Random(seed)
    world = World(draw)
    functions = [Function(world) for _ in range(3)]
    pages = [Page(parameters) for parameters in FILTERS]
    for _ in range(14):
        for _ in range(draw.randrange(4)):
            world.turn()
        clock_at(draw.choice([3, 3, 3, 500]))
        nth = draw.randrange(3)
        if draw.random() < 0.1:
            functions[nth] = Function(world)
        lines, conferences = world.expected()
        held = functions[nth].floor.held()
        fresh = Function(world)
        for one in (functions[nth], fresh, draw.choice(functions)):
            shown = one.floor.held()
            assert shown.content.lines == lines
            assert shown.content.version == version_of(lines)
            assert shown.rows == [json.loads(line) for line in lines]
            same = held.content
            assert (shown.others, shown.complete) == (held.others, held.complete)
            assert shown.content.absence is held.content.absence
            assert (shown.generation, shown.content.history) == (same.generation, same.history)
            assert (shown.content.absence, {*shown.others}) == (world.absence, world.others())
            assert shown.content.line_by_start == {start_of(line): line for line in lines}
            for line, own in zip(lines, conferences, strict=True):
                assert one.floor.call(json.loads(line)["confId"]) == (line, own)
            assert one.floor.call("nobody's") is None
        for page in pages:
            if draw.random() < 0.6:
                page.poll(draw.choice([held, fresh.floor.held()]), lost=draw.random() < 0.3)
