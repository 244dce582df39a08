"""The doctor, run as `make doctor` runs it, against a fake account."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.calls import MISSING

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-the-account"


@pytest.fixture
def ytel():
    with FakeYtel(token=TOKEN) as fake:
        yield fake


def doctor(ytel, **env):
    names = {"YTEL_API_URL": ytel.api_url, "YTEL_USERS_URL": ytel.users_url, "YTEL_TOKEN": TOKEN, **env}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YTEL_")}
    return subprocess.run(
        [sys.executable, "-m", "tests.doctor"],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": "shared", **names},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_says_how_each_call_maps_and_asks_for_nothing_else(ytel):
    proven = ytel.floor.add_call(proof="channelName")
    unproven = ytel.floor.add_call(proof=None)
    unknown = ytel.floor.add_call(agent=None)
    report = doctor(ytel)
    assert report.returncode == 0, report.stderr
    lines = {line.split()[1].rstrip("…"): line for line in report.stdout.splitlines() if line.startswith("call")}
    assert "agentMatch channelName; a whisper would be heard by the agent alone" in lines[proven[:8]]
    assert "agentMatch elimination; a whisper would be refused: agent_not_proven" in lines[unproven[:8]]
    assert "agentMatch None; a whisper would be refused: agent_not_proven" in lines[unknown[:8]]
    assert {request.method for request in ytel.requests} == {"GET"}
    assert "unlike" not in report.stdout


def test_no_number_no_name_and_no_token_stands_in_the_report(ytel):
    ytel.floor.add_call(agent=ytel.floor.add_user("Wilhelmina", "Featherstone"))
    report = doctor(ytel)
    numbers = [user.number for user in ytel.floor.users]
    numbers += [leg.number for call in ytel.floor.active_calls() for leg in call.legs.values()]
    for secret in [TOKEN, "Wilhelmina", "Featherstone", *numbers, *(number[2:] for number in numbers)]:
        assert secret not in report.stdout + report.stderr


def test_what_is_unlike_the_documentation_is_said(ytel):
    ytel.floor.add_call(shape={"details": MISSING, "colour": "green"})
    ytel.floor.add_user(client_id="twice")
    ytel.floor.add_user(client_id="twice")
    report = doctor(ytel)
    assert report.returncode == 0, report.stderr
    assert "details are missing" in report.stdout
    assert "fields that are not documented: colour" in report.stdout
    assert "1 client ids have several users" in report.stdout


def test_a_refused_token_is_one_line(ytel):
    report = doctor(ytel, YTEL_TOKEN="another")
    assert report.returncode == 1
    assert len(report.stderr.splitlines()) == 1
    assert "refused the token" in report.stderr


def test_a_missing_url_is_one_line(ytel):
    report = doctor(ytel, YTEL_USERS_URL="users")
    assert report.returncode == 1
    assert report.stderr == "setting YTEL_USERS_URL is malformed: an http or https URL is wanted\n"
