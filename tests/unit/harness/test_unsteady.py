"""Legs that are replaced, named before they are described, described wrongly; and sound, exact under all of it."""

import json

import pytest

from tests.harness.fake_ytel import Floor, ManualClock
from tests.harness.fake_ytel.unsteady import DESCRIPTIONS

PHONE = "+12125550142"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def floor(clock):
    return Floor(clock)


@pytest.fixture
def call(floor):
    return floor.add_call()


def listed(floor, call):
    return json.loads(floor.call(call).listed())


def whisper(floor, call):
    floor.dial(call, PHONE, "+16465550100", kept_from=[floor.member(call, "contact")])
    return floor.answer(call, PHONE)


def test_a_replaced_supervisor_is_heard_by_all(floor, call):
    first = whisper(floor, call)
    second = floor.replace(call, first)

    assert floor.members(call, "supervisor") == [second] != [first]
    assert floor.roles_that_hear(call, PHONE) == {"agent", "contact"}
    assert json.loads(listed(floor, call)["memberData"][second])["channelName"] == PHONE


def test_a_replaced_contact_is_on_nobodys_list_and_hears_a_whisper(floor, call):
    whisper(floor, call)
    assert floor.roles_that_hear(call, PHONE) == {"agent"}

    floor.replace(call, floor.member(call, "contact"))

    assert floor.roles_that_hear(call, PHONE) == {"agent", "contact"}


def test_a_replaced_agent_hears_a_whisper_and_still_no_listen(floor, call):
    floor.dial(call, PHONE, "+16465550100", kept_from=floor.members(call))
    floor.answer(call, PHONE)
    floor.replace(call, floor.member(call, "agent"))
    assert floor.roles_that_hear(call, PHONE) == {"agent"}


def test_a_leg_may_be_away_for_a_while(floor, clock, call):
    old = floor.member(call, "agent")
    new = floor.replace(call, old, gap=3)
    assert floor.members(call, "agent") == []
    clock.move(3)
    assert floor.members(call, "agent") == [new]


def test_a_new_leg_may_be_there_before_the_old_one_leaves(floor, clock, call):
    old = floor.member(call, "agent")
    new = floor.replace(call, old, gap=3, overlaps=True)
    assert floor.members(call, "agent") == [old, new]
    clock.move(3)
    assert floor.members(call, "agent") == [new]


def test_who_comes_back_to_a_call_that_is_over_is_in_none(floor, clock, call):
    floor.replace(call, floor.member(call, "agent"), gap=3)
    floor.end_call(call)
    clock.move(3)
    assert floor.members(call) == []


def test_a_leg_can_be_named_before_it_is_described(floor, clock, call):
    agent = floor.member(call, "agent")
    floor.undescribe(call, agent, seconds=2)
    assert len(listed(floor, call)["members"]) == 2
    assert agent not in listed(floor, call)["memberData"]
    clock.move(2)
    floor.tick()
    assert agent in listed(floor, call)["memberData"]


@pytest.mark.parametrize("how", DESCRIPTIONS)
def test_a_leg_can_be_described_wrongly_and_never_with_anothers_proof(floor, call, how):
    agent = floor.user_of(floor.call(call))
    contact = floor.member(call, "contact")
    truth = listed(floor, call)["memberData"][contact]
    floor.describe(call, contact, how)

    told = listed(floor, call)["memberData"][contact]
    assert told != truth
    assert agent.number not in str(told).partition("calledNumber")[0]
    floor.describe(call, contact, None)
    assert listed(floor, call)["memberData"][contact] == truth


def test_a_spoofed_call_has_two_proofs(floor, call):
    agent = floor.user_of(floor.call(call))
    floor.spoof(call)
    contact, own = (json.loads(data) for data in listed(floor, call)["memberData"].values())
    assert contact["channelName"] == agent.number
    assert own["callerId"] == agent.client_id


def test_a_call_may_have_another_status_for_a_while(floor, clock, call):
    floor.set_status(call, "on-hold", seconds=5)
    assert listed(floor, call)["status"] == "on-hold"
    assert floor.is_active(call)
    clock.move(5)
    floor.tick()
    assert listed(floor, call)["status"] == "active"


def test_a_leg_that_has_left_may_linger_in_the_list_and_hears_nothing(floor, clock, call):
    contact = floor.member(call, "contact")
    supervisor = whisper(floor, call)
    floor.leave(call, contact, lingers=4)

    assert contact in listed(floor, call)["memberData"]
    assert not floor.hears(call, contact, supervisor)
    clock.move(4)
    floor.tick()
    assert contact not in listed(floor, call)["memberData"]


def test_a_call_that_is_over_may_linger_in_the_list(floor, clock, call):
    floor.end_call(call, lingers=4)
    assert not floor.is_active(call)
    assert [one.conf_id for one in floor.listed_calls()] == [call]
    assert len(listed(floor, call)["memberData"]) == 2
    clock.move(4)
    assert floor.listed_calls() == []


def test_a_call_can_be_missing_from_one_list(floor, call):
    floor.hide(call)
    assert floor.listed_calls() == []
    assert len(floor.listed_calls()) == len(floor.active_calls()) == 1


def test_knobs_replace_legs_by_themselves_the_same_for_the_same_seed(clock):
    def story(seed):
        floor = Floor(ManualClock(), seed)
        floor.knobs.legs.agent_replaced = 1
        call = floor.add_call()
        seen = []
        for _ in range(120):
            floor.move_clock(1)
            seen.append(floor.members(call, "agent"))
        return seen

    assert story(1) == story(1) != story(2)
    assert len({str(members) for members in story(1)}) > 2


def test_knobs_leave_legs_undescribed_describe_them_wrongly_and_spoof(floor):
    floor.knobs.legs.undescribed = 1
    assert listed(floor, floor.add_call())["memberData"] is None
    floor.knobs.calm()
    floor.knobs.legs.misdescribed = 1
    call = floor.add_call()
    assert all(leg.raw is not None or leg.described for leg in floor.call(call).legs.values())
    assert {type(leg.raw) for leg in floor.call(call).legs.values()} <= {str, type(None)}
    floor.knobs.calm()
    floor.knobs.legs.spoofed = 1
    call = floor.add_call()
    agent = floor.user_of(floor.call(call))
    assert floor.call(call).of_role("contact")[0].channel == agent.number


def test_phones_may_decline_or_answer_within_a_spread(floor, clock):
    call = floor.add_call()
    floor.knobs.phones.declines = 1
    floor.dial(call, PHONE, "+16465550100")
    clock.move(4)
    floor.tick()
    assert [dial.state for dial in floor.dials] == ["declined"]

    floor.knobs.turn({"phones.declines": 0, "phones.answers_after": 70, "phones.spread_seconds": 50})
    floor.ring_seconds = 240
    floor.dial(call, PHONE, "+16465550100")
    clock.move(69)
    assert not floor.is_in(call, PHONE)
    clock.move(51)
    assert floor.is_in(call, PHONE)
