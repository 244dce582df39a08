import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.harness.bus import Deliveries, Delivery
from tests.harness.local_aws.put_events import matches
from tests.harness.runtime import Failure, Result
from tests.harness.template import Template

TEMPLATE = Template(Path(__file__).parents[2] / "integration/harness/samples/template.yaml")
CONSUME = TEMPLATE.functions["Consume"]
FAILED = Result(failure=Failure("ValueError", "cannot"))


class World:
    def __init__(self) -> None:
        self.outcomes: list[Result] = []
        self.got: list[str] = []
        self.dead: list[tuple[str, Any]] = []
        self.deliveries = Deliveries(
            self._invoke, lambda arn, body: self.dead.append((arn, json.loads(body))), (0.01, 0.02)
        )
        self._lock = threading.Lock()

    def _invoke(self, function, event):
        with self._lock:
            self.got.append(event["name"])
            return self.outcomes.pop(0) if self.outcomes else Result()

    def put(self, name):
        self.deliveries.deliver(Delivery(CONSUME, {"name": name}))


@pytest.fixture
def world():
    made = World()
    yield made
    made.deliveries.stop()


def test_an_event_is_delivered_once(world):
    world.put("a")
    world.deliveries.settle()
    assert (world.got, world.dead) == (["a"], [])


def test_a_function_that_fails_is_tried_again(world):
    world.outcomes = [FAILED, FAILED, Result()]
    world.put("a")
    world.deliveries.settle()
    assert (world.got, world.dead) == (["a"] * 3, [])


def test_after_two_retries_it_is_a_dead_letter_that_says_why(world):
    world.outcomes = [FAILED] * 5
    world.put("a")
    world.deliveries.settle()
    assert world.got == ["a"] * 3
    ((queue, record),) = world.dead
    assert queue == CONSUME.on_failure
    assert record["requestPayload"] == {"name": "a"}
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorType"] == "ValueError"


@pytest.mark.parametrize(("plan", "times"), [([0, 0], 2), ([], 0), ([0, 0.02, 0.04], 3)])
def test_a_plan_says_how_often_and_when(world, plan, times):
    world.deliveries.plan = lambda delivery: plan
    world.put("a")
    world.deliveries.settle()
    assert world.got == ["a"] * times


def test_held_deliveries_go_in_any_order(world):
    with world.deliveries.held() as held:
        for name in "abc":
            world.put(name)
        assert world.got == []
    for delivery in reversed(held.deliveries):
        world.deliveries.deliver(delivery)
        world.deliveries.settle()
    assert world.got == ["c", "b", "a"]


def test_after_the_end_nothing_is_tried_again(world):
    world.outcomes = [FAILED] * 5
    world.deliveries.plan = lambda delivery: [30]
    world.put("late")
    world.deliveries.stop()
    assert world.got == []
    assert not any(isinstance(one, threading.Timer) for one in threading.enumerate())


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ({"source": ["crm"]}, True),
        ({"source": ["other", "crm"]}, True),
        ({"source": ["other"]}, False),
        ({"detail": {"action": ["listen"]}}, True),
        ({"detail": {"action": ["listen"], "to": [{"prefix": "+1"}]}}, True),
        ({"detail": {"to": [{"prefix": "+44"}]}}, False),
        ({"detail": {"size": [{"numeric": [">", 3, "<=", 5]}]}}, True),
        ({"detail": {"size": [{"numeric": [">", 5]}]}}, False),
        ({"detail": {"gone": [{"exists": False}]}}, True),
        ({"detail": {"action": [{"exists": False}]}}, False),
        ({"detail": {"action": [{"anything-but": ["hangup"]}]}}, True),
        ({"detail": {"action": [{"anything-but": "listen"}]}}, False),
        ({"detail": {"tags": ["b"]}}, True),
        ({"detail": {"$or": [{"action": ["x"]}, {"size": [5]}]}}, True),
        ({"detail": {"action": [{"equals-ignore-case": "LISTEN"}]}}, True),
    ],
)
def test_patterns_match_as_eventbridges_do(pattern, matched):
    event = {
        "source": "crm",
        "detail-type": "T",
        "detail": {"action": "listen", "to": "+1212", "size": 5, "tags": ["a", "b"]},
    }
    assert matches(pattern, event) is matched
