"""The README's commands, run as they are written, at several ages of the floor that `make run` has."""

import json
import re
import subprocess

import pytest
import requests

from tests.harness.fake_ytel import FakeYtel
from tests.harness.system import LOCAL_KEY, System
from tests.harness.template import ROOT
from tests.harness.waiting import wait_until

BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
[WHISPER] = [block for block in BLOCKS if "/whisper" in block]
[MODES] = [block for block in BLOCKS if "/takeover" in block]
[EVENT] = [block for block in BLOCKS if "put_events" in block]


@pytest.fixture(scope="module")
def system():
    """The whole system on a floor that lives."""
    with System(ytel=FakeYtel(living=True, auto_answer_after=2.0), schedules=True) as started:
        started.warm()
        yield started


def run(system, *blocks):
    """What the blocks print in one shell: each line of what was answered."""
    ports = {3000: system.url, 3001: system.aws_url, 3002: system.ytel.url}
    text = "\n".join(['curl() { command curl "$@"; echo; }', *blocks])
    for port, url in ports.items():
        text = text.replace(f"http://127.0.0.1:{port}", url)
    ran = subprocess.run(["bash", "-euc", text], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    return [line for line in ran.stdout.splitlines() if line.strip()]


@pytest.mark.parametrize("age", [0, 23, 60, 143, 600])
def test_the_first_request_is_done_however_old_the_floor_is(system, age):
    system.move_clock(age)
    plan, begun, listed = map(json.loads, run(system, WHISPER))
    assert plan["action"] == "whisper"
    assert "id" in begun, begun
    assert (begun["action"], begun["state"], begun["to"]) == ("whisper", "dialing", "+12125550142")
    assert begun["id"] in {one["id"] for one in listed["supervisions"]}
    left = requests.delete(
        f"{system.url}/supervisions/{begun['id']}", headers={"Authorization": f"Bearer {LOCAL_KEY}"}, timeout=10
    )
    assert left.status_code == 202


def test_the_other_modes_are_asked_for(system):
    """What each answers: what was done, or why it is refused just then, as calls come and go."""
    rings = """curl -s -H "$KEY" 'http://127.0.0.1:3000/supervisions?state=dialing' | grep -q $CALL"""
    whisper = WHISPER.rpartition("curl")[0]
    changed, taken, followed, asked, *csv = run(
        system, f"exec 3>&1 >/dev/null\n{whisper}\nwhile {rings}; do :; done\nexec >&3", MODES
    )
    for one in (changed, taken, followed):
        answer = json.loads(one)
        assert "id" in answer or answer["status"] in (404, 409), answer
    on_the_row = json.loads(asked)
    assert on_the_row["status"] == 404 or on_the_row["help"]["reason"] == "a manager, please"
    assert csv[0].startswith("id,action,")
    assert len(csv) > 1


def test_one_event_asks_for_the_same(system):
    before = len(system.outgoing())
    [put] = run(system, EVENT)
    assert "'FailedEntryCount': 0" in put

    def told():
        return [
            one
            for one in system.outgoing()[before:]
            if one["detail"]["metadata"]["requestedBy"] == "source:my.automation"
        ]

    [event] = wait_until(told, timeout=60)[:1]
    assert event["detail-type"] in ("Supervision Started", "Supervision Failed")
