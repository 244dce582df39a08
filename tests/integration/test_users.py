"""The WebRTC users: how old they get, who asks for an agent nobody knows, what serves while Ytel is down."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from supervision.base.problems import YtelUnavailable
from supervision.floor.users import Users
from supervision.rules.legs import User
from supervision.ytel.readings import UserList


class Ytel:
    """A list of users, and how often it was asked for."""

    def __init__(self, *users):
        self.listed, self.problem, self.asked = list(users), None, 0
        self.complete = True

    def users(self):
        self.asked += 1
        if self.problem:
            raise self.problem
        return UserList(list(self.listed), self.complete)


def user(client_id, number="+12125550100", first="Ann", last="Lee"):
    return {"clientId": client_id, "firstName": first, "lastName": last, "webrtcNumber": number}


@pytest.fixture
def ytel():
    return Ytel(user("a", "+12125550101"), user("b", "+12125550102"))


@pytest.fixture
def users(table, ytel):
    return Users(table, lambda: ytel, 300)


@pytest.fixture
def elsewhere(table, ytel):
    """The same users, in another function."""
    return Users(table, lambda: ytel, 300)


def test_they_are_read_once_for_all_functions(users, elsewhere, ytel, clock_at):
    assert users.by_id()["a"].username == "Ann Lee"
    assert elsewhere.find("b").webrtcNumber == "+12125550102"
    assert elsewhere.numbers() == {"+12125550101", "+12125550102"}
    assert ytel.asked == 1


def test_once_in_memory_they_cost_nothing(users, made_up_aws, clock_at):
    users.by_id()
    made_up_aws.forget()
    for _ in range(5):
        users.find("a")
        users.numbers()
    assert made_up_aws.operations() == []


def test_they_are_never_older_than_they_may_be(users, elsewhere, ytel, clock_at):
    users.by_id()
    ytel.listed[0]["firstName"] = "Eve"
    clock_at(269)
    assert users.find("a").username == "Ann Lee"
    clock_at(32)
    assert users.find("a").username == "Eve Lee"
    assert elsewhere.find("a").username == "Eve Lee"
    assert ytel.asked == 2


def test_the_last_of_several_counts_and_malformed_ones_break_nothing(users, ytel, clock_at):
    ytel.listed = [
        user("a", "+12125550101"),
        None,
        "a",
        [],
        {},
        {"clientId": None, "webrtcNumber": "+12125550109"},
        {"clientId": 7},
        {"clientId": "bare"},
        user("null names", first=None, last=None),
        user("one name", last=None),
        user("no number", number=None),
        user("odd", number=["+1"], first={"x": 1}),
        user("half \ud800 pair", first="\udfff"),
        user("a", "+12125550103", first="Eve"),
    ]
    found = users.by_id()
    assert found["a"] == User("a", "Eve Lee", "+12125550103")
    assert found["bare"] == User("bare", "", "")
    assert found["null names"].username == ""
    assert found["one name"].username == "Ann"
    assert found["no number"].webrtcNumber == ""
    assert found["odd"] == User("odd", "Lee", "")
    assert found["half \ud800 pair"].username == "\udfff Lee"
    assert set(users.numbers()) == {"+12125550100", "+12125550103"}
    assert len(found) == 7


def test_one_who_is_not_active_is_known_and_marked_and_has_no_number_to_dial(users, elsewhere, ytel, clock_at):
    ytel.listed = [
        {**user("a", "1001"), "status": "ACTIVE"},
        {**user("b", "1002"), "status": "suspended"},
        {**user("c", "1003"), "status": None},
        {**user("d", "1004"), "status": 7},
    ]
    assert {one.clientId: one.active for one in users.by_id().values()} == {"a": True, "b": False, "c": True, "d": True}
    assert users.numbers() == elsewhere.numbers() == {"1001", "1003", "1004"}


def test_a_list_that_was_cut_off_and_rows_that_name_nobody_are_said_once_and_counted(
    users, elsewhere, ytel, clock_at, monkeypatch
):
    said: list[object] = []
    counted: list[str] = []
    monkeypatch.setattr("supervision.floor.anomalies.logger.warning", lambda _, extra: said.append(extra))
    monkeypatch.setattr("supervision.floor.users.add_metric", counted.append)
    ytel.listed = [user("a"), "Ann Lee", {"firstName": "Ann"}]
    ytel.complete = False
    for _ in range(3):
        users.refresh()
        clock_at(1)
    assert not users.complete()
    assert not elsewhere.complete()
    passed_over = "rows that are no object or have no id are passed over: 2 in all, at 1, 2"
    assert said == [{"list": "users", "what": ["it ended before all that Ytel says there is", passed_over]}]
    assert counted == ["UserListsCutOff"] * 3
    ytel.complete = True
    users.refresh()
    assert users.complete()


def test_twelve_thousand_reach_another_function_whole(users, elsewhere, ytel, clock_at):
    ytel.listed = [user(f"client-{n:05}", f"+1212{n:07}", f"Agent {n}") for n in range(12_000)]
    users.by_id()
    assert elsewhere.by_id() == users.by_id()
    assert len(elsewhere.by_id()) == 12_000
    assert ytel.asked == 1


def test_the_same_users_in_another_order_are_no_change(users, ytel, clock_at, made_up_aws):
    users.by_id()
    ytel.listed.reverse()
    made_up_aws.forget()
    clock_at(301)
    users.by_id()
    assert ytel.asked == 2
    assert not made_up_aws.operations("BatchWriteItem")


# ---------------------------------------------------------------- one nobody knows


def test_a_new_agent_is_found_at_once(users, ytel, clock_at):
    users.by_id()
    clock_at(1)
    ytel.listed.append(user("new"))
    assert users.find("new").username == "Ann Lee"


def test_one_nobody_knows_is_asked_for_once_in_thirty_seconds_by_all(users, elsewhere, ytel, clock_at):
    users.by_id()
    clock_at(1)
    for _ in range(50):
        assert users.find("nobody") is None
        assert "nobody" not in elsewhere.by_id({"nobody", "a"})
        clock_at(1)
    assert ytel.asked == 1 + 2


def test_asking_for_many_at_once_asks_once(users, elsewhere, ytel, table, clock_at):
    users.by_id()
    clock_at(1)
    with ThreadPoolExecutor(8) as pool:
        some = [Users(table, lambda: ytel, 300) for _ in range(8)]
        assert all(one is None for one in pool.map(lambda one: one.find("nobody"), some))
    assert ytel.asked == 2


def test_a_new_agent_that_another_function_asked_for_is_known_here_too(users, elsewhere, ytel, clock_at):
    users.by_id()
    elsewhere.by_id()
    clock_at(1)
    ytel.listed.append(user("new"))
    assert users.find("new")
    assert elsewhere.find("new")
    assert ytel.asked == 2


def test_one_nobody_knows_in_a_reading_of_this_moment_is_not_asked_for_again(users, ytel, clock_at):
    assert users.find("nobody") is None
    assert ytel.asked == 1


def test_a_regular_reading_does_not_use_up_the_asking(users, ytel, clock_at):
    users.by_id()
    clock_at(301)
    users.by_id()
    ytel.listed.append(user("new"))
    clock_at(1)
    assert users.find("new")


# ---------------------------------------------------------------- Ytel is down


def test_while_ytel_is_down_the_held_ones_serve_for_as_long_as_it_takes(users, elsewhere, ytel, clock_at, table):
    users.by_id()
    ytel.problem = YtelUnavailable("down")
    for _ in range(30):
        clock_at(3_600)
        assert users.find("a")
        assert elsewhere.find("a")
        assert Users(table, lambda: ytel, 300).find("nobody") is None
    ytel.problem = None
    clock_at(301)
    assert users.find("a")


def test_while_ytel_is_down_it_is_not_asked_on_each_occasion(users, ytel, clock_at):
    users.by_id()
    ytel.problem = YtelUnavailable("down")
    clock_at(301)
    for _ in range(60):
        users.by_id({"nobody"})
        clock_at(1)
    assert ytel.asked <= 1 + 3


def test_with_none_held_nobody_is_taken_for_unknown(users, elsewhere, ytel, clock_at):
    ytel.problem = YtelUnavailable("down")
    for ask in (users.by_id, users.numbers, lambda: elsewhere.find("a")):
        with pytest.raises(YtelUnavailable):
            ask()
    assert ytel.asked == 1
    ytel.problem = None
    clock_at(2.001)
    assert elsewhere.find("a")


# ---------------------------------------------------------------- the schedule


def test_a_refresh_reads_anew_whatever_their_age(users, elsewhere, ytel, clock_at):
    users.by_id()
    ytel.listed.append(user("new"))
    clock_at(1)
    assert elsewhere.refresh() == 3
    assert ytel.asked == 2


def test_kept_warm_nobody_who_asks_has_to_wait(users, elsewhere, ytel, clock_at):
    users.by_id()
    for _ in range(5):
        clock_at(240)
        elsewhere.refresh()
        asked = ytel.asked
        users.by_id()
        clock_at(10)
        users.by_id()
        assert ytel.asked == asked


def test_a_refresh_that_fails_says_so_and_leaves_the_held_ones(users, elsewhere, ytel, clock_at):
    users.by_id()
    ytel.problem = YtelUnavailable("down")
    clock_at(1)
    with pytest.raises(YtelUnavailable):
        elsewhere.refresh()
    assert elsewhere.find("a")


# ---------------------------------------------------------------- as Ytel lists them


@pytest.mark.parametrize(
    "knobs",
    [
        {"users.shape": "envelope", "users.short": 1},
        {"users.shape": "keyed", "users.size": 2, "users.empty_from": 2},
        {"users.shape": "envelope", "users.count": 9},
    ],
    ids=str,
)
def test_a_list_that_was_cut_off_is_said_with_the_call_whose_agent_it_lacks(desk, knobs):
    known = desk.call()
    for _ in range(2):
        desk.floor.add_user()
    assert desk.services.floor.held().complete
    unknown = desk.floor.add_call(agent=desk.floor.add_user("Last", "Listed"))
    desk.ytel.knobs.turn(knobs)
    if "users.count" in knobs:
        desk.floor.remove_user(desk.floor.users[-1])
    desk.move(301)
    held = desk.services.floor.held()
    assert not held.complete
    rows = {row["confId"]: row["username"] for row in held.rows}
    assert (rows[known], rows[unknown]) == ("Ann Lee", None)
    desk.floor.end_call(unknown)
    desk.move(3)
    assert desk.services.floor.held().complete, "nothing that is shown is missing"
