"""Walking a list of Ytel's: every call found where that can be, an end in every case."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.base.problems import YtelInvalid, YtelUnavailable
from supervision.ytel import paging
from supervision.ytel.paging import SIDE_BY_SIDE, walk


class Listed:
    """A list served in pages of `size`; `asked` are the offsets, `count` is what is stated instead of the truth."""

    def __init__(self, length, size=100, count=..., sizes=None, served=lambda offset: offset):
        self.items = [{"confId": str(number)} for number in range(length)]
        self.size, self.sizes, self.served = size, sizes or {}, served
        self.count = count
        self.asked = []
        self.lock = threading.Lock()

    def __call__(self, offset):
        with self.lock:
            self.asked.append(offset)
        start = self.served(offset)
        payload = self.items[start : start + self.sizes.get(offset, self.size)]
        envelope = {"status": True, "page": 1, "payload": payload}
        count = len(self.items) if self.count is ... else self.count
        return envelope if count is None else {**envelope, "count": count(offset) if callable(count) else count}


def identity(entry):
    return entry.get("confId")


def walked(listed):
    return [entry["confId"] for page in walk(listed, identity) for entry in page.entries]


def everything(listed):
    return [entry["confId"] for entry in listed.items]


@pytest.mark.parametrize("length", [0, 1, 99, 100, 101, 200, 1050, 1234])
def test_every_entry_is_given_once_and_in_order(length):
    listed = Listed(length)
    assert walked(listed) == everything(listed)
    assert sorted(listed.asked) == [0, *range(100, length, 100)]


def test_pages_are_read_side_by_side_once_the_count_is_known():
    meet = threading.Barrier(SIDE_BY_SIDE, timeout=10)
    listed = Listed(100 * (SIDE_BY_SIDE + 1))

    def fetch(offset):
        if offset:
            meet.wait()
        return listed(offset)

    assert walked(fetch) == everything(listed)


def test_a_reader_may_stop_at_any_page():
    listed = Listed(10_000)
    for page in walk(listed, identity):
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
    pages = list(walk(listed, identity))
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
    assert len(listed.asked) <= 1 + SIDE_BY_SIDE
    listed = Listed(250, served=lambda _: 0, count=None)
    assert walked(listed) == everything(listed)[:100]
    assert len(listed.asked) == 2


@pytest.mark.parametrize("count", [10**15, 1_000_000])
def test_a_count_out_of_all_proportion_ends_at_the_first_empty_page(count):
    listed = Listed(250, count=count)
    assert walked(listed) == everything(listed)
    assert len(listed.asked) <= 1 + SIDE_BY_SIDE


@pytest.mark.parametrize("count", [0, 1, 99])
def test_a_count_that_is_too_low_is_believed(count):
    assert len(walked(Listed(250, count=count))) == 100


def test_a_count_that_grows_ends():
    listed = Listed(250, count=lambda offset: 250 + offset)
    assert walked(listed) == everything(listed)


def test_a_first_page_that_is_empty_is_the_end():
    listed = Listed(0, count=126)
    assert walked(listed) == []
    assert listed.asked == [0]


@pytest.mark.parametrize("count", [None, 10**15])
def test_a_list_without_end_is_invalid(monkeypatch, count):
    monkeypatch.setattr(paging, "LONGEST_LIST", 1000)

    def fetch(offset):
        payload = [{"confId": str(offset + number)} for number in range(10)]
        return {"status": True, "payload": payload, **({"count": count} if count else {})}

    with pytest.raises(YtelInvalid, match="no end"):
        walked(fetch)


# ---------------------------------------------------------------- what pages hold


def test_entries_that_are_no_objects_are_passed_over_and_keep_their_place():
    pages = list(walk(lambda _: {"count": 4, "payload": [None, {"confId": "1"}, "x", [7]]}, identity))
    assert [(page.entries, page.length, page.total) for page in pages] == [([{"confId": "1"}], 4, 4)]


@pytest.mark.parametrize(
    "envelope", [{}, {"payload": None}, {"payload": {}, "count": 1}, {"payload": "x"}, {"count": 7}]
)
def test_a_payload_that_is_no_list_is_invalid(envelope):
    with pytest.raises(YtelInvalid, match="list"):
        walked(lambda _: envelope)


def test_nothing_at_all_may_be_written_as_null():
    assert walked(lambda _: {"payload": None, "count": 0}) == []


@pytest.mark.parametrize("failing", [0, 100, 500])
def test_what_fails_is_raised(failing):
    listed = Listed(1000)

    def fetch(offset):
        if offset == failing:
            raise YtelUnavailable("Down.")
        return listed(offset)

    with pytest.raises(YtelUnavailable):
        walked(fetch)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 60),
    st.integers(1, 9),
    st.none() | st.integers(-2, 200),
    st.dictionaries(st.integers(0, 60), st.integers(0, 9), max_size=6),
    st.booleans(),
)
def test_every_walk_ends_and_gives_what_is_listed_alone(length, size, count, sizes, ignored):
    listed = Listed(
        length, size, count=count, sizes=sizes, served=(lambda _: 0) if ignored else (lambda offset: offset)
    )
    given_ids = walked(listed)
    assert set(given_ids) <= set(everything(listed))
    assert len(listed.asked) <= 2 * (length + SIDE_BY_SIDE)
    if count is not None and count >= length and not ignored and not sizes:
        assert set(given_ids) == set(everything(listed))
