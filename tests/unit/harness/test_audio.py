"""The rules of sound that every test of a whisper rests on, each stated once in words."""

import pytest

from tests.harness.fake_ytel import Floor, ManualClock

SUPERVISOR = "+12125550142"
OTHER_SUPERVISOR = "+12125550143"


@pytest.fixture
def floor():
    return Floor(ManualClock())


def bring_in(floor, call, kept_from=(), number=SUPERVISOR, muted=False):
    floor.dial(call, number, "+16465550100", kept_from, muted)
    return floor.answer(call, number)


def test_everyone_in_a_call_hears_everyone_else_and_nobody_themselves(floor):
    call = floor.add_call(legs=("contact", "agent", "third"))
    contact, agent, third = floor.members(call)

    assert floor.who_hears(call, agent) == {contact, third}
    assert floor.who_hears(call, contact) == {agent, third}
    assert not floor.hears(call, agent, agent)


def test_a_barge_is_heard_by_all_and_the_supervisor_hears_all(floor):
    call = floor.add_call()
    supervisor = bring_in(floor, call)

    assert floor.roles_that_hear(call, SUPERVISOR) == {"agent", "contact"}
    assert all(floor.hears(call, supervisor, member) for member in floor.members(call, "agent", "contact"))


def test_a_voice_is_kept_from_the_members_on_its_list_and_from_no_other(floor):
    call = floor.add_call()
    contact = floor.member(call, "contact")
    supervisor = bring_in(floor, call, kept_from=[contact])

    assert floor.roles_that_hear(call, SUPERVISOR) == {"agent"}
    assert not floor.hears(call, contact, supervisor)
    assert floor.hears(call, supervisor, contact)  # a list keeps a voice from ears, never ears from a voice


def test_a_muted_supervisor_is_heard_by_nobody_and_hears_everyone(floor):
    call = floor.add_call()
    supervisor = bring_in(floor, call, muted=True)

    assert floor.who_hears(call, supervisor) == set()
    assert floor.hears(call, supervisor, floor.member(call, "contact"))


def test_who_joins_later_is_on_nobodys_list(floor):
    call = floor.add_call()
    supervisor = bring_in(floor, call, kept_from=floor.members(call))
    assert floor.who_hears(call, supervisor) == set()

    third = floor.join(call, "third")

    assert floor.who_hears(call, supervisor) == {third}


def test_who_joins_while_the_phone_still_rings_is_on_no_list_either(floor):
    call = floor.add_call()
    floor.dial(call, SUPERVISOR, "+16465550100", floor.members(call))
    third = floor.join(call, "third")
    supervisor = floor.answer(call, SUPERVISOR)

    assert floor.who_hears(call, supervisor) == {third}


def test_two_supervisors_each_keep_to_their_own_list(floor):
    call = floor.add_call()
    contact, agent = floor.member(call, "contact"), floor.member(call, "agent")
    bring_in(floor, call, kept_from=[contact])
    bring_in(floor, call, kept_from=[contact, agent], number=OTHER_SUPERVISOR)

    assert floor.roles_that_hear(call, SUPERVISOR) == {"agent", "supervisor"}
    assert floor.roles_that_hear(call, OTHER_SUPERVISOR) == {"supervisor"}


def test_who_ever_heard_the_supervisor_is_remembered_past_leaving_and_the_end(floor):
    call = floor.add_call()
    bring_in(floor, call, kept_from=floor.members(call))
    third = floor.join(call, "third")
    floor.leave(call, third)
    assert floor.roles_that_hear(call, SUPERVISOR) == set()

    floor.end_call(call)

    assert floor.roles_that_ever_heard(call, SUPERVISOR) == {"third"}


def test_who_is_gone_hears_nobody_and_is_heard_by_nobody(floor):
    call = floor.add_call(legs=("contact", "agent", "third"))
    contact, agent, third = floor.members(call)
    floor.leave(call, third)

    assert not floor.hears(call, third, agent)
    assert not floor.hears(call, agent, third)
    assert floor.hears(call, contact, agent)


def test_roles_are_the_truth_whatever_the_data_of_a_leg_says(floor):
    agent = floor.add_user()
    call = floor.add_call(agent, proof=None)
    disguised = floor.join(call, "third", channel=agent.number, caller_id=agent.client_id)

    assert floor.role(call, disguised) == "third"
    assert floor.member(call, "agent") != disguised


def test_questions_about_what_never_was_are_errors_not_silence(floor):
    call = floor.add_call()
    with pytest.raises(KeyError):
        floor.who_hears("no such call", "1")
    with pytest.raises(LookupError):
        floor.roles_that_hear(call, SUPERVISOR)
    with pytest.raises(KeyError):
        floor.role(call, "1")
    floor.join(call, "contact")
    with pytest.raises(LookupError):
        floor.member(call, "contact")
