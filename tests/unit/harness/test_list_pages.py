"""One list's pages under each knob, walked as a client would."""

import random

import pytest

from tests.harness.fake_ytel.envelope import listing
from tests.harness.fake_ytel.paging import Paging, QueryError

ITEMS = [f"item{nth}" for nth in range(14)]


def cut(paging, items=ITEMS, dice=None, **query):
    return paging.cut(items, query, dice or random.Random(1))


def by_key(paging, items=ITEMS):
    """Every page that the keys lead to."""
    page = cut(paging, items)
    pages = [page]
    while page.next_key:
        page = cut(paging, items, nextKey=page.next_key)
        pages.append(page)
    return pages


def test_a_key_leads_from_page_to_page_and_the_last_page_has_none():
    pages = by_key(Paging(size=5, by="nextKey"))
    assert [len(page.items) for page in pages] == [5, 5, 4]
    assert [item for page in pages for item in page.items] == ITEMS
    assert all(page.has_keys for page in pages)


@pytest.mark.parametrize(("by", "second"), [("offset", ITEMS[5:10]), ("both", ITEMS[5:10]), ("nextKey", ITEMS[:5])])
def test_an_offset_is_honoured_where_the_list_pages_by_it(by, second):
    assert cut(Paging(size=5, by=by), offset="5").items == second


def test_a_list_that_is_not_paged_is_one_answer_whatever_is_asked():
    paging = Paging(size=5, by="none")
    assert cut(paging).items == cut(paging, offset="5").items == ITEMS
    assert not cut(paging).has_keys


def test_a_key_goes_on_after_its_entry_though_entries_before_it_have_gone():
    paging = Paging(size=5, by="both")
    key = cut(paging).next_key
    assert cut(paging, ITEMS[2:], nextKey=key).items == ITEMS[5:10]


def test_a_key_whose_entry_has_gone_goes_on_at_its_place_and_skips_one():
    paging = Paging(size=5, by="both")
    key = cut(paging).next_key
    assert cut(paging, [item for item in ITEMS if item != "item4"], nextKey=key).items[0] == "item6"


@pytest.mark.parametrize("query", [{"nextKey": "x"}, {"nextKey": "e30="}, {"cursor": "5"}, {"offset": "x"}])
def test_a_query_that_the_list_never_gave_is_refused(query):
    with pytest.raises(QueryError):
        cut(Paging(by="both"), **query)
    with pytest.raises(QueryError):
        cut(Paging(by="offset"), nextKey=cut(Paging(size=5, by="both")).next_key)


@pytest.mark.parametrize(("count", "said"), [(None, 14), ("page", 5), ("missing", None), (3, 3)])
def test_what_the_count_counts(count, said):
    assert cut(Paging(size=5, count=count)).count == said


def test_a_wrong_count_is_never_the_true_one():
    paging = Paging(size=5, count="wrong")
    assert {cut(paging, dice=random.Random(seed)).count for seed in range(20)} == {12, 13, 15, 16}


def test_a_list_can_be_short_of_its_count():
    page = cut(Paging(short=2))
    assert (page.items, page.count) == (ITEMS[:-2], 14)


def test_a_flickering_entry_is_missing_from_one_reading_counted_or_not():
    dice = random.Random(1)
    pages = [cut(Paging(flicker=0.1), dice=dice) for _ in range(50)]
    assert set().union(*(page.items for page in pages)) == set(ITEMS)
    missing = [page for page in pages if len(page.items) < 14]
    assert {page.count == 14 for page in missing} == {True, False}


def test_entries_may_repeat_and_shift_and_a_page_may_come_empty():
    dice = random.Random(1)
    assert any(len(cut(Paging(size=5, repeats=0.5), dice=dice).items) > 5 for _ in range(5))
    seconds = {tuple(cut(Paging(size=5, shifts=1), dice=dice, offset="5").items) for _ in range(30)}
    assert {second[0] for second in seconds} == {"item3", "item4", "item6", "item7"}
    assert cut(Paging(comes_empty=1)).items == []
    paging = Paging(empty_next=1)
    assert [len(cut(paging).items) for _ in range(2)] == [0, 14]


@pytest.mark.parametrize(
    ("paging", "text"),
    [
        (Paging(size=1), '{"status":true,"count":14,"page":1,"payload":[1]}'),
        (Paging(size=1, count="missing"), '{"status":true,"page":1,"payload":[1]}'),
        (Paging(size=1, shape="bare", by="both"), "[1]"),
        (Paging(size=1, shape="keyed"), '{"count":14,"users":[1]}'),
        (Paging(size=1, shape="keyed", count="missing"), '{"users":[1]}'),
        (Paging(size=20, shape="keyed", by="both", count="page"), '{"count":14,"nextKey":null,"users":[1]}'),
    ],
)
def test_the_shapes_of_a_list(paging, text):
    page = cut(paging)
    page.items[:] = ["1"]
    assert listing(page, paging.shape, "users").body.decode() == text
