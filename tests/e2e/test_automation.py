"""The automation of the README, run as a stranger runs it: a call over 20 minutes, and a whisper to its agent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.waiting import wait_until

AUTOMATION = Path(__file__).parent / "automation.py"


@pytest.fixture
def automation(scene):
    """The automation, at work; the phone that it brings in."""
    phone = scene.phone()
    process = subprocess.Popen(
        [sys.executable, str(AUTOMATION), phone], env={**os.environ, "AWS_ENDPOINT_URL": scene.system.aws_url}
    )
    events = scene.aws("events")
    wait_until(lambda: ours(events) or process.poll() is not None, what="its rule", every=0.05)
    assert process.poll() is None
    yield phone
    process.kill()
    process.wait()


def ours(events):
    rules = [rule["Name"] for rule in events.list_rules(EventBusName="supervision")["Rules"]]
    return (
        "long-calls" in rules and events.list_targets_by_rule(Rule="long-calls", EventBusName="supervision")["Targets"]
    )


def test_a_call_over_twenty_minutes_has_its_agent_whispered_to_once(scene, automation, watch):
    call = scene.call(created=scene.floor.now - 1000 * 1195)
    short = scene.call()
    watch()
    assert scene.dials(call) == 0
    scene.system.move_clock(5)
    watch()
    wait_until(lambda: scene.dials(call), what="the whisper")
    [told] = scene.system.outgoing("Call Running Long")
    # Once more, as the bus may: the same event to the same queue.
    sqs = scene.aws("sqs")
    queue = sqs.get_queue_url(QueueName="long-calls")["QueueUrl"]
    asked = len(requested(scene, call))
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(told))
    wait_until(lambda: len(requested(scene, call)) > asked, what="the second request")
    scene.system.deliveries.settle()
    assert len({one["detail"]["requestId"] for one in requested(scene, call)}) == 1
    scene.floor.answer(call, automation)
    assert scene.floor.roles_that_ever_heard(call, automation) == {"agent"}
    assert (scene.dials(call), scene.dials(short)) == (1, 0)


def requested(scene, call):
    events = [one for one in scene.system.events if one["detail-type"] == "Supervision Requested"]
    return [one for one in events if one["detail"]["confId"] == call and one["source"] == "long-calls"]
