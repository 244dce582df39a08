"""The living floor: the same day for the same seed, and a day worth looking at."""

import phonenumbers
import pytest

from tests.harness.fake_ytel import Call, Floor, ManualClock
from tests.harness.fake_ytel.living import Living

HOUR = 3_600


def floor_of(seed=1):
    clock = ManualClock()
    floor = Floor(clock)
    Living(floor, seed)
    return floor, clock


def day(seed, step):
    """Every second's floor of ten minutes, sampled each minute, looked at in steps of that many seconds."""
    floor, clock = floor_of(seed)
    minutes = []
    for second in range(step, 600 + 1, step):
        clock.move(step)
        listed = [call.listed() for call in floor.active_calls()]
        if second % 60 == 0:
            minutes.append(listed)
    return minutes


def test_a_seed_is_a_day_however_often_it_is_looked_at():
    assert day(7, step=1) == day(7, step=60)
    assert day(7, step=60) != day(8, step=60)


def test_it_starts_with_calls_that_have_run_already_one_of_them_long():
    floor, _ = floor_of()
    lasted = [(floor.now - call.created) / 1000 for call in floor.active_calls()]

    assert len(lasted) >= 6
    assert max(lasted) > 1_200
    assert sum(seconds > 0 for seconds in lasted) == len(lasted)


def test_it_starts_with_an_unproven_agent_and_an_unknown_one():
    floor, _ = floor_of()
    agents = [floor.user_of(call) for call in floor.active_calls()]
    unproven = [
        call
        for call, agent in zip(floor.active_calls(), agents, strict=True)
        if agent and not [leg for leg in call.legs.values() if leg.channel == agent.number]
    ]

    assert None in agents
    assert unproven


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_hour_of_it_begins_ends_and_varies(seed):
    floor, clock = floor_of(seed)
    seen: dict[str, Call] = {}
    ended: set[str] = set()
    lengths, crowds, thirds = [], [], set()
    start = floor.now
    for _ in range(HOUR):
        clock.move(1)
        calls = {call.conf_id: call for call in floor.active_calls()}
        crowds.append(len(calls))
        thirds |= {call.conf_id for call in calls.values() if call.of_role("third")}
        for conf_id in seen.keys() - calls.keys() - ended:
            ended.add(conf_id)
            if seen[conf_id].created > start:
                lengths.append((floor.now - seen[conf_id].created) / 1000)
        seen |= calls

    assert min(crowds) >= 3
    assert 100 < len(seen) < HOUR / 2
    assert min(lengths) >= 20
    assert max(lengths) <= 302
    assert len(thirds) >= 5
    assert {
        call.details["called_number"] == floor.user_of(call).number for call in seen.values() if floor.user_of(call)
    } == {
        True,
        False,
    }


def test_no_agent_is_on_two_calls_and_supervisors_take_none():
    floor, clock = floor_of()
    for _ in range(600):
        clock.move(3)
        agents = [floor.user_of(call) for call in floor.active_calls()]
        names = [agent.name for agent in agents if agent]
        assert len(names) == len(set(names))
        assert not {"Robin Vale", "Dana Brooks"} & set(names)


def test_every_number_is_one_that_may_be_dialled():
    floor, clock = floor_of()
    clock.move(HOUR)
    numbers = {user.number for user in floor.users} | {
        leg.number for call in floor.active_calls() for leg in call.legs.values()
    }
    assert len(numbers) > 20
    for number in numbers:
        assert phonenumbers.is_valid_number_for_region(phonenumbers.parse(number), "US"), number


def test_a_floors_own_supervisor_answers_after_two_to_four_seconds():
    floor, clock = floor_of()
    call = floor.active_calls()[0].conf_id
    floor.dial(call, "+12125550142", "+12125550101", floor.members(call, "contact"))
    clock.move(1.9)
    assert floor.ringing(call)
    clock.move(2.1)
    assert floor.roles_that_hear(call, "+12125550142") == {"agent"}


def test_other_phones_are_answered_sooner_or_later_or_declined():
    floor, clock = floor_of()
    call = floor.add_call()
    dials = [floor.dial(call, f"+1212555{nth:04}", "+12125550101") for nth in range(200, 300)]
    clock.move(10)
    floor.tick()
    soon = sum(dial.state == "answered" for dial in dials)
    clock.move(40)
    floor.tick()
    states = [dial.state for dial in dials]
    assert 5 < soon < 50
    assert set(states) == {"answered", "declined"}
    assert 2 <= states.count("declined") <= 25
