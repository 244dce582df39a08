"""Reading conferences: the quick way and the patient one come to the same, and what is shown is what Ytel gave."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.floor.anomalies import oddities_of
from supervision.rules.calls import is_active
from supervision.rules.conferences import Conference, loads_list, of_plain
from supervision.ytel.list_page import rows_of
from tests.unit.by_the_rule import active_calls
from tests.unit.examples import examples
from tests.unit.strategies import AGENT, conference, hostile_conferences, leg_document

USERS = {AGENT.clientId: AGENT}
SOUND = conference(confId="the good one", memberData={"504": leg_document(AGENT.webrtcNumber)})


def answer(*documents):
    return b'{"status":true,"count":%d,"page":1,"payload":[%s]}' % (len(documents), b",".join(documents))


def read(*documents):
    return loads_list(answer(*documents))["payload"]


def made_of(conferences):
    listed = [one for one in conferences if isinstance(one, Conference)]
    return [call for call, _ in active_calls(listed, USERS)], [oddities_of(one) for one in listed]


@examples(500)
@given(st.lists(hostile_conferences(), max_size=4))
def test_whatever_the_shape_it_is_as_if_all_had_been_read(listed):
    listed.append(SOUND)
    documents = [json.dumps(one).encode("utf-8") for one in listed]
    assert made_of(read(*documents)) == made_of(map(of_plain, json.loads(json.dumps(listed))))


@examples(200)
@given(hostile_conferences())
def test_it_is_shown_as_ytel_gave_it(value):
    document = json.dumps(value, indent=1)
    [one] = read(document.encode())
    if isinstance(value, dict) and "Infinity" not in document:
        assert json.loads(one.line()) == value
        assert b"\n" not in one.line()
        assert b"\n" not in of_plain(value).line()


@pytest.mark.parametrize(
    ("odd", "shown"),
    [
        (b'{"confId":"1","status":"active","x":NaN}', None),
        (b'{"confId":"1","status":"active","x":"\\ud800"}', "\ud800"),
        (b'{"confId":"1","confId":7,"status":"over","confId":"1","status":"active"}', ...),
        (b'{"confId":"1","status":"active","document":"x","members":7}', ...),
    ],
)
def test_one_odd_conference_hides_neither_itself_nor_another(odd, shown):
    listed = read(odd, json.dumps(SOUND).encode(), b"null", b"[7]")
    first, second = filter(is_active, listed)
    assert (first.confId, second.confId) == ("1", "the good one")
    assert json.loads(second.line()) == SOUND
    if shown is ...:
        assert first.line() == odd
    else:
        assert json.loads(first.line())["x"] == shown


def test_details_and_members_of_another_shape_are_none():
    odd = conference(details="none", memberData=["x"])
    [one] = read(json.dumps(odd).encode())
    assert (one.details, one.members) == (None, ["x"])
    assert one.line() == json.dumps(odd).encode()


@pytest.mark.parametrize("value", [2**64, 10**30, 1.5, True, "1", None])
def test_what_is_no_time_is_none(value):
    [(call, _)] = active_calls(read(json.dumps(conference(createdTime=value)).encode()), USERS)
    assert call["createdTime"] is None


@pytest.mark.parametrize("body", [b"", b"{", answer(b'{"x":"\\q"}'), answer(b"{]")])
def test_what_is_no_json_is_refused(body):
    with pytest.raises(ValueError, match=r"\S"):
        loads_list(body)


@pytest.mark.parametrize("body", [b"7", b"[]", b'{"status":true}', b'{"payload":7}', b'{"payload":{"confId":"1"}}'])
def test_an_answer_of_another_shape_is_as_it_is(body):
    assert loads_list(body) == json.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[%s,7]",
        b'{"conferences":[%s,7]}',
        b'{"count":9,"payload":{"list":[%s,7]}}',
        b'{"payload":[%s,7],"nextKey":"x"}',
    ],
)
def test_its_list_may_be_bare_or_under_any_name(body):
    [one, seven] = rows_of(loads_list(body % json.dumps(SOUND).encode()))
    assert (one.confId, json.loads(one.line()), seven) == ("the good one", SOUND, 7)


def test_an_error_is_left_as_it_is():
    answer = {"status": False, "error": [{"code": "404"}]}
    assert loads_list(json.dumps(answer).encode()) == answer


def test_nesting_without_end_is_refused_or_read_but_never_a_crash():
    deep = b"[" * 400_000 + b"]" * 400_000
    with pytest.raises(ValueError, match="deep"):
        loads_list(answer(b'{"confId":"1","status":"active","x":%s}' % deep))
    [one] = read(b'{"confId":"1","status":"active","memberData":{"1":%s}}' % (b"[" * 500 + b"]" * 500))
    assert made_of([one])[0][0]["otherMemberIds"] == ["1"]
