"""The conferences of the newest reading: what is as it was is the very same, and nothing else is ever handed out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.base.runs import RUN
from supervision.rules.conferences import Conference, loads_list
from supervision.rules.held_conferences import HeldConferences
from tests.unit.examples import examples
from tests.unit.strategies import conference, hostile_conferences, leg_document


def answer(documents):
    return b'{"status":true,"count":%d,"page":1,"payload":[%s]}' % (len(documents), b", ".join(documents))


def document(number, **fields):
    return json.dumps(conference(confId=f"call-{number}", **fields)).encode()


def read(held, *pages):
    """A whole reading, page by page."""
    reading = held.reading()
    rows = [row for page in pages for row in loads_list(answer(page), reading.rows)["payload"]]
    reading.keep()
    return rows


def as_shown(rows):
    return [row.line() if isinstance(row, Conference) else row for row in rows]


def test_what_is_as_it_was_is_the_very_same_wherever_it_stands():
    held, documents = HeldConferences(), [document(n) for n in range(3 * RUN)]
    before = read(held, documents)
    again = read(held, documents[:RUN], documents[RUN:])
    assert all(one is other for one, other in zip(before, again, strict=True))
    turned = read(held, documents[:1:-1])
    assert all(one is other for one, other in zip(before[:1:-1], turned, strict=True))


@pytest.mark.parametrize("place", [0, 1, RUN - 1, RUN, 2 * RUN + 1])
def test_what_changed_is_read_anew_and_the_rest_is_not(place):
    held, documents = HeldConferences(), [document(n) for n in range(2 * RUN + 2)]
    before = read(held, documents)
    documents[place] = document(place, createdTime=1_709_849_242_673)
    after = read(held, documents)
    assert after[place].createdTime == 1_709_849_242_673
    assert [n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one is not other] == [place]
    del documents[place]
    gone = read(held, documents)
    assert gone == [*after[:place], *after[place + 1 :]]
    documents.insert(place, document("new"))
    come = read(held, documents)
    assert come == [*gone[:place], come[place], *gone[place:]]
    assert come[place].confId == "call-new"


def test_a_byte_makes_another_of_it():
    held = HeldConferences()
    [spaced], [close] = (
        read(held, [b'{"confId":"1", "status":"active"}']),
        read(held, [b'{"confId":"1","status":"active"}']),
    )
    assert spaced is not close
    assert spaced.line() != close.line()


def test_one_that_was_away_is_read_anew():
    held = HeldConferences()
    [before] = read(held, [document(1)])
    read(held, [])
    [after] = read(held, [document(1)])
    assert after is not before


def test_what_is_odd_is_never_handed_out_twice():
    """It may hold what can be changed."""
    held, odd = HeldConferences(), b'{"confId":"1","status":"active","details":7,"memberData":{"1":"{}"}}'
    [before], [after] = read(held, [odd]), read(held, [odd])
    assert before is not after
    assert before.members == after.members
    assert before.members is not after.members


def test_a_reading_that_was_not_finished_leaves_what_is_held():
    held = HeldConferences()
    [before] = read(held, [document(1)])
    loads_list(answer([document(2)]), held.reading().rows)
    [after] = read(held, [document(1)])
    assert after is before


def test_nothing_is_kept_but_the_conferences_that_are_on_the_newest_list():
    held = HeldConferences()
    first = read(held, [document(n) for n in range(100)])
    read(held, [document(n) for n in range(1, 101)])
    kept = held.documents
    assert len(kept.conferences) == len(kept.own) == len(kept.to_compare) == 100
    assert first[0] not in held.documents.conferences
    # nor the whole answer that they came in
    assert {type(one.document) for one in held.documents.conferences} == {bytes}
    assert [*map(bytes, held.documents.to_compare)] == held.documents.own


FLOORS = st.lists(
    st.one_of(
        st.builds(document, st.integers(0, 5), status=st.sampled_from(["active", "over"])),
        st.builds(document, st.integers(0, 5), memberData=st.sampled_from([{}, {"1": leg_document("+1")}, None])),
        hostile_conferences().map(lambda value: json.dumps(value).encode()),
        st.sampled_from([b"7", b"null", b'{"confId":"1","x":"\\ud800"}']),
    ),
    max_size=8,
)


@examples(300)
@given(st.lists(st.tuples(FLOORS, st.integers(0, 8)), max_size=8))
def test_whatever_was_held_a_list_is_what_it_is(lists):
    held = HeldConferences()
    for documents, cut in lists:
        pages = documents[:cut], documents[cut:]
        fresh = [row for page in pages for row in loads_list(answer(page))["payload"]]
        assert as_shown(read(held, *pages)) == as_shown(fresh)
