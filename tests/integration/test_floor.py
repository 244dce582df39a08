"""The floor: one reading for all functions, its age, the guard and the users on each reading, Ytel down."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from supervision.base import clock
from supervision.base.problems import YtelRateLimited, YtelUnavailable
from supervision.floor.floor import Floor, Looked, Upstream
from supervision.floor.listing import Listing
from supervision.floor.queries import CallQuery
from supervision.floor.users import Users
from supervision.rules.absence import Absence
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import of_plain
from supervision.rules.phone_numbers import PhoneNumber
from supervision.table.shared_cache import Gone
from supervision.ytel.readings import ConferenceList, UserList
from tests.unit.by_the_rule import active_calls

SAMPLES = Path("tests/harness/fake_ytel/samples/conferences.json")
AGENT = "c91f9b77-ce9d-4207-98e4-229b76a6555"
CALL = "5555776a-564f-4805-ada6-e770c66d7368"


class Ytel:
    """Both lists, and how often each was asked for."""

    def __init__(self):
        self.calls = json.loads(SAMPLES.read_text())["payload"]
        self.people = [{"clientId": AGENT, "firstName": "Ann", "lastName": "Lee", "webrtcNumber": "+15555280600"}]
        self.problem = self.users_problem = None
        self.absence, self.users_complete = Absence.PROVEN, True
        self.lists = self.user_lists = 0
        self.nameless = ()
        self.takes = 0.0

    def conferences(self):
        self.lists += 1
        read_at = clock.now_ms()
        time.sleep(self.takes)
        if self.problem:
            raise self.problem
        return ConferenceList([of_plain(one) for one in self.calls], self.absence, read_at, self.nameless)

    def users(self):
        self.user_lists += 1
        if self.users_problem:
            raise self.users_problem
        return UserList(self.people, self.users_complete)


class Guard:
    """Remembers its looks, and says who supervises."""

    def __init__(self):
        self.looks, self.settled, self.supervisors = [], [], {}

    def look(self, floor, users):
        self.looks.append((floor, users))
        return Looked(self.supervisors, lambda: self.settled.append(floor))


@pytest.fixture
def ytel():
    return Ytel()


@pytest.fixture
def guard():
    return Guard()


@pytest.fixture
def new_floor(table, ytel, guard):
    """Makes the floor of another function."""

    def make(max_age=2.0, max_stale=30.0):
        users = Users(table, lambda: ytel, 300)
        upstream = lambda: Upstream(ytel, guard)  # noqa: E731
        return Floor(table, users, upstream, max_age_seconds=max_age, max_stale_seconds=max_stale)

    return make


@pytest.fixture
def floor(new_floor):
    return new_floor()


def test_the_rows_are_the_calls_that_the_rules_make_of_the_lists(floor, new_floor, ytel, guard, clock_at):
    held = floor.held()
    assert held.rows == [call for call, _ in active_calls(map(of_plain, ytel.calls), guard.looks[0][1])]
    assert [row["agentMemberId"] for row in held.rows] == [None, "504"]
    assert (held.as_of, held.stale, held.complete) == (clock_at(), False, True)
    other = new_floor().held()
    assert (other.rows, other.as_of, other.generation) == (held.rows, held.as_of, held.generation)
    assert ytel.lists == 1


def test_the_guard_looks_on_each_fresh_reading_and_on_no_other(floor, new_floor, guard, clock_at):
    floor.held()
    new_floor().held()
    assert len(guard.looks) == 1
    clock_at(3)
    new_floor().held()
    assert len(guard.looks) == 2


def test_supervisors_stand_on_their_call(floor, new_floor, guard, clock_at):
    guard.supervisors = {CALL: [Supervisor("s1", "whisper", "joined", False, PhoneNumber("+12125550142"))]}
    floor.held()
    [row] = [row for row in new_floor().held().rows if row["confId"] == CALL]
    shown = {"id": "s1", "action": "whisper", "state": "joined", "exposed": False, "requestedBy": ""}
    assert row["supervisors"] == [shown]


def test_a_list_that_may_miss_calls_says_so(floor, new_floor, ytel, clock_at):
    ytel.absence = Absence.UNKNOWN
    assert not floor.held().complete
    assert not new_floor().held().complete


def test_who_holds_the_list_that_stands_knows_what_changed_whoever_read_it(floor, new_floor, ytel, clock_at):
    def answer(held, **parameters):
        return json.loads(Listing().page(held, CallQuery.of(parameters)).body(held.as_of, stale=False))

    version = answer(floor.held())["version"]
    for count in (1, 2, 3):
        clock_at(3)
        ytel.calls[0]["members"] = ",".join("x" * count)
        ytel.calls[0]["details"] = {**ytel.calls[0]["details"], "contact_id": str(count)}
        new_floor().held()  # another function each time
    change = answer(new_floor().held(), since=version)
    assert (change["full"], change["gone"]) == (False, [])
    assert [(one["confId"], one["contactId"]) for one in change["calls"]] == [(ytel.calls[0]["confId"], "3")]


def test_a_reader_that_cannot_see_what_stood_reads_all_the_same(floor, new_floor, ytel, clock_at, monkeypatch):
    floor.held()
    clock_at(3)
    ytel.calls.pop()
    other = new_floor()

    def lost(*_):
        raise Gone("lost")

    monkeypatch.setattr(other._cache._chunks, "read", lost)
    assert len(other.held().rows) == 1
    assert new_floor().held().content.history == []


def test_a_call_that_is_not_active_is_not_on_the_floor(floor, ytel, clock_at):
    ytel.calls[0]["status"] = "completed"
    assert [row["confId"] for row in floor.held().rows] == [CALL]
    assert floor.call(ytel.calls[0]["confId"]) is None


# ---------------------------------------------------------------- one call


def test_one_call_comes_with_its_conference_as_ytel_gave_it(floor, new_floor, ytel, clock_at):
    floor.held()
    for one in (floor, new_floor()):
        row, conference = one.call(CALL)
        assert json.loads(row)["agentMemberId"] == "504"
        assert json.loads(conference) == ytel.calls[1]
        assert list(json.loads(conference)["memberData"]) == ["503", "504"]
        assert one.call("another") is None
    assert ytel.lists == 1


def test_of_ten_thousand_calls_each_is_found(floor, new_floor, ytel, made_up_aws, clock_at):
    sample = ytel.calls[1]
    ytel.calls = [{**sample, "confId": f"call-{n:05}", "createdTime": 1_709_849_000_000 - n} for n in range(10_000)]
    floor.held()
    other = new_floor()
    assert len(other.held().rows) == 10_000
    made_up_aws.forget()
    for n in (0, 499, 500, 501, 9_499, 9_500, 9_999):
        row, conference = other.call(f"call-{n:05}")
        assert json.loads(row)["confId"] == json.loads(conference)["confId"] == f"call-{n:05}"
    assert len(made_up_aws.operations("BatchGetItem")) < 7
    assert all(len(json.dumps(request)) < 16_000_000 for _, request, _ in made_up_aws.asked)


# ---------------------------------------------------------------- how old


def test_it_is_read_anew_before_it_is_older_than_it_may_be(new_floor, ytel, clock_at):
    floors = [new_floor() for _ in range(4)]
    for poll in range(400):
        held = floors[poll % 4].held()
        assert clock_at() - held.as_of <= 2_000
        clock_at(0.05)
    assert ytel.lists <= 20 / 2 * 1.25


def test_polls_of_many_pages_on_four_functions_cost_one_list_a_window(new_floor, ytel, made_up_aws):
    """In real time: 24 pages for six windows, Ytel taking its time. How old what they get may be is tested above."""
    ytel.takes = 0.05
    floors = [new_floor(max_age=0.5) for _ in range(4)]
    locks = [threading.Lock() for _ in floors]
    floors[0].held()
    ytel.lists, ends = 0, time.monotonic() + 3

    def page(number):
        turn = number
        while time.monotonic() < ends:
            with locks[turn % 4]:  # an environment serves one at a time
                floors[turn % 4].held()
            turn += 1

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(page, range(24)))
    assert ytel.lists <= 6 * 1.5


def test_a_thousand_warm_polls_cost_little_more_than_a_small_read_each(new_floor, ytel, made_up_aws, clock_at):
    floors = [new_floor() for _ in range(4)]
    for floor in floors:
        floor.held()
    made_up_aws.forget()
    for poll in range(1_000):
        floors[poll % 4].held()
        clock_at(0.02)
    assert made_up_aws.read_units() <= 1_000 * 0.5 * 1.1


def test_a_refresh_is_as_young_as_is_asked_for(floor, new_floor, ytel, clock_at):
    floor.held()
    clock_at(1)
    assert new_floor().refresh(1.0).as_of == clock_at() - 1_000
    assert new_floor().refresh().as_of == clock_at()
    assert ytel.lists == 2


def test_an_action_puts_it_out_of_date_for_all(floor, new_floor, ytel, clock_at):
    other = new_floor()
    floor.held()
    other.held()
    clock_at(0.1)
    floor.invalidate()
    ytel.calls.pop()
    clock_at(0.1)
    assert len(other.held().rows) == 1
    assert len(floor.held().rows) == 1
    assert ytel.lists == 2


def test_unchanged_calls_are_the_same_generation(floor, ytel, clock_at):
    before = floor.held()
    clock_at(3)
    after = floor.held()
    assert after.generation == before.generation
    assert after.as_of == before.as_of + 3_000


# ---------------------------------------------------------------- the users


def test_a_new_agent_appears_at_the_next_list(floor, ytel, clock_at):
    people, ytel.people = ytel.people, []
    assert [row["username"] for row in floor.held().rows] == [None, None]
    ytel.people = people
    clock_at(2)
    assert [row["username"] for row in floor.held().rows] == [None, "Ann Lee"]


def test_an_agent_who_stays_unknown_is_asked_for_once_in_thirty_seconds(floor, ytel, clock_at):
    for _ in range(30):
        floor.held()
        clock_at(2)
    assert ytel.lists == 30
    assert ytel.user_lists <= 1 + 2


def test_without_users_it_is_not_told_that_nobody_has_an_agent(floor, ytel, clock_at):
    ytel.users_problem = YtelUnavailable("users are down")
    with pytest.raises(YtelUnavailable) as refused:
        floor.held()
    assert refused.value.detail == "users are down"


def test_where_the_users_were_cut_off_a_list_that_lacks_an_agent_is_not_complete(floor, new_floor, ytel, clock_at):
    people, ytel.people, ytel.users_complete = ytel.people, [], False
    for held in (floor.held(), new_floor().held()):
        assert not held.complete
        assert json.loads(Listing().page(held, CallQuery()).body(1, stale=False))["complete"] is False
    assert floor.held().content.absence is Absence.PROVEN, "that the call is over is not what is unknown"
    ytel.people = people
    ytel.calls = ytel.calls[1:]
    clock_at(301)
    assert floor.held().rows[0]["username"] == "Ann Lee"
    assert new_floor().held().complete


def test_with_the_users_endpoint_down_the_held_ones_serve(floor, ytel, clock_at):
    floor.held()
    ytel.users_problem = YtelUnavailable("users are down")
    clock_at(1_000)
    held = floor.held()
    assert held.rows[1]["username"] == "Ann Lee"
    assert not held.stale


def test_conferences_without_details_ask_for_nobody(floor, ytel, clock_at):
    for details in (None, "x", {"client_id": None}, {"client_id": ["x"]}, {"client_id": ""}):
        ytel.calls = [{"confId": "c", "status": "active", "details": details}]
        clock_at(3)
        assert len(floor.held().rows) == 1
    assert ytel.user_lists == 1


# ---------------------------------------------------------------- Ytel down


def test_while_ytel_is_down_the_last_list_serves_until_it_is_too_old(floor, new_floor, ytel, clock_at):
    as_of = floor.held().as_of
    ytel.problem = YtelUnavailable("down")
    clock_at(2.5)
    for _ in range(50):
        held = new_floor().held()
        assert (held.as_of, held.stale) == (as_of, True)
        clock_at(0.55)
    assert clock_at() - as_of == 30_000
    clock_at(0.001)
    with pytest.raises(YtelUnavailable) as refused:
        floor.held()
    assert refused.value.retry_after
    assert ytel.lists <= 1 + 15


def test_ytel_asking_to_slow_down_is_told_only_when_nothing_is_held(floor, new_floor, ytel, clock_at):
    floor.held()
    ytel.problem = YtelRateLimited("slow down", retry_after=20)
    clock_at(3)
    assert floor.held().stale
    clock_at(19)
    assert new_floor().held().stale
    assert ytel.lists == 2
    clock_at(10)
    with pytest.raises(YtelRateLimited):
        new_floor().held()


def test_a_refresh_raises_rather_than_give_an_old_list(floor, ytel, clock_at):
    floor.held()
    ytel.problem = YtelUnavailable("down")
    clock_at(0.5)
    with pytest.raises(YtelUnavailable):
        floor.refresh()
    assert not floor.held().stale


def test_it_recovers_by_itself(floor, ytel, clock_at):
    ytel.problem = YtelUnavailable("down")
    with pytest.raises(YtelUnavailable):
        floor.held()
    ytel.problem = None
    clock_at(2.001)
    assert not floor.held().stale


def test_after_a_night_without_a_poll_it_is_read_anew(floor, new_floor, ytel, clock_at):
    floor.held()
    clock_at(10 * 3600)
    assert new_floor().held().as_of == clock_at()
    assert new_floor().held().rows == floor.held().rows


# ---------------------------------------------------------------- what is odd is said


def test_a_row_that_names_no_call_is_said_once(floor, ytel, clock_at, monkeypatch):
    said = []
    monkeypatch.setattr("supervision.floor.anomalies.logger.warning", lambda _, extra: said.append(extra))
    ytel.calls = []
    ytel.nameless = (4, 9)
    for _ in range(3):
        floor.held()
        clock_at(3)
    passed_over = "rows that are no object or have no id are passed over: 2 in all, at 4, 9"
    assert said == [{"list": "conferences", "what": [passed_over]}]


# ---------------------------------------------------------------- hostile fields


def test_a_conference_of_any_shape_leaves_the_others_readable(floor, new_floor, ytel, clock_at):
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    ytel.calls += [
        {"confId": "half \ud800 pair", "status": "active", "details": {"caller_number": "\udfff\n"}},
        {"confId": "not a number", "status": "active", "createdTime": float("nan"), "x": float("inf")},
        {"confId": "large number", "status": "active", "createdTime": 2**80},
        {"confId": "line\nbreak", "status": "active"},
        {"confId": "deep", "status": "active", "memberData": deep},
        {"confId": "huge", "status": "active", "details": {"caller_number": "9" * 3_000_000}},
    ]
    floor.held()
    other = new_floor()
    assert len(other.held().rows) == 8
    for conf_id in ("half \ud800 pair", "not a number", "large number", "line\nbreak", "deep", "huge", CALL):
        row, conference = other.call(conf_id)
        assert json.loads(row)["confId"] == json.loads(conference)["confId"] == conf_id
    assert max(map(len, other.held().content.lines)) < 20_000
