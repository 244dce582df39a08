"""The same request is answered once: replayed, refused under another body, in progress, failed, half remembered."""

import threading
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyPersistenceLayerError

from supervision.base import aws
from supervision.base.problems import InProgress, InvalidRequest, OutcomeUnknown
from supervision.table.requests import _store, once
from tests.integration.doors import Context

ASKED = {"action": "whisper", "confId": "c1", "to": "+12125550142"}


class Work:
    """What is to be done once: answers how often it was done, or raises."""

    def __init__(self, *problems: Exception) -> None:
        self.done = 0
        self.problems = list(problems)

    def __call__(self) -> dict[str, Any]:
        self.done += 1
        if self.problems:
            raise self.problems.pop(0)
        return {"number": self.done, "text": "ünü", "list": ["503"], "none": None, "bool": True}


@pytest.fixture
def ask(table):
    _store.cache_clear()  # it holds the client of an earlier test

    def ask(work, *, key="key-1", owner="http crm", request=ASKED, context=None):
        return once(table, context or Context(), key=key, owner=owner, request=request, work=work)

    return ask


def test_the_first_answer_is_given_again(ask):
    work = Work()
    first, again = ask(work), ask(work)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.answer == again.answer == {"number": 1, "text": "ünü", "list": ["503"], "none": None, "bool": True}
    assert work.done == 1


def test_the_order_of_the_fields_is_no_other_request(ask):
    work = Work()
    ask(work)
    assert ask(work, request=dict(reversed(ASKED.items()))).replayed


@pytest.mark.parametrize("change", [{"action": "barge"}, {"confId": "c2"}, {"to": "+12125550143"}, {"more": 1}])
def test_a_key_that_stood_for_another_request_is_refused(ask, change):
    work = Work()
    ask(work)
    with pytest.raises(InvalidRequest, match="another request"):
        ask(work, request={**ASKED, **change})
    assert work.done == 1


def test_keys_belong_to_their_owner(ask):
    work = Work()
    ask(work)
    assert not ask(work, owner="http wall").replayed
    assert not ask(work, owner="bus crm").replayed
    assert not ask(work, key="key-2").replayed
    # One that ends where the other begins is another.
    assert not ask(work, owner="http c", key="rm key-1").replayed
    assert work.done == 5


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_keys_that_are_none(ask, key):
    work = Work()
    with pytest.raises(InvalidRequest, match="Idempotency-Key"):
        ask(work, key=key)
    assert work.done == 0


@pytest.mark.parametrize("key", ["x" * 255, " ", "ünü", "{}", "'; drop", "null"])
def test_any_other_text_is_a_key(ask, key):
    work = Work()
    ask(work, key=key)
    assert ask(work, key=key).replayed


def test_what_was_refused_may_be_asked_again_and_is_raised_as_it_is(ask):
    work = Work(InvalidRequest("No."), OutcomeUnknown("?", extra={"supervisionId": "s1"}))
    with pytest.raises(InvalidRequest, match="No"):
        ask(work)
    with pytest.raises(OutcomeUnknown) as problem:
        ask(work)
    assert problem.value.extra == {"supervisionId": "s1"}
    assert ask(work).answer["number"] == 3
    assert ask(work).replayed


def test_the_second_of_two_at_the_same_moment_is_told_so(ask):
    begun, go_on = threading.Event(), threading.Event()
    work = Work()

    def slow():
        begun.set()
        assert go_on.wait(10)
        return work()

    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(ask(slow)))
    first.start()
    assert begun.wait(10)
    with pytest.raises(InProgress):
        ask(work)
    go_on.set()
    first.join(10)
    assert [one.replayed for one in answers] == [False]
    assert ask(work).replayed
    assert work.done == 1


def test_a_function_that_died_leaves_it_in_progress_until_its_own_time_is_up(ask):
    class Died(BaseException):
        pass

    def die():
        raise Died

    with pytest.raises(Died):
        ask(die, context=Context(0.2))
    work = Work()
    tries = 0
    while True:
        try:
            answered = ask(work)
            break
        except InProgress:
            tries += 1
    assert tries > 0
    assert not answered.replayed


# ---------------------------------------------------------------- a table that fails


def failing(monkeypatch, *names):
    def fail(**_):
        raise ConnectionError("the table is down")

    for name in names:
        monkeypatch.setattr(aws.client("dynamodb"), name, fail)


def test_where_it_cannot_be_said_whether_it_was_done_before_it_is_not_done(ask, monkeypatch):
    work = Work()
    failing(monkeypatch, "put_item")
    with pytest.raises(IdempotencyPersistenceLayerError):
        ask(work)
    assert work.done == 0


def test_where_its_answer_cannot_be_kept_it_was_done_all_the_same_and_is_not_done_again(ask, monkeypatch):
    work = Work()
    with monkeypatch.context() as patched:
        failing(patched, "update_item")
        assert ask(work).answer["number"] == 1
    with pytest.raises(InProgress):
        ask(work)
    assert work.done == 1


def test_where_a_refusal_cannot_be_forgotten_it_is_a_refusal_all_the_same(ask, monkeypatch):
    work = Work(InvalidRequest("No."))
    failing(monkeypatch, "delete_item")
    with pytest.raises(InvalidRequest, match="No"):
        ask(work)
