"""The chain of looks: each is made by one function, once, and there is always a next one."""

import pytest

from supervision.actions.looks import LONGEST_LOOK_MS, LOST_AFTER_MS, Looks, Turn
from supervision.base import aws
from supervision.table.gateway import Gateway
from tests.harness.template import Template
from tests.integration.looks_queue import LooksQueue

INTERVAL_MS = 10_000
LEFT_MS = 18_000


@pytest.fixture
def queue(table):
    return LooksQueue()


@pytest.fixture
def looks(table, queue):
    return Looks(Gateway(table), queue.url, INTERVAL_MS)


@pytest.fixture
def metrics(monkeypatch):
    counted = []
    monkeypatch.setattr("supervision.actions.looks.add_metric", lambda name, *_: counted.append(name))
    return counted


def made(looks, number):
    assert looks.begin(number, f"holder-{number}", LEFT_MS) is Turn.OURS
    looks.end(f"holder-{number}")


# ---------------------------------------------------------------- whose a look is


def test_a_look_that_was_made_is_made_no_more(looks, clock_at):
    made(looks, 1)
    clock_at(10)
    assert looks.begin(1, "another", LEFT_MS) is Turn.PAST
    made(looks, 2)
    assert looks.begin(1, "another", LEFT_MS) is Turn.PAST


def test_while_one_makes_a_look_nobody_else_does(looks, clock_at):
    assert looks.begin(1, "one", LEFT_MS) is Turn.OURS
    clock_at(17.9)
    assert looks.begin(1, "other", LEFT_MS) is Turn.ANOTHERS


def test_one_that_died_is_followed_as_soon_as_it_cannot_be_running(looks, clock_at):
    assert looks.begin(1, "one", LEFT_MS) is Turn.OURS
    clock_at(18)
    assert looks.begin(1, "other", LEFT_MS) is Turn.OURS


def test_the_next_look_waits_for_nobody(looks, clock_at):
    assert looks.begin(1, "one", LEFT_MS) is Turn.OURS
    clock_at(10)
    assert looks.begin(2, "other", LEFT_MS) is Turn.OURS


def test_who_ends_late_ends_nobody_elses_look(looks, clock_at):
    looks.begin(1, "one", LEFT_MS)
    clock_at(18)
    looks.begin(1, "other", LEFT_MS)
    looks.end("one")
    assert looks.begin(1, "third", LEFT_MS) is Turn.ANOTHERS


def test_a_clock_that_was_wrong_keeps_nobody_from_looking(looks, clock_at):
    clock_at(300)
    assert looks.begin(1, "one", LEFT_MS) is Turn.OURS
    clock_at(-300)
    assert looks.begin(1, "other", LEFT_MS) is Turn.OURS


@pytest.mark.parametrize(("gap", "late"), [(10.1, False), (12, False), (12.1, True), (25, True)])
def test_a_look_that_is_late_is_counted(looks, clock_at, metrics, gap, late):
    made(looks, 1)
    clock_at(gap)
    made(looks, 2)
    assert metrics == ["LooksLate"] * late


# ---------------------------------------------------------------- the next one


def test_a_look_is_sent_once_however_often(looks, queue):
    for _ in range(3):
        looks.send(7)
    assert queue.bodies() == ["7"]


def test_while_one_is_being_made_the_next_is_not_delivered(looks, queue):
    looks.send(1)
    [message] = queue.take()
    looks.send(2)
    assert queue.take() == []
    aws.client("sqs").delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
    assert queue.bodies() == ["2"]


@pytest.mark.parametrize("begun", [0, 1, 41])
def test_where_nobody_has_looked_for_long_the_next_is_sent(looks, queue, clock_at, begun):
    if begun:
        made(looks, begun)
        clock_at((INTERVAL_MS + LOST_AFTER_MS) / 1000)
    assert looks.mend()
    assert queue.bodies() == [str(begun + 1)]


def test_where_somebody_looks_none_is_sent(looks, queue, clock_at):
    made(looks, 1)
    clock_at((INTERVAL_MS + LOST_AFTER_MS) / 1000 - 0.1)
    assert not looks.mend()
    assert queue.bodies() == []


def test_two_schedules_at_once_send_one(looks, queue):
    looks.mend()
    looks.mend()
    assert queue.take()
    assert queue.take() == []


def test_what_the_queue_lost_is_sent_again_though_it_has_taken_it_before(looks, queue, clock_at):
    made(looks, 1)
    looks.send(2)
    clock_at((INTERVAL_MS + LOST_AFTER_MS) / 1000)
    looks.mend()
    assert queue.bodies() == ["2", "2"]


def test_a_clock_that_was_wrong_hides_no_lost_look(looks, queue, clock_at):
    clock_at(3600)
    made(looks, 1)
    clock_at(-3600)
    assert looks.mend()
    assert queue.bodies() == ["2"]


@pytest.mark.parametrize("body", ["", "0", "-1", "x", "1.5", "²", "1" * 16, " 1", "1\n"])
def test_a_message_of_somebody_else_is_no_look(body):
    assert Looks.number_of(body) is None


# ---------------------------------------------------------------- what it relies on


def test_the_queue_and_the_function_are_as_the_chain_needs_them():
    template = Template(settings={"WATCH_INTERVAL_SECONDS": "7"})
    source = template.source_of(template.functions["WatchCalls"].environment["LOOKS_QUEUE_URL"])
    queues = template.resources("AWS::SQS::Queue")
    [queue] = [one for name, one in queues.items() if source.queue_arn.endswith(f":{name}")]
    watcher = template.functions["WatchCalls"]
    assert watcher.timeout * 1000 == LONGEST_LOOK_MS
    assert watcher.timeout + 2 == source.visibility  # two seconds for it to start in
    assert (queue["FifoQueue"], source.delay) == (True, 7)
    assert "RedrivePolicy" not in queue  # a look that fails is to come again, not to be put away
    assert template.resources("AWS::Serverless::Function")[watcher.name]["RecursiveLoop"] == "Allow"


@pytest.mark.parametrize(("state", "enabled"), [("ENABLED", True), ("DISABLED", False)])
def test_a_watcher_that_is_off_does_not_look(state, enabled):
    template = Template(parameters={"Watcher": state})
    assert {one.enabled for one in template.sources} == {enabled}
    assert [one.enabled for one in template.schedules if one.function == "WatchCalls"] == [enabled]
