"""What changed since a version: applied in turn it is exactly the list, of any floor, under any filter."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.floor.content import Content
from supervision.floor.floor import Held
from supervision.floor.history import LARGEST_HISTORY, STEPS, step_of, with_step
from supervision.floor.listing import Listing
from supervision.floor.pages import LARGEST_BODY
from supervision.floor.queries import CallQuery
from supervision.floor.rows import row_line
from supervision.floor.stored import read_whole
from supervision.rules.absence import Absence


def row(conf_id, created=0, **fields):
    return {
        "confId": conf_id,
        "createdTime": created,
        "inbound": True,
        "clientId": None,
        "username": "Ann Lee",
        "supervisors": [],
        "help": None,
        **fields,
    }


def after(before, *rows, absence=Absence.PROVEN):
    """The content that takes the place of `before`; without it, the first, or one whose reader could not look back."""
    lines = [row_line(one) for one in sorted(rows, key=lambda one: (one["createdTime"] or 0, one["confId"]))]
    history = []
    if before:
        gone = [line for line in before.lines if line not in lines]
        history = with_step(before.history, step_of(gone, [line for line in lines if line not in before.lines]))
    return Content(f"{id(lines)}", absence, lines, history=json.loads(json.dumps(history)))


def answer(content, since=None, **parameters):
    query = CallQuery.of(parameters | ({} if since is None else {"since": since}))
    return json.loads(Listing().page(Held(content, 1, False), query).body(1, stale=False))


def applied(held, change):
    rows = {} if change["full"] else dict(held)
    for conf_id in change.get("gone", ()):
        del rows[conf_id]
    rows.update((one["confId"], one) for one in change["calls"])
    assert len(rows) == change["count"]
    return rows


def by_id(calls):
    return {one["confId"]: one for one in calls}


IDS = ["1", "2", "3", "a,", "a,,", 'q"', "ü"]
ROWS = st.builds(
    row,
    st.sampled_from(IDS),
    st.sampled_from([None, 1, 2]),
    inbound=st.sampled_from([True, False, None]),
    username=st.sampled_from(["Ann Lee", "Ben Ng", None]),
    clientId=st.sampled_from(["c-1", None]),
    supervisors=st.sampled_from([[], [{"id": "s-1"}], [{"id": "s-2"}]]),
    help=st.sampled_from([None, {"reason": "so"}]),
)
FLOORS = st.lists(ROWS, max_size=6, unique_by=lambda one: one["confId"])
FILTERS = st.sampled_from(
    [
        {},
        {"direction": "inbound"},
        {"agent": "ann"},
        {"agent": "c-1", "direction": "outbound"},
        {"supervised": "true"},
        {"supervised": "false", "help": "true"},
        {"help": "false"},
    ]
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(FLOORS, st.booleans(), st.lists(st.tuples(st.integers(0, 2), st.booleans()))), max_size=30),
    st.lists(FILTERS, min_size=3, max_size=3),
)
def test_changes_applied_in_turn_are_exactly_the_list(lists, filters):
    """Each list comes of one environment, which may not have seen the one before; any page may lose its answer."""
    pages: list[Any] = [({}, "") for _ in filters]
    standing = None
    for rows, looked_back, polls in lists:
        standing = after(standing if looked_back else None, *rows)
        for nth, lost in polls:
            held, version = pages[nth]
            change = answer(standing, version, **filters[nth])
            if lost:
                continue
            now = applied(held, change)
            whole = answer(standing, **filters[nth])
            assert now == by_id(whole["calls"])
            assert change["version"] == whole["version"]
            pages[nth] = (now, change["version"])


def test_only_what_is_new_or_changed_is_sent_oldest_first():
    first = after(None, row("1", 1), row("2", 2), row("3", 3), row("4", 4))
    version = answer(first)["version"]
    second = after(first, row("1", 1), row("2", 2, username="Joe"), row("4", 4), row("0", 0))
    assert answer(second, version) == {
        "full": False,
        "calls": [row("0", 0), row("2", 2, username="Joe")],
        "gone": ["3"],
        "count": 4,
        "asOf": 1,
        "stale": False,
        "complete": True,
        "version": answer(second)["version"],
    }


def test_who_is_up_to_date_is_sent_nothing_however_much_others_changed():
    floor = after(None, row("1"), row("2", inbound=False))
    version = answer(floor, direction="inbound")["version"]
    for nth in range(2 * STEPS):
        floor = after(floor, row("1"), row("2", inbound=False, createdTime=nth))
    change = answer(floor, version, direction="inbound")
    assert (change["full"], change["calls"], change["gone"], change["version"]) == (False, [], [], version)


def test_a_row_that_matches_no_more_is_gone_and_one_that_never_did_is_not_named():
    first = after(None, row("1"), row("2", inbound=False))
    version = answer(first, direction="inbound")["version"]
    second = after(first, row("1", inbound=False))
    assert answer(second, version, direction="inbound")["gone"] == ["1"]


def test_a_row_that_changed_back_is_sent_again():
    """A list over several pages can be of several versions; the first one's counts."""
    first = after(None, row("1"))
    floor = after(after(first, row("1", username="Joe"), row("2")), row("1"), row("3"))
    change = answer(floor, answer(first)["version"])
    assert (change["calls"], change["gone"]) == ([row("1"), row("3")], [])


def test_a_client_bound_to_agents_is_told_of_their_calls_alone():
    first = after(None, row("1", clientId="c-1"), row("2", clientId="c-2"))
    second = after(first, row("3", clientId="c-2"))

    def asked(content, **since):
        query = CallQuery.of(since, frozenset({"c-1"}))
        return json.loads(Listing().page(Held(content, 1, False), query).body(1, stale=False))

    change = asked(second, since=asked(first)["version"])
    assert (change["full"], change["calls"], change["gone"]) == (False, [], ["1"])
    assert asked(second, since="unknown")["calls"] == []


@pytest.mark.parametrize("since", ["", "x", "0" * 16, "é", "9" * 5000])
def test_a_version_nobody_knows_gets_all_rows(since):
    floor = after(after(None, row("1")), row("1"), row("2"))
    change = answer(floor, since, limit="1")
    assert (change["full"], change["calls"], change["gone"]) == (True, [row("1"), row("2")], [])
    assert "next" not in change


def test_a_version_too_old_gets_all_rows():
    floor = after(None, row("1", 0))
    versions = [answer(floor)["version"]]
    for nth in range(1, STEPS + 2):
        floor = after(floor, row("1", nth))
        versions.append(answer(floor)["version"])
    assert [answer(floor, one)["full"] for one in versions] == [True] + [False] * (STEPS + 1)


def test_what_is_kept_does_not_grow_with_what_a_floor_makes_of_it():
    floor = after(None, row("1"))
    for nth in range(10):
        floor = after(floor, *(row(f"{n}-{nth}", username="x" * 1_000) for n in range(50)))
    assert len(json.dumps(floor.history)) < LARGEST_HISTORY * 1.2


def test_all_rows_are_never_more_than_may_be_answered():
    hostile = '"\\é' * 80
    floor = after(None, *(row(f"{n:04}", n, username=hostile, others=[hostile] * 12) for n in range(1_500)))
    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(20):
        change = answer(floor, "unknown", **cursor)
        assert change["full"]
        assert len(json.dumps(change)) < 2 * LARGEST_BODY
        found += by_id(change["calls"])
        if change.get("next") is None:
            break
        cursor = {"cursor": change["next"]}
    assert found == [f"{n:04}" for n in range(1_500)]
    assert "cursor" in str(cursor)
    # nor are changes
    assert answer(after(after(None), *map(json.loads, floor.lines)), answer(after(None))["version"])["full"]


def test_the_tag_tells_apart_what_differs():
    first = after(None, row("1"))
    second = after(first, row("1"), row("2"))

    def tag(content, **parameters):
        return Listing().page(Held(content, 1, False), CallQuery.of(parameters)).tag(stale=False)

    old, new = answer(first)["version"], answer(second)["version"]
    assert len({tag(second), tag(second, since=old), tag(second, since=new), tag(second, since="x")}) == 4
    assert tag(second, since=old) == tag(after(first, row("1"), row("2")), since=old)


@pytest.mark.parametrize("version", ["none", 7])
def test_a_list_whose_version_is_none_cannot_be_counted_on_from(version):
    with pytest.raises((ValueError, TypeError)):
        read_whole(json.dumps({"absence": "proven", "version": version}).encode(), "g")
