"""Floors with every knob drawn: the fake itself stays sound, and who hears whom is exact."""

import json
import random

import pytest

from tests.harness.fake_ytel import FakeYtel, ManualClock
from tests.harness.fake_ytel.asking import NoAnswer

PHONES = [f"+1212555014{nth}" for nth in range(3)]
SEEDS = range(40)


def hostile(seed):
    clock = ManualClock()
    ytel = FakeYtel(clock=clock, seed=seed, page_size=3)
    ytel.knobs.draw(seed)
    return ytel, clock


def ask(ytel, clock, method, path, body=None):
    headers = {"Authorization": f"Bearer {ytel.token}", "Content-Type": "application/json"}
    raw = b"" if body is None else json.dumps(body).encode()
    try:
        return ytel.ask(clock.move, method, ytel.url + path, headers=headers, body=raw)
    except NoAnswer:
        return None


def play(seed, steps=40):
    """Random requests and random moments; yields after each."""
    ytel, clock = hostile(seed)
    dice = random.Random(seed)
    for _ in range(3):
        ytel.floor.add_call(legs=dice.choice([("contact", "agent"), ("contact", "agent", "third")]))
    for _ in range(steps):
        clock.move(dice.choice((0.1, 1, 5, 30)))
        calls = ytel.floor.active_calls()
        call = dice.choice(calls).conf_id if calls else ytel.floor.add_call()
        members = ytel.floor.members(call)
        agent = ytel.floor.user_of(ytel.floor.call(call))
        kept_from = dice.sample(members, dice.randint(0, len(members)))
        body = {
            "from": agent.number, "to": dice.choice(PHONES), "confId": call, "mute": False, "fullMember": False,
            "noSpeakToList": kept_from,
        }  # fmt: skip
        match dice.randrange(6):
            case 0 | 1:
                ask(ytel, clock, "POST", f"/api/v4/conference/{call}/participant", body)
            case 2 if members:
                ask(ytel, clock, "DELETE", f"/api/v4/conference/{call}/participant/{dice.choice(members)}")
            case 3:
                for dial in ytel.floor.ringing():
                    ytel.floor.answer(dial.conf_id, dial.to)
            case 4:
                ytel.floor.join(call) if ytel.floor.is_active(call) else None
            case _:
                ask(ytel, clock, "GET", "/api/v4/conference?includeMembers=true")
                ask(ytel, clock, "GET", f"/ams/v2/accounts/users/{ytel.floor.account}/")
        yield ytel


def story(seed):
    told = []
    for ytel in play(seed):
        told.append([(call.listed(), sorted(map(str, call.heard_by.items()))) for call in ytel.floor.active_calls()])
    return told


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dials_list_keeps_its_own_leg_from_those_it_names_and_no_other_leg_from_anybody(seed):
    for ytel in play(seed):
        lists = {dial.member_id: dial.kept_from for dial in ytel.floor.dials if dial.member_id}
        for call in ytel.floor.active_calls():
            present = set(ytel.floor.members(call.conf_id))
            for member in present:
                expected = present - {member} - lists.get(member, frozenset())
                assert ytel.floor.who_hears(call.conf_id, member) == expected
    assert not ytel.complaints


def test_a_seed_is_one_story():
    assert story(3) == story(3) != story(4)
