"""Pages of the list: filters, cursors over a floor that changes, tags, and the size of an answer."""

import contextlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.base.fast_json import dumps, loads
from supervision.base.problems import InvalidRequest
from supervision.floor.content import Content
from supervision.floor.floor import Held
from supervision.floor.listing import Listing
from supervision.floor.pages import LARGEST_BODY, answer_size, one_call, page_of
from supervision.floor.queries import CallQuery
from supervision.floor.rows import LARGEST_ROW, LONGEST_TEXT, lines_of, row_line
from supervision.rules.absence import Absence
from supervision.rules.caller import Caller


def row(conf_id, created=0, **fields):
    return {
        "confId": conf_id,
        "createdTime": created,
        "inbound": True,
        "clientId": f"client-{conf_id}",
        "username": "Ann Lee",
        "supervisors": [],
        "help": None,
        **fields,
    }


def content(*rows, generation="g", absence=Absence.PROVEN):
    ordered = sorted(rows, key=lambda one: (one["createdTime"] or 0, one["confId"]))
    return Content(generation, absence, [row_line(one) for one in ordered])


def shown(page):
    return [one["confId"] for one in json.loads(page.body(1, stale=False))["calls"]]


def asked(**parameters):
    return CallQuery.of(parameters)


# ---------------------------------------------------------------- what may be asked


def test_nothing_asked_is_the_first_five_hundred():
    assert asked() == CallQuery("", "", 500, None)


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1.5", "", " 1", "x", "\u0661", "1e2", "99999999999999999999"])
def test_a_limit_out_of_bounds_is_refused(limit):
    with pytest.raises(InvalidRequest):
        asked(limit=limit)


@pytest.mark.parametrize("limit", ["1", "1000", "0500"])
def test_a_limit_within_bounds_is_taken(limit):
    assert asked(limit=limit).limit == int(limit)


@pytest.mark.parametrize("direction", ["", "in", "INBOUND", "inbound,outbound", "both"])
def test_a_direction_of_another_name_is_refused(direction):
    with pytest.raises(InvalidRequest):
        asked(direction=direction)


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "bnVsbA", "WzEsMl0", "WyJhIiwiYiJd", "WzEuNSwiYiJd", "W1sxXSwiYiJd", "e30", "é", "[1,2]", "W" * 9_999],
)
def test_a_cursor_that_is_none_is_refused(cursor):
    with pytest.raises(InvalidRequest):
        asked(cursor=cursor)


@given(st.text())
def test_any_cursor_is_taken_or_refused(cursor):
    with contextlib.suppress(InvalidRequest):
        assert asked(cursor=cursor).after


def test_parameters_of_other_names_are_passed_over():
    assert asked(sort="name", Limit="x") == asked()


# ---------------------------------------------------------------- filters


def test_an_agent_is_found_by_part_of_the_name_or_by_the_whole_client_id():
    floor = content(
        row("1", username="Ann Lee", clientId="c-1"),
        row("2", username="Joanna Ng", clientId="c-2"),
        row("3", username=None, clientId="ann"),
        row("4", username="Straße", clientId=None),
    )
    assert shown(page_of(floor, asked(agent="ann"))) == ["1", "2", "3"]
    assert shown(page_of(floor, asked(agent="ANN LEE"))) == ["1"]
    assert shown(page_of(floor, asked(agent="c-2"))) == ["2"]
    assert shown(page_of(floor, asked(agent="c-"))) == []
    assert shown(page_of(floor, asked(agent="STRASSE"))) == ["4"]
    assert len(shown(page_of(floor, asked(agent=" ")))) == 4


@pytest.mark.parametrize("parameters", [{"supervised": ""}, {"supervised": "True"}, {"help": "1"}, {"help": ""}])
def test_a_filter_of_another_value_is_refused(parameters):
    with pytest.raises(InvalidRequest):
        asked(**parameters)


def test_a_direction_is_of_calls_that_have_one():
    floor = content(row("1", inbound=True), row("2", inbound=False), row("3", inbound=None))
    assert shown(page_of(floor, asked(direction="inbound"))) == ["1"]
    assert shown(page_of(floor, asked(direction="outbound"))) == ["2"]
    assert page_of(floor, asked(direction="outbound")).matching == 1


def test_the_count_is_of_all_that_match_on_every_page():
    floor = content(*(row(f"{n:03}", n, inbound=n % 2 == 0) for n in range(100)))
    page = page_of(floor, asked(direction="inbound", limit="20"))
    assert (len(shown(page)), page.matching) == (20, 50)
    page = page_of(floor, asked(direction="inbound", limit="20", cursor=page.next))
    assert (shown(page)[0], page.matching) == ("040", 50)


def test_a_client_bound_to_agents_is_shown_their_calls_alone_and_no_page_of_anothers():
    agent = "c91f9b77-ce9d-4207-98e4-229b76a65550"
    floor = content(row("1", clientId=agent.upper()), row("2", clientId=agent[:-1] + "1"), row("3", clientId=None))
    listing, held = Listing(), Held(floor, 1, stale=False)
    bound = Caller("crm", agents=frozenset({agent.replace("-", "")})).bound
    pages = [listing.page(held, CallQuery.of({}, whose)) for whose in (frozenset(), bound, frozenset({"-"}))]
    assert [(shown(page), page.matching) for page in pages] == [(["1", "2", "3"], 3), (["1"], 1), ([], 0)]
    assert len({page.tag(stale=False) for page in pages}) == 3


# ---------------------------------------------------------------- walking


def walk(floors, **parameters):
    found: list[str] = []
    cursor: dict[str, str] = {}
    for floor in floors:
        page = page_of(floor, asked(**parameters, **cursor))
        found += shown(page)
        if page.next is None:
            return found
        cursor = {"cursor": page.next}
    raise AssertionError("the walk did not end")


@pytest.mark.parametrize("limit", [1, 2, 3, 99, 100, 101])
def test_pages_make_the_whole(limit):
    floor = content(*(row(f"{n % 10}-{n:03}", n // 7 or None) for n in range(100)))
    assert walk([floor] * 101, limit=str(limit)) == [one["confId"] for one in floor.rows]


@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_a_call_that_is_there_all_the_time_is_shown_once_whatever_changes(chance, limit):
    stays = {f"s{n}": chance.randrange(20) for n in range(15)}
    comes_and_goes = {f"x{n}": chance.randrange(25) for n in range(15)}
    floors = []
    for _ in range(40):
        others = {id_: at for id_, at in comes_and_goes.items() if chance.random() < 0.5}
        floors.append(content(*(row(id_, at) for id_, at in (stays | others).items())))
    found = walk(floors, limit=str(limit))
    assert len(found) == len(set(found))
    assert stays.keys() <= set(found)


def test_a_cursor_whose_call_has_ended_goes_on_from_its_place():
    before = content(*(row(str(n), n) for n in range(6)))
    cursor = page_of(before, asked(limit="3")).next
    after = content(*(row(str(n), n) for n in (0, 1, 3, 4, 5)))
    assert shown(page_of(after, asked(cursor=cursor))) == ["3", "4", "5"]


def test_a_cursor_past_the_end_is_an_empty_page():
    cursor = page_of(content(*(row(str(n), n) for n in range(6))), asked(limit="5")).next
    page = page_of(content(row("0", 0)), asked(cursor=cursor))
    assert (shown(page), page.matching, page.next) == ([], 1, None)


# ---------------------------------------------------------------- the body and its tag


def test_the_body_is_the_lists():
    page = page_of(content(row("1")), asked())
    body = json.loads(page.body(1709849242672, stale=True))
    assert body == {
        "calls": [row("1")],
        "count": 1,
        "asOf": 1709849242672,
        "stale": True,
        "complete": True,
        "version": page.version,
        "next": None,
    }
    assert list(body) == ["calls", "count", "asOf", "stale", "complete", "version", "next"]
    assert json.loads(page_of(content(), asked()).body(1, stale=False))["calls"] == []


def test_the_tag_tells_apart_what_differs_and_leaves_out_when_it_was_read():
    floor = content(row("1"), row("2", inbound=False))
    same = content(row("1"), row("2", inbound=False), generation="another")
    tag = page_of(floor, asked()).tag(stale=False)
    assert page_of(same, asked()).tag(stale=False) == tag
    others = [
        page_of(floor, asked()).tag(stale=True),
        page_of(content(row("1"), row("2", inbound=True)), asked()).tag(stale=False),
        page_of(floor, asked(limit="1")).tag(stale=False),
        page_of(floor, asked(direction="inbound")).tag(stale=False),
        page_of(floor, asked(agent="ann")).tag(stale=False),
        page_of(content(row("1"), row("2", inbound=False), absence=Absence.UNKNOWN), asked()).tag(stale=False),
    ]
    assert len({tag, *others}) == 7


def test_a_list_whose_pages_did_not_add_up_says_so():
    for absence in Absence:
        page = page_of(content(row("1"), absence=absence), asked())
        assert json.loads(page.body(1, stale=False))["complete"] is absence.complete


def test_a_version_stands_for_the_rows_that_match_on_every_page_and_for_nothing_else():
    def version(*rows, **parameters):
        return page_of(content(*rows), asked(**parameters)).version

    one, two, ended = row("1", 1), row("2", 2, inbound=False), row("3", 3, inbound=False)
    whole = version(one, two)
    assert version(one, two, limit="1") == version(two, one) == whole
    assert len({whole, version(one), version(two), version(), version(one, two, ended)}) == 5
    assert version(one, {**two, "supervisors": ["s"]}) != whole
    # what does not match does not count
    assert version(one, two, direction="inbound") == version(one, ended, direction="inbound") == version(one)


def test_a_page_is_put_together_once_for_a_content():
    listing, floor = Listing(), content(row("1"))
    first = listing.page(Held(floor, 1, False), asked())
    assert listing.page(Held(floor, 2, True), asked()) is first
    assert listing.page(Held(content(row("1")), 2, True), asked()) is not first
    for n in range(1, 1000):
        listing.page(Held(floor, 1, False), asked(limit=str(n)))
    assert len(listing._pages) <= 64


# ---------------------------------------------------------------- sizes


@given(st.text(max_size=200))
def test_the_size_counts_what_escaping_adds(text):
    try:
        body = dumps({"x": text, "y": 'é\\"'})
    except UnicodeEncodeError:
        return
    for ascii_ in (True, False):
        assert len(json.dumps(body.decode(), ensure_ascii=ascii_).encode()) <= answer_size(body) + 2


def test_no_page_is_larger_than_may_be_answered():
    hostile = '"\\\x00é😀' * 40
    floor = content(*(row(f"{n:04}", n, username=hostile, others=[hostile] * 12) for n in range(1_000)))
    assert sum(map(len, floor.lines)) > LARGEST_BODY
    found, query = [], asked(limit="1000")
    for _ in range(20):
        page = page_of(floor, query)
        assert len(json.dumps({"body": page.body(1, stale=False).decode()})) < 6_000_000
        found += shown(page)
        if page.next is None:
            break
        query = asked(limit="1000", cursor=page.next)
    assert found == [f"{n:04}" for n in range(1_000)]


def test_one_row_out_of_all_proportion_does_not_crowd_out_the_others():
    floor = content(row("1", 1), row("2", 2, username="x" * 9_000_000, others=["y" * 99] * 99_999), row("3", 3))
    assert shown(page_of(floor, asked())) == ["1", "2", "3"]
    assert len(page_of(floor, asked()).calls) < 1_000_000


def test_rows_of_ordinary_size_are_left_as_they_are():
    rows = [row("1", username="x" * (LARGEST_ROW - 500))]
    assert [loads(line) for line in map(row_line, rows)] == rows
    assert loads(row_line(row("2", username="x" * LARGEST_ROW))) == row("2", username="x" * LONGEST_TEXT)


def test_a_conference_too_large_to_answer_is_left_out_of_its_call():
    assert json.loads(one_call(b'{"confId":"1"}', b'{"a":1}')) == {"confId": "1", "userConference": {"a": 1}}
    assert json.loads(one_call(b'{"confId":"1"}', b'"' + b"\\\\" * 2_000_000 + b'"'))["userConference"] is None


# ---------------------------------------------------------------- lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=5))
def test_whatever_ytel_sends_is_one_line_of_json_each(values):
    lines = [row_line(value) for value in values]
    assert len(lines) == len(values)
    assert lines_of(b"\n".join(lines)) == (lines or [b""])
    for line, value in zip(lines, values, strict=True):
        assert json.loads(line.decode()) == without_nan(value)


def without_nan(value):
    if isinstance(value, dict):
        return {key: without_nan(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_nan(one) for one in value]
    return None if isinstance(value, float) and (value != value or abs(value) == float("inf")) else value


def test_ten_thousand_rows_are_rendered_and_paged_quickly():
    chance = random.Random(1)
    rows = [row(f"{chance.getrandbits(64):x}", chance.randrange(10**6)) for _ in range(10_000)]
    floor = content(*rows)
    assert len(floor.lines) == 10_000
    assert len(shown(page_of(floor, asked(agent="ann", limit="1000")))) == 1_000
