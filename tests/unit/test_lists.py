"""Walking a list of Ytel's: every call found where that can be, an end in every case."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.base.problems import YtelInvalid, YtelRejected, YtelUnavailable
from supervision.rules.absence import Absence
from supervision.ytel import lists
from supervision.ytel.list_page import is_object, one_of, rows_of
from supervision.ytel.lists import PAGES_AT_ONCE, Habits, Walk
from tests.unit.examples import examples


class Listed:
    """A list served in pages of `size`; `asked` are the queries.

    `shape`: envelope, bare, or the name it stands under. `by`: offset, nextKey, both or none. `count` is stated in
    place of the truth: a number, what a function of offset makes, "page", or None.
    """

    def __init__(self, length, size=100, count=..., sizes=None, served=lambda offset: offset, by="offset", shape=None):
        self.items = [{"confId": str(number)} for number in range(length)]
        self.size, self.sizes, self.served = size, sizes or {}, served
        self.count, self.by, self.shape = count, by, shape
        self.queries: list[dict[str, str]] = []
        self.lock = threading.Lock()

    @property
    def asked(self):
        return [int(query.get("offset", 0)) for query in self.queries]

    def __call__(self, query):
        with self.lock:
            self.queries.append(dict(query))
        if "nextKey" in query:
            offset = int(query["nextKey"].removeprefix("key ")) if self.by in ("nextKey", "both") else 0
        else:
            offset = int(query.get("offset", 0)) if self.by in ("offset", "both") else 0
        start = self.served(offset)
        size = len(self.items) if self.by == "none" else self.sizes.get(offset, self.size)
        rows = self.items[start : start + size]
        if self.shape == "bare":
            return rows
        answer: dict[str, Any] = {self.shape: rows} if self.shape else {"status": True, "page": 1, "payload": rows}
        count = len(self.items) if self.count is ... else len(rows) if self.count == "page" else self.count
        if count is not None:
            answer["count"] = count(offset) if callable(count) else count
        if self.by in ("nextKey", "both"):
            answer["nextKey"] = f"key {start + size}" if start + size < len(self.items) else None
        return answer


def names(rows):
    return [entry.get("confId") for entry in rows if is_object(entry)]


def walk(fetch, habits=None):
    return Walk(fetch, names, habits)


def walked(listed, habits=None):
    return [entry["confId"] for page in walk(listed, habits) for entry in page.entries]


def verdict(listed, habits=None):
    """What a walk through it finds, without repeats, and what it says of the rest."""
    one = walk(listed, habits)
    found = list(dict.fromkeys(entry["confId"] for page in one for entry in page.entries))
    return found, one.absence


def everything(listed):
    return [entry["confId"] for entry in listed.items]


# ---------------------------------------------------------------- the shapes


# A bare array has no place for a key.
SHAPES = [(shape, by) for shape in (None, "users", "webrtcUsers") for by in ("offset", "nextKey", "both", "none")]
SHAPES += [("bare", "offset"), ("bare", "none")]


@pytest.mark.parametrize(("shape", "by"), SHAPES)
@pytest.mark.parametrize("count", [..., "page", None], ids=["total", "page", "none"])
@pytest.mark.parametrize(("length", "size"), [(0, 5), (5, 5), (14, 5), (15, 5), (14, 1), (7, 100)])
def test_every_shape_gives_the_same_list(shape, by, count, length, size):
    listed = Listed(length, size, count, by=by, shape=shape)
    found, absence = verdict(listed)
    assert found == everything(listed)
    assert absence.complete
    if length > size and by != "none":
        assert absence is Absence.SUGGESTED


@pytest.mark.parametrize("shape", [None, "bare"])
def test_one_page_that_nothing_follows_proves_an_absence(shape):
    assert verdict(Listed(7, shape=shape))[1] is Absence.PROVEN
    # Where the page beyond is the same again, it may be that offset is not honoured.
    assert verdict(Listed(7, shape=shape, by="none"))[1] is Absence.SUGGESTED


@pytest.mark.parametrize(
    "listed",
    [
        Listed(7, count=126),
        Listed(7, count=5),
        Listed(7, 3, count=8),
        Listed(7, 3, count=5),
        Listed(7, 3, count=6),
        Listed(0, count=126),
        Listed(250, served=lambda _: 0),
        Listed(7, 3, count=lambda offset: 7 + offset),
        Listed(7, 3, by="nextKey", served=lambda _: 0),
        Listed(7, 3, by="both", served=lambda offset: min(offset, 3), count=None),
    ],
)
def test_pages_that_do_not_add_up_do_not_know_an_absence(listed):
    found, absence = verdict(listed)
    assert absence is Absence.UNKNOWN
    if listed.served(100) == 100:
        assert found == everything(listed)


def test_a_key_that_is_not_honoured_is_got_round_by_offset():
    listed = Listed(14, 5)
    found, _ = verdict(lambda query: {**listed({} if "nextKey" in query else query), "nextKey": "always"})
    assert found == everything(listed)


@pytest.mark.parametrize("refusal", [YtelRejected("No such field."), YtelInvalid("No list.")])
def test_a_page_beyond_the_first_that_is_refused_ends_the_list(refusal):
    listed = Listed(7, shape="bare", by="none")

    def fetch(query):
        if query:
            raise refusal
        return listed(query)

    assert verdict(fetch) == (everything(listed), Absence.SUGGESTED)
    listed.shape, listed.count = None, 126
    assert verdict(fetch) == (everything(listed), Absence.UNKNOWN)


@pytest.mark.parametrize(
    ("document", "rows"),
    [
        ([], []),
        ({"payload": [], "users": [{}]}, []),
        ({"payload": {"users": [{"a": 1}]}}, [{"a": 1}]),
        ({"payload": None, "count": 0}, []),
        ({"webrtc": [{"a": 1}], "roles": ["x"], "error": [{}]}, [{"a": 1}]),
        ({"conferences": [], "error": []}, []),
        ({"nobodyKnows": [], "nextKey": None}, []),
    ],
)
def test_the_rows_are_found_wherever_they_stand(document, rows):
    assert rows_of(document) == rows


@pytest.mark.parametrize(
    ("document", "one"),
    [
        ({"accessToken": "t"}, {"accessToken": "t"}),
        ({"status": True, "payload": [{"a": 1}, {"b": 2}]}, {"a": 1}),
        ({"payload": {"a": 1}}, {"a": 1}),
        ([{"a": 1}], {"a": 1}),
        ([], None),
        ({"status": True, "count": 0, "payload": []}, None),
        ({"payload": None}, None),
        ({"payload": "x"}, None),
    ],
)
def test_one_thing_is_flat_or_in_the_envelope(document, one):
    assert one_of(document) == one


# ---------------------------------------------------------------- how often is looked beyond a page


def test_what_is_known_of_a_list_spares_looking_beyond_its_only_page(monkeypatch):
    now = [1_700_000_000_000]
    monkeypatch.setattr("supervision.base.clock.now_ms", lambda: now[0])
    habits, listed = Habits(), Listed(7, count="page")
    assert verdict(listed, habits)[1] is Absence.PROVEN
    assert listed.asked == [0, 7]
    assert verdict(listed, habits)[1] is Absence.PROVEN
    assert listed.asked == [0, 7, 0]
    now[0] += 31_000
    walked(listed, habits)
    assert listed.asked == [0, 7, 0, 0, 7]
    listed.items[3] = {"confId": "new"}
    walked(listed, habits)
    assert listed.asked[5:] == [0, 7]
    # A page that is less full than one that nothing followed is the last.
    del listed.items[2]
    assert verdict(listed, habits) == (everything(listed), Absence.PROVEN)
    assert listed.asked[7:] == [0]


def test_a_page_that_has_grown_is_looked_beyond():
    habits, listed = Habits(), Listed(7, 7, count="page")
    walked(listed, habits)
    listed.items.append({"confId": "new"})
    listed.items[0] = {"confId": "newer"}
    assert verdict(listed, habits)[0] == everything(listed)
    # From then on it is known that a count is its page's.
    del listed.items[7:]
    walked(listed, habits)
    walked(listed, habits)
    assert listed.asked[-4:] == [0, 7, 0, 7]


def test_a_total_that_has_added_up_is_believed():
    habits, listed = Habits(), Listed(14, 5)
    assert verdict(listed, habits)[0] == everything(listed)
    del listed.items[5:]
    listed.queries.clear()
    walked(listed, habits)
    assert listed.asked == [0]


# ---------------------------------------------------------------- by offset, with a total


@pytest.mark.parametrize("length", [0, 1, 99, 100, 101, 200, 1050, 1234])
def test_every_entry_is_given_once_and_in_order(length):
    listed = Listed(length)
    assert walked(listed) == everything(listed)
    pages = [*range(0, max(length, 1), 100)]
    # A page is asked for beyond the only one, and beyond a last one that is full.
    beyond = [length] if 0 < length < 100 or (length and length % 100 == 0) else []
    assert sorted(listed.asked) == pages + beyond


def test_pages_are_read_side_by_side_once_the_count_is_known():
    meet = threading.Barrier(PAGES_AT_ONCE, timeout=10)
    listed = Listed(100 * (PAGES_AT_ONCE + 1) - 1)

    def fetch(query):
        if query:
            meet.wait()
        return listed(query)

    assert walked(fetch) == everything(listed)


def test_a_reader_may_stop_at_any_page():
    listed = Listed(10_000)
    for page in walk(listed):
        if page.entries[0]["confId"] == "0":
            break
    assert listed.asked == [0]


def test_without_a_count_pages_are_read_one_after_the_other_until_one_brings_nothing():
    listed = Listed(250, count=None)
    assert walked(listed) == everything(listed)
    assert listed.asked == [0, 100, 200, 250]


@pytest.mark.parametrize("count", ["250", 250.0, True, -1, [], None])
def test_a_count_that_is_none_is_as_none(count):
    listed = Listed(250, count=count)
    assert walked(listed) == everything(listed)


def test_short_pages_are_filled_up():
    listed = Listed(1000, sizes={100: 30, 130: 50, 400: 99})
    pages = list(walk(listed))
    assert {entry["confId"] for page in pages for entry in page.entries} == set(everything(listed))
    in_order = sorted(pages, key=lambda page: page.start)
    assert [entry["confId"] for page in in_order for entry in page.entries][:200] == everything(listed)[:200]


def test_a_larger_maximum_than_the_first_page_shows_gives_pages_that_overlap():
    listed = Listed(300, sizes={0: 50})
    assert list(dict.fromkeys(walked(listed))) == everything(listed)


# ---------------------------------------------------------------- an end in every case


def test_a_list_that_ignores_the_offset_ends():
    listed = Listed(250, served=lambda _: 0)
    assert walked(listed) == everything(listed)[:100]
    assert len(listed.asked) <= 1 + PAGES_AT_ONCE
    listed = Listed(250, served=lambda _: 0, count=None)
    assert walked(listed) == everything(listed)[:100]
    assert len(listed.asked) == 2


@pytest.mark.parametrize("count", [10**15, 1_000_000])
def test_a_count_out_of_all_proportion_ends_at_the_first_empty_page(count):
    listed = Listed(250, count=count)
    assert walked(listed) == everything(listed)
    assert len(listed.asked) <= 1 + 2 * PAGES_AT_ONCE


@pytest.mark.parametrize("count", [0, 1, 99, 150])
def test_a_count_that_is_too_low_is_not_believed(count):
    listed = Listed(250, count=count)
    assert walked(listed) == everything(listed)


def test_a_count_that_grows_ends():
    listed = Listed(250, count=lambda offset: 250 + offset)
    assert walked(listed) == everything(listed)


def test_a_first_page_that_is_empty_is_the_end():
    listed = Listed(0, count=126)
    assert walked(listed) == []
    assert listed.asked == [0]


@pytest.mark.parametrize("count", [None, 10**15])
def test_a_list_without_end_is_invalid(monkeypatch, count):
    monkeypatch.setattr(lists, "LONGEST_LIST", 1000)

    def fetch(query):
        payload = [{"confId": str(int(query.get("offset", 0)) + number)} for number in range(10)]
        return {"status": True, "payload": payload, **({"count": count} if count else {})}

    with pytest.raises(YtelInvalid, match="no end"):
        walked(fetch)


# ---------------------------------------------------------------- what pages hold


def test_entries_that_are_no_objects_are_passed_over_and_keep_their_place():
    one = walk(lambda _: {"count": 4, "payload": [None, {"confId": "1"}, "x", [7]]})
    assert [(page.entries, page.length, page.stated) for page in one] == [([{"confId": "1"}], 4, 4)]
    assert one.absence is Absence.UNKNOWN


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"payload": None},
        {"payload": {}, "count": 1},
        {"payload": "x"},
        {"count": 7},
        {"roles": ["x"], "inboxes": []},
        {"id": 1, "x": []},
    ],
)
def test_a_payload_that_is_no_list_is_invalid(envelope):
    with pytest.raises(YtelInvalid, match="list"):
        walked(lambda _: envelope)


def test_nothing_at_all_may_be_written_as_null():
    assert walked(lambda _: {"payload": None, "count": 0}) == []


@pytest.mark.parametrize("failing", [0, 100, 500])
def test_what_fails_is_raised(failing):
    listed = Listed(1000)

    def fetch(query):
        if int(query.get("offset", 0)) == failing:
            raise YtelUnavailable("Down.")
        return listed(query)

    with pytest.raises(YtelUnavailable):
        walked(fetch)


@examples(300)
@given(
    st.integers(0, 60),
    st.integers(1, 9),
    st.none() | st.just("page") | st.integers(-2, 200),
    st.dictionaries(st.integers(0, 60), st.integers(0, 9), max_size=6),
    st.booleans(),
    st.sampled_from(["offset", "nextKey", "both", "none"]),
    st.sampled_from([None, "bare", "users"]),
)
def test_every_walk_ends_gives_what_is_listed_alone_and_never_claims_too_much(
    length, size, count, sizes, ignored, by, shape
):
    listed = Listed(length, size, count, sizes, (lambda _: 0) if ignored else (lambda offset: offset), by, shape)
    found, absence = verdict(listed)
    assert set(found) <= set(everything(listed))
    assert len(listed.asked) <= 2 * (length + PAGES_AT_ONCE)
    if not ignored and not sizes and (by != "nextKey" or shape != "bare"):
        assert found == everything(listed)
    if absence is Absence.PROVEN and not sizes:
        assert found == everything(listed)
