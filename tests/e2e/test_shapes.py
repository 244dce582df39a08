"""Twelve shapes of Ytel's answers, one floor: what the doctor says to set is all that the system is told."""

import itertools
import json
import urllib.request

import pytest
import requests

from tests.e2e.doctor import doctor, settings_of
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.lists import contact_of
from tests.harness.system import LOCAL_KEY, System
from tests.harness.waiting import wait_until
from tests.harness.watching import look
from tests.integration.harness.test_run_command import run

__all__ = ["run"]

BARE = {"shape": "bare", "by": "offset"}
ENVELOPE = {"shape": "envelope", "by": "offset"}
KEYED = {"shape": "keyed", "by": "nextKey", "count": "missing"}
COUNTED = {"shape": "envelope", "by": "both", "count": "page"}
SHAPES = {"bare": BARE, "envelope": ENVELOPE, "keyed": KEYED, "counted by page": COUNTED}
# The shape of the answer about one contact; its count is that of its page in any case.
BY_ID = {"bare": "bare", "envelope": "envelope", "keyed": "keyed", "counted by page": "object"}
CASES = [(group, name) for group in ("users", "conferences", "contacts") for name in SHAPES]


def turned(group, name):
    """The knobs: every list on several pages, and one of them in that shape."""
    knobs: dict[str, object] = {
        f"{each}.size": size for each, size in (("users", 4), ("conferences", 3), ("contacts", 3))
    }
    knobs |= {f"{group}.{knob}": value for knob, value in SHAPES[name].items()}
    return knobs | ({"contacts.by_id": BY_ID[name]} if group == "contacts" else {})


def fill(floor):
    """Calls of every proof and of an agent whom nobody knows; users who are on none, the last among them."""
    for proof in ("channelName", "callerId", None, "channelName", "channelName"):
        floor.add_call(proof=proof)
    floor.add_call(agent=None)
    floor.add_call(direction="outbound")
    for _ in range(4):
        floor.add_user()
    floor.add_call(agent=floor.add_user("Last", "Listed"))


def truth(floor):
    """The floor as it is: of each call its agent, the agent's number, the direction and the customer."""
    found = {}
    for call in floor.active_calls():
        agent, contact = floor.user_of(call), contact_of(call)
        assert contact
        found[call.conf_id] = (
            agent.name if agent else None,
            agent.number if agent else None,
            call.details["called_number"] == agent.number if agent else None,
            " ".join(contact["extData"][one] for one in ("firstname", "lastname")),
            contact["dnc"],
        )
    return found


def shown(rows):
    return {
        row["confId"]: (row["username"], row["agentNumber"], row["inbound"], *row["contact"].values())
        for row in rows
        if row["contact"]
    }


@pytest.fixture(scope="module")
def ytel():
    with FakeYtel() as fake:
        fill(fake.floor)
        yield fake


@pytest.fixture(scope="module")
def settings(ytel):
    """What the doctor says to set for the account in its first shape."""
    return settings_of(doctor(ytel).stdout)


@pytest.fixture(scope="module")
def system(ytel, settings):
    """The system, told these settings and the token, and asked for the contacts."""
    env = {**settings, "YTEL_TOKEN": ytel.token, "CONTACTS": "on"}
    with System(env) as running:
        assert running.ytel is None, "the settings name the Ytel"
        yield running


class Desk:
    """The API as a supervisor's client sees it, on an account that has just got another shape."""

    def __init__(self, system, ytel):
        self.system, self.ytel = system, ytel
        for function in ("list_calls", "whisper", "watch_calls"):
            system.restart(function)  # what they remember is of another account
        self.later(25 * 3600)  # nothing is held any more

    def later(self, seconds):
        self.system.move_clock(seconds)
        self.ytel.move_clock(seconds)

    def ask(self, method, path, **more):
        headers = {"Authorization": f"Bearer {LOCAL_KEY}"}
        answer = requests.request(method, self.system.url + path, headers=headers, timeout=20, **more)
        assert answer.ok, answer.text
        return answer.json()

    def list_with_contacts(self, calls):
        """The list, once each call has its contact."""
        look(self.system)

        def whole():
            self.later(3)
            answer = self.ask("GET", "/calls")
            return answer if len(shown(answer["calls"])) == calls else None

        return wait_until(whole, what="the contacts")


phones = (f"+12125550{number}" for number in itertools.count(150))


@pytest.mark.parametrize(("group", "name"), CASES, ids=str)
def test_every_shape_gives_the_same_floor_with_the_settings_that_the_doctor_says(system, ytel, settings, group, name):
    ytel.knobs.calm()
    ytel.knobs.turn(turned(group, name))
    report = doctor(ytel)
    assert report.returncode == 0, report.stdout + report.stderr
    assert settings_of(report.stdout) == settings
    desk, phone, before = Desk(system, ytel), next(phones), len(system.logs)
    answer = desk.list_with_contacts(8)
    assert answer["complete"] is True
    assert shown(answer["calls"]) == truth(ytel.floor)
    assert {row["agentMatch"] for row in answer["calls"]} == {"channelName", "callerId", "elimination", None}
    last = next(row["confId"] for row in answer["calls"] if row["username"] == "Last Listed")
    desk.ask("POST", f"/calls/{last}/whisper", json={"to": phone})
    ytel.floor.answer(last, phone)
    assert ytel.floor.roles_that_hear(last, phone) == {"agent"}
    ytel.floor.leave(last, ytel.floor.supervisor(last, phone))
    assert not [line for line in system.logs[before:] if "unlike what Ytel documents" in line]
    assert ytel.complaints == []


def test_make_run_takes_what_the_doctor_says_to_paste(ytel, settings, run):
    running = run(**settings, YTEL_TOKEN=ytel.token)
    request = urllib.request.Request(f"{running.url()}calls", headers={"Authorization": f"Bearer {LOCAL_KEY}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert {row["confId"] for row in json.load(answer)["calls"]} == truth(ytel.floor).keys()
