"""The watcher's looks by themselves, through the queue, as in the running system."""

import json
from typing import Any

import boto3
import pytest

from tests.harness.system import System
from tests.harness.waiting import wait_until

LOOKS = 5
ANY: Any = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}


@pytest.fixture(scope="module")
def running():
    with System({"WATCH_INTERVAL_SECONDS": "1"}, schedules=True) as system:
        yield system


def looks(system):
    """The number of each look that was counted, as the metrics of the watcher's log have it."""
    lines = [line for function, line in system.logs_by_function if function == "WatchCalls" and '"Looks":' in line]
    return [json.loads(line)["Looks"] for line in lines]


def more_looks(system, number=LOOKS):
    before = len(looks(system))
    wait_until(lambda: len(looks(system)) >= before + number, what=f"{number} more looks", timeout=60)


def test_they_go_on_with_nobody_asking(running):
    more_looks(running)
    assert running.failures == []


def test_each_is_noted_under_the_next_number_and_sends_one(running):
    more_looks(running)
    table = boto3.client("dynamodb", endpoint_url=running.aws_url, region_name="us-east-1", **ANY)
    key = {"pk": {"S": "LOOKS"}, "sk": {"S": "CHAIN"}}
    item = table.get_item(TableName=running.template.output("TableName"), Key=key)["Item"]
    assert len(looks(running)) - 1 <= int(item["number"]["N"]) <= len(looks(running)) + 1


def test_they_tell_what_happens(running):
    call = running.ytel.floor.add_call()

    def told():
        return [one for one in running.outgoing("Call Started") if one["detail"]["data"]["confId"] == call]

    wait_until(told, what="the call to be told", timeout=60)


def test_looks_that_fail_do_not_end_them(running):
    running.aws.faults.fail("Query", text="WATCHED", times=None)
    running.kill("watch_calls")  # it goes by what it knows, until another begins
    more_looks(running, 2)
    running.aws.faults.clear()
    more_looks(running)
    assert [one for one in running.logs if "a look failed" in one]


def test_while_ytel_is_down_they_go_on(running):
    with running.ytel.down():
        more_looks(running, 3)
    more_looks(running, 2)
