"""The README's other automation: a trainer follows a new agent's first five calls, and hears who asks for help."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.waiting import wait_until

TRAINING = Path(__file__).parent / "training.py"


@pytest.fixture
def agent(scene):
    return scene.agent()


@pytest.fixture
def training(scene, agent):
    """The automation, at work."""
    phone = scene.phone()
    process = subprocess.Popen(
        [sys.executable, str(TRAINING), phone, agent.client_id],
        env={**os.environ, "AWS_ENDPOINT_URL": scene.system.aws_url, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until(
        lambda: scene.told("Follow Started", lambda data: data["to"] == phone) or process.poll() is not None,
        what="the follow",
        every=0.05,
    )
    assert process.poll() is None
    yield phone, process
    process.kill()
    process.communicate()


def test_the_first_five_calls_are_listened_to_and_who_asks_for_help_is_told(scene, agent, training, watch):
    phone, process = training
    for nth in range(6):
        call = scene.call(agent=agent)
        watch()
        assert scene.dials(call) == (1 if nth < 5 else 0)
        if nth < 5:
            scene.floor.answer(call, phone)
            watch()
            assert scene.floor.roles_that_ever_heard(call, phone) == set()
            scene.floor.leave(call, scene.floor.supervisor(call, phone))
            watch()
        if nth == 2:
            scene.request("PUT", f"/calls/{call}/help", json={"reason": "the customer shouts"})
            assert (
                process.stdout.readline()
                == f"{agent.first_name} {agent.last_name} asks for help: the customer shouts\n"
            )
        scene.floor.end_call(call)
    [ended] = scene.told("Follow Ended", lambda data: data["to"] == phone)
    assert (ended["data"]["how"], len(ended["data"]["supervisions"])) == ("calls", 5)
