"""The same request is acted on once: answered again, refused under another body, in progress, half remembered."""

from dataclasses import replace
from typing import Any

import pytest

from supervision.rules.caller import Caller
from supervision.rules.clocks import AHEAD_MS
from supervision.rules.request import Request
from supervision.table.gateway import Gateway
from supervision.table.requests import Answered, BeingWorkedOn, OfAnother, Opened, Requests
from supervision.table.writes import Change, Put

LEASE_MS = 20_000
ASKED = {"to": "+12125550142"}
REQUEST = Request(
    action="whisper",
    caller=Caller("crm"),
    correlation_id="r1",
    name="key-1",
    conf_id="c1",
    to="+12125550142",
    asked=ASKED,
)
ANSWER = {"number": 1, "text": "ünü", "list": ["503"], "none": None, "bool": True}


@pytest.fixture
def requests(table, clock_at):
    return Requests(Gateway(table))


def opened(requests, request=REQUEST):
    found = requests.open(request, LEASE_MS)
    assert isinstance(found, Opened)
    return found


def answered(requests):
    first = opened(requests)
    requests.close(first, first.done(ANSWER))


def test_the_first_answer_is_given_again(requests):
    answered(requests)
    assert requests.open(REQUEST, LEASE_MS) == Answered({"done": ANSWER})


def test_a_refusal_is_given_again_too(requests):
    first = opened(requests)
    assert not first.closed
    requests.close(first, first.refused("call_not_found"))
    assert first.closed
    assert requests.open(REQUEST, LEASE_MS) == Answered({"refused": "call_not_found"})


def test_the_order_of_the_fields_is_no_other_request(requests):
    asked = {"to": "+1", "maxSeconds": 7}
    first = opened(requests, replace(REQUEST, asked=asked))
    requests.close(first, first.done(ANSWER))
    again = replace(REQUEST, asked=dict(reversed(asked.items())))
    assert isinstance(requests.open(again, LEASE_MS), Answered)


@pytest.mark.parametrize(
    "change",
    [{"action": "barge"}, {"conf_id": "c2"}, {"asked": {"to": "+12125550143"}}, {"asked": {**ASKED, "more": 1}}],
    ids=repr,
)
@pytest.mark.parametrize("closed", [True, False])
def test_a_name_that_stood_for_another_request_is_refused(requests, change, closed):
    first = opened(requests)
    if closed:
        requests.close(first, first.done(ANSWER))
    assert requests.open(replace(REQUEST, **change), LEASE_MS) == OfAnother()


def test_the_withdrawal_of_another_follow_is_another_request(requests):
    withdrawal = replace(REQUEST, action="follow", takes_back=True, follow_id="f1")
    first = opened(requests, withdrawal)
    requests.close(first, first.done(ANSWER))
    assert requests.open(replace(withdrawal, follow_id="f2"), LEASE_MS) == OfAnother()


@pytest.mark.parametrize("change", [{"caller": Caller("wall")}, {"door": "bus"}, {"name": "key-2"}], ids=repr)
def test_names_belong_to_their_client_and_their_door(requests, change):
    answered(requests)
    assert isinstance(requests.open(replace(REQUEST, **change), LEASE_MS), Opened)


def test_a_name_that_ends_where_the_clients_begins_is_another(requests):
    opened(requests, replace(REQUEST, caller=Caller("crm key"), name="1"))
    assert isinstance(requests.open(replace(REQUEST, caller=Caller("crm"), name="key 1"), LEASE_MS), Opened)


@pytest.mark.parametrize("name", ["x" * 255, " ", "ünü", "{}", "'; drop", "null", "\ud800"])
def test_any_text_is_a_name(requests, name):
    first = opened(requests, replace(REQUEST, name=name))
    requests.close(first, first.done(ANSWER))
    assert isinstance(requests.open(replace(REQUEST, name=name), LEASE_MS), Answered)


def test_what_was_released_may_be_asked_again(requests):
    requests.release(opened(requests))
    opened(requests)


def test_the_second_of_two_at_the_same_moment_is_told_so(requests, clock_at):
    opened(requests)
    assert requests.open(REQUEST, LEASE_MS) == BeingWorkedOn()
    clock_at(LEASE_MS / 1000 - 0.001)
    assert requests.open(REQUEST, LEASE_MS) == BeingWorkedOn()


def test_a_function_that_died_holds_it_no_longer_than_its_own_time(requests, clock_at):
    dead = opened(requests)
    clock_at(LEASE_MS / 1000)
    second = opened(requests)
    assert second.supervision_id is None
    # The dead one's writes come to nothing now.
    requests.release(dead)
    assert requests.open(REQUEST, LEASE_MS) == BeingWorkedOn()
    gateway = requests._gateway
    assert not gateway.write(dead.begun("s1")).done
    assert gateway.write(second.begun("s2")).done


def test_what_was_begun_leads_on_from_a_function_that_died(requests, clock_at):
    dead = opened(requests)
    assert requests._gateway.write(dead.begun("s1")).done
    clock_at(LEASE_MS / 1000)
    second = opened(requests)
    assert second.supervision_id == "s1"
    requests.close(second, second.done(ANSWER))
    assert requests.open(REQUEST, LEASE_MS) == Answered({"done": ANSWER})


def test_of_two_that_go_on_for_one_that_died_one_does(requests, clock_at, monkeypatch):
    opened(requests)
    clock_at(LEASE_MS / 1000)
    gateway = requests._gateway
    others: list[Any] = []
    write = gateway.write

    def once_another_has(one):
        if isinstance(one, Change) and not others:
            others.append(None)
            others.append(requests.open(REQUEST, LEASE_MS))
        return write(one)

    monkeypatch.setattr(gateway, "write", once_another_has)
    assert requests.open(REQUEST, LEASE_MS) == BeingWorkedOn()
    assert isinstance(others[1], Opened)


def test_what_was_answered_begins_nothing_more(requests):
    first = opened(requests)
    requests.close(first, first.done(ANSWER))
    assert not requests._gateway.write(first.begun("s1")).done


def test_a_lease_that_lies_as_far_ahead_as_is_believed_holds(requests, clock_at):
    opened(requests)
    clock_at(-AHEAD_MS / 1000)
    assert requests.open(REQUEST, LEASE_MS) == BeingWorkedOn()
    clock_at(-0.001)
    opened(requests)


def test_a_lease_of_a_clock_that_was_wrong_holds_nobody_up(requests, clock_at):
    clock_at(7 * 3600)
    opened(requests)
    clock_at(-7 * 3600)
    opened(requests)


def test_an_answer_is_kept_for_a_day_by_the_clock_whether_or_not_the_table_has_tidied_up(requests, clock_at):
    answered(requests)
    clock_at(24 * 3600 - 0.001)
    assert isinstance(requests.open(REQUEST, LEASE_MS), Answered)
    clock_at(0.001)
    assert opened(requests).supervision_id is None


@pytest.mark.parametrize("closed", [True, False])
def test_the_item_says_until_when_it_is_kept(requests, clock_at, closed):
    first = opened(requests)
    if closed:
        requests.close(first, first.done(ANSWER))
    assert (first.key.pk.partition("#")[0], first.key.sk) == ("REQUEST", "REQUEST")
    item = requests._gateway.get(first.key)
    until = clock_at() + 24 * 3600 * 1000
    assert (item["keptUntil"], item["expiration"]) == (until, until // 1000)


def test_one_of_an_older_version_is_over_by_its_expiration(requests, clock_at):
    other = replace(REQUEST, name="other")
    key = opened(requests, other).key
    item = {**requests._gateway.get(key), "answer": '{"done": {}}', "expiration": clock_at() // 1000 + 1}
    del item["keptUntil"]
    requests._gateway.write(Put(item))
    assert requests.open(other, LEASE_MS) == Answered({"done": {}})
    clock_at(1)
    opened(requests, other)


@pytest.mark.parametrize("answer", ['{"done": "text"}', "[1]", '"text"', "{"])
def test_an_answer_that_cannot_be_read_is_empty(requests, answer):
    first = opened(requests)
    requests.close(first, first.done(ANSWER))
    requests._gateway.write(Put({**requests._gateway.get(first.key), "answer": answer}))
    assert requests.open(REQUEST, LEASE_MS) == Answered({})


def test_an_item_with_a_field_more_and_one_with_a_field_fewer_are_read(requests):
    first = opened(requests)
    requests.close(first, first.unknown({"supervisionId": "s1"}))
    item = requests._gateway.get(first.key)
    requests._gateway.write(Put({**item, "newer": "field"}))
    assert requests.open(REQUEST, LEASE_MS) == Answered({"unknown": {"supervisionId": "s1"}})
    del item["answer"]
    requests._gateway.write(Put(item))
    opened(requests)
