"""A supervisor leaves: their own leg alone, found on fresh members; the call goes on."""

import pytest

from supervision.base.problems import (
    Forbidden,
    SupervisionNotFound,
    YtelRejected,
    YtelUnavailable,
)
from supervision.rules.caller import Caller
from supervision.rules.scopes import SCOPES
from tests.harness.fake_ytel.faults import Reset, Run, Status
from tests.integration.desk import CRM, OTHER_PHONE, PHONE


def leave(desk, supervision, caller=CRM):
    return desk.services.leave.leave(supervision.id, caller)


def deletes(desk):
    return desk.ytel.requests.count("DELETE")


@pytest.mark.parametrize("action", ["listen", "whisper", "barge"])
def test_the_supervisors_own_leg_is_dropped_and_the_call_goes_on(desk, action):
    call = desk.call(legs=("contact", "agent", "third"))
    others = desk.floor.members(call)
    begun = desk.joined(action, call)
    desk.joined("listen", call, OTHER_PHONE)
    assert leave(desk, begun, Caller("wall", frozenset({f"calls:{action}"}))).id == begun.id
    assert not desk.floor.is_in(call, PHONE)
    assert desk.floor.is_in(call, OTHER_PHONE)
    assert set(others) <= set(desk.floor.members(call))
    assert deletes(desk) == 1
    desk.move(1)
    desk.look()
    assert desk.record(begun).how == "left"


def test_a_leg_that_nobody_has_seen_yet_is_found_on_fresh_members(desk):
    call = desk.call()
    begun = desk.dial("whisper", call)
    desk.floor.answer(call, PHONE)
    assert leave(desk, begun).state == "joined"
    assert not desk.floor.is_in(call, PHONE)


@pytest.mark.parametrize("seconds", [1, 91])
def test_a_phone_that_rings_or_never_came_is_given_up_and_dropped_if_it_comes_all_the_same(desk, seconds):
    desk.ytel.knobs.phones.ring_seconds = 240
    call = desk.call()
    begun = desk.dial("listen", call)
    desk.move(seconds)
    left = leave(desk, begun)
    assert (left.state, left.how, left.endedBy) == ("ended", "given_up", "crm")
    assert deletes(desk) == 0
    assert desk.of_type("Supervision Ended").data["how"] == "given_up"
    desk.floor.answer(call, PHONE)
    desk.look()
    assert not desk.floor.is_in(call, PHONE)
    desk.look()
    assert desk.record(begun).how == "given_up"


@pytest.mark.parametrize("later", [60, 601, 24 * 3600])
def test_who_left_may_be_asked_in_again_however_much_later_and_whoever_looked_meanwhile(desk, later):
    call = desk.call()
    begun = desk.joined("listen", call)
    desk.services.leave.leave(begun.id, CRM)
    desk.look()
    desk.move(later)
    assert desk.dial("listen", call).state == "dialing"
    assert desk.dials() == 2


def test_who_was_given_up_may_be_asked_in_again(desk):
    call = desk.call()
    leave(desk, desk.dial("listen", call))
    desk.move(1)
    assert desk.dial("whisper", call).state == "dialing"


def test_who_has_left_already_has_left(desk):
    call = desk.call()
    begun = desk.joined("listen", call)
    desk.floor.leave(call, desk.floor.supervisor(call, PHONE))
    for _ in range(2):
        assert leave(desk, begun).state == "ended"
        desk.move(1)
    assert deletes(desk) == 0
    assert desk.types().count("Supervision Ended") == 1


def test_who_leaves_just_then_has_left(desk):
    call = desk.call()
    begun = desk.joined("listen", call)
    leg = desk.floor.supervisor(call, PHONE)
    desk.ytel.faults.add("DELETE", "", Run(lambda: desk.floor.leave(call, leg)))
    assert leave(desk, begun).id == begun.id


def test_it_takes_the_scope_of_its_action_and_the_agent_the_caller_is_bound_to(desk):
    begun = desk.joined("whisper", desk.call())
    with pytest.raises(Forbidden):
        leave(desk, begun, Caller("crm", frozenset({"calls:read", "calls:listen", "calls:barge", "calls:hangup"})))
    for scopes in (SCOPES, frozenset({"calls:listen"})):
        with pytest.raises(SupervisionNotFound):
            leave(desk, begun, Caller("crm", scopes, agents=frozenset({"another"})))
    assert deletes(desk) == 0


@pytest.mark.parametrize("id_", ["no such supervision", "", "x" * 300])
def test_a_supervision_that_is_not_there(desk, id_):
    with pytest.raises(SupervisionNotFound):
        desk.services.leave.leave(id_, CRM)


@pytest.mark.parametrize(("fault", "kind"), [(Status(422), YtelRejected), (Status(503), YtelUnavailable)], ids=str)
def test_where_ytel_does_not_drop_it_that_is_said_and_asking_again_does(desk, fault, kind):
    call = desk.call()
    begun = desk.joined("whisper", call)
    desk.ytel.faults.add("DELETE", "", fault)
    with pytest.raises(kind):
        leave(desk, begun)
    assert desk.floor.is_in(call, PHONE)
    desk.move(1)
    leave(desk, begun)
    assert not desk.floor.is_in(call, PHONE)


def test_where_ytels_answer_is_lost_the_next_reading_drops_it(desk):
    call = desk.call()
    begun = desk.joined("whisper", call)
    desk.ytel.faults.add("DELETE", "", Reset())
    assert leave(desk, begun).ending == "left"
    assert desk.floor.is_in(call, PHONE)
    desk.move(1)
    desk.look()
    assert not desk.floor.is_in(call, PHONE)


def test_while_ytel_is_down_that_is_said(desk):
    begun = desk.joined("whisper", desk.call())
    with desk.ytel.down(), pytest.raises(YtelUnavailable):
        leave(desk, begun)
    assert desk.record(begun).state == "joined"


def test_a_table_that_fails_afterwards_does_not_undo_it(desk, monkeypatch):
    begun = desk.joined("whisper", desk.call())

    def fail(_):
        raise ConnectionError("the table is down")

    monkeypatch.setattr(type(desk.services.floor), "invalidate", fail)
    assert leave(desk, begun).id == begun.id


def test_a_leave_puts_the_held_list_out_of_date(desk):
    begun = desk.joined("whisper", desk.call())
    desk.services.floor.held()
    desk.move(1)
    leave(desk, begun)
    desk.move(0.01)
    [row] = desk.services.floor.held().rows
    assert row["supervisors"] == []
