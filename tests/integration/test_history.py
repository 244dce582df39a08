"""The supervisions as they are asked for: by call, by client, by state, newest first, in pages; hostile cursors."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from supervision.base.problems import InvalidRequest
from supervision.rules.caller import Caller
from supervision.rules.ids import same_id
from supervision.rules.phone_numbers import same
from supervision.table import history
from supervision.table.history import SupervisionQuery, find
from tests.integration.desk import CRM, OTHER_PHONE
from tests.integration.test_supervisions import NOW, supervision

STATES = ("dialing", "joined", "ended", "failed")


AGENTS = ("c91f9b77-0000-4000-8000-000000000002", "C91F9B77-0000-4000-8000-000000000003")


@pytest.fixture
def records(desk):
    """Forty records: two calls, two clients, four states; some begun at the same moment."""
    made = []
    for n in range(40):
        one = supervision(
            id=f"{n:08}-0000-4000-8000-000000000000",
            confId=f"c{n % 2}",
            clientId=AGENTS[n % 5 == 0],
            requestedBy="crm" if n % 3 else "wall",
            to=f"+1212555{n:04}",
            requestedAt=NOW + 1000 * (n // 2),
        )
        desk.services.supervisions.begin(one)
        state = STATES[n % 4]
        made.append(one if state == "dialing" else desk.services.supervisions.save(one.replace(state=state)))
    return made


def page(desk, caller=CRM, **parameters):
    return find(desk.services.gateway, desk.services.supervisions, SupervisionQuery.of(parameters), caller)


def all_pages(desk, **parameters):
    found: list[Any] = []
    cursor: dict[str, str] = {}
    for _ in range(100):
        answer = page(desk, **parameters, **cursor)
        assert answer["count"] == len(answer["supervisions"]) <= int(parameters.get("limit", 100))
        found += answer["supervisions"]
        if answer["next"] is None:
            return found
        cursor = {"cursor": answer["next"]}
    raise AssertionError("no end of pages")


def test_all_of_them_newest_first(desk, records):
    found = page(desk)["supervisions"]
    assert [one["requestedAt"] for one in found] == sorted((one.requestedAt for one in records), reverse=True)
    assert {one["id"]: one for one in found} == {one.id: one.to_json() for one in records}


def matching(records, **parameters):
    return {
        one.id
        for one in records
        if same_id(parameters.get("clientId", one.clientId), one.clientId)
        and same(parameters.get("to", one.to), one.to)
        and int(parameters.get("from", 0)) <= one.requestedAt <= int(parameters.get("until", one.requestedAt))
        and parameters.get("confId", one.confId) == one.confId
        and parameters.get("requestedBy", one.requestedBy) == one.requestedBy
        and parameters.get("state", one.state) == one.state
    }


ASKED = [
    {},
    {"confId": "c1"},
    {"requestedBy": "wall"},
    {"confId": "c0", "requestedBy": "crm"},
    {"state": "ended"},
    {"state": "joined"},
    {"state": "dialing", "confId": "c0"},
    {"state": "failed", "confId": "c1", "requestedBy": "wall"},
    {"confId": "nowhere"},
    {"clientId": AGENTS[1].lower()},
    {"clientId": "{" + AGENTS[0].upper() + "}", "state": "joined"},
    {"to": "+12125550007"},
    {"to": " 1 (212) 555-0008"},  # a + that came as a space
    {"to": "+12125550008", "state": "dialing"},
    {"to": "client:sue"},
    {"from": str(NOW + 3000)},
    {"until": str(NOW + 3000), "requestedBy": "crm"},
    {"from": str(NOW + 2000), "until": str(NOW + 9000), "confId": "c1"},
    {"from": str(NOW + 2000), "until": str(NOW + 2000)},
    {"from": str(NOW + 2000), "state": "dialing", "clientId": AGENTS[0]},
    {"from": "0", "until": "1"},
    {"state": "joined", "requestedBy": "nobody"},
]


@pytest.mark.parametrize("limit", ["3", "1000"])
def test_pages_give_each_that_matches_once_and_in_order(desk, records, limit):
    for parameters in ASKED:
        found = all_pages(desk, **parameters, limit=limit)
        ids = [one["id"] for one in found]
        assert len(ids) == len(set(ids)), parameters
        assert set(ids) == matching(records, **parameters), parameters
        times = [one["requestedAt"] for one in found]
        assert times == sorted(times, reverse=True), parameters


def test_what_begins_while_pages_are_walked_is_not_on_them_twice(desk, records):
    first = page(desk, limit="10")
    desk.services.supervisions.begin(supervision(to="+13125550100", requestedAt=NOW + 10**6))
    second = page(desk, limit="10", cursor=first["next"])
    assert not {one["id"] for one in first["supervisions"]} & {one["id"] for one in second["supervisions"]}


def test_a_cursor_goes_with_any_filter(desk, records):
    """Also where it points to a time that the span does not hold."""
    for at in (0, NOW + 2000, NOW + 10**6):
        span = {"from": str(NOW + 1000), "until": str(NOW + 4000)}
        found = page(desk, cursor=encoded([at, "x"]), **span)["supervisions"]
        assert {one["id"] for one in found} == matching(records, **{**span, "until": str(min(at, NOW + 4000))})


def test_a_rare_match_is_looked_for_in_bounds_and_the_rest_is_behind_the_cursor(desk, records, monkeypatch):
    monkeypatch.setattr(history, "READ_AT_ONCE", 1)
    monkeypatch.setattr(history, "LOOKED_THROUGH", 5)
    found = page(desk, state="failed", limit="1")
    assert len(found["supervisions"]) == 1
    assert found["next"] is not None


@pytest.mark.parametrize("parameters", [{}, {"state": "dialing"}, {"confId": "c0"}, {"requestedBy": "wall"}], ids=str)
def test_a_caller_sees_those_of_the_agents_it_is_bound_to(desk, records, parameters):
    theirs = supervision(
        clientId="C91F9B77-0000-4000-8000-000000000001", confId="c0", requestedBy="wall", to=OTHER_PHONE
    )
    desk.services.supervisions.begin(theirs)
    bound = Caller("crm", agents=frozenset({"{c91f9b77-0000-4000-8000-000000000001}"}))
    assert [one["id"] for one in all_pages(desk, caller=bound, limit="2", **parameters)] == [theirs.id]


# ---------------------------------------------------------------- what is malformed


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "1.5", "x", "", " 1", "²", "00001", "1_0"])
def test_limits_that_are_none(limit):
    with pytest.raises(InvalidRequest, match="limit"):
        SupervisionQuery.of({"limit": limit})


@pytest.mark.parametrize("state", ["", "Joined", "over"])
def test_states_that_are_none(state):
    with pytest.raises(InvalidRequest, match="state"):
        SupervisionQuery.of({"state": state})


@pytest.mark.parametrize("name", ["confId", "requestedBy", "clientId", "to"])
@pytest.mark.parametrize("value", ["", "x" * 256])
def test_names_that_are_too_long_or_empty(name, value):
    with pytest.raises(InvalidRequest, match=name):
        SupervisionQuery.of({name: value})


@pytest.mark.parametrize("name", ["from", "until"])
@pytest.mark.parametrize("time", ["", "-1", "1.5", "soon", "\u00b2", " 1", str(10**15), "1e3"])
def test_times_that_are_none(name, time):
    with pytest.raises(InvalidRequest, match=name):
        SupervisionQuery.of({name: time})


def test_a_span_ends_after_it_begins():
    with pytest.raises(InvalidRequest, match="from"):
        SupervisionQuery.of({"from": "2", "until": "1"})


def encoded(value):
    return urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).decode()


HOSTILE = [
    "",
    "x",
    "!!!!",
    "ünü",
    "A" * 5000,
    encoded(b"\xff\xff"),
    encoded(7),
    encoded([]),
    encoded([1]),
    encoded([1, 2]),
    encoded(["1", "x"]),
    encoded([1.5, "x"]),
    encoded([True, "x"]),
    encoded([-1, "x"]),
    encoded([10**15, "x"]),
    encoded([1, ""]),
    encoded([1, "x" * 65]),
    encoded([1, "\ud800"]),
    encoded([1, "a b"]),
    encoded([1, "x\n"]),
    encoded([1, "x", 3]),
    encoded({"a": 1, "b": 2}),
    encoded(None),
    encoded(b"[" * 100_000),
]


@pytest.mark.parametrize("cursor", HOSTILE, ids=lambda one: one[:20])
def test_cursors_that_are_none(cursor):
    with pytest.raises(InvalidRequest, match="cursor"):
        SupervisionQuery.of({"cursor": cursor})


def test_a_made_up_place_is_a_place(desk, records):
    for cursor in ([0, "x"], [NOW + 3000, "no-such-one"], [10**14, "x"]):
        for parameters in ({}, {"confId": "c1"}, {"requestedBy": "crm"}, {"state": "joined"}):
            found = page(desk, cursor=encoded(cursor), **parameters)["supervisions"]
            assert all(one["requestedAt"] <= cursor[0] for one in found)
