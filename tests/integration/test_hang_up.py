"""Hanging up: every leg, supervisors too; said to the leg what could not be done; asking again finishes it."""

from dataclasses import replace

import pytest

from supervision.base.problems import (
    CallNotFound,
    HangupIncomplete,
    MembersUnknown,
    OutcomeUnknown,
    YtelRateLimited,
    YtelUnavailable,
)
from supervision.rules.caller import Caller
from supervision.rules.scopes import SCOPES
from tests.harness.fake_ytel.faults import EnvelopeFailure, Hang, Json, Reset, Run, Status
from tests.integration.desk import CRM, PHONE

ALL_LEGS = ("contact", "agent", "third")


def hang_up(desk, call, caller=CRM):
    return desk.services.hang_up.hang_up(call, caller, "correlation-1")["hungUp"]


def deletes(desk):
    return desk.ytel.requests.count("DELETE")


def failing(desk, member, fault, times=1):
    desk.ytel.faults.add("DELETE", f"/participant/{member}$", fault, times=times)


@pytest.mark.parametrize(
    "shape", [{}, {"agent": None}, {"proof": None}, {"legs": ("contact",)}, {"legs": ALL_LEGS}], ids=str
)
def test_every_member_is_disconnected(desk, shape):
    call = desk.call(**shape)
    members = desk.floor.members(call)
    assert hang_up(desk, call) == members
    assert not desk.floor.is_active(call)
    told = desk.of_type("Call Hung Up")
    assert told.data == {"confId": call, "hungUp": members, "failed": [], "requestedBy": "crm"}
    assert told.metadata["correlationId"] == "correlation-1"
    assert desk.items("OUTBOX") == []


def test_supervisors_are_disconnected_too_and_their_supervision_ends(desk):
    call = desk.call()
    begun = desk.joined("whisper", call)
    assert len(hang_up(desk, call)) == 3
    assert not desk.floor.is_in(call, PHONE)
    desk.over()
    assert desk.record(begun).state == "ended"


def test_a_call_of_many_legs(desk):
    call = desk.call(legs=("contact", "agent", *["third"] * 20))
    assert len(hang_up(desk, call)) == 22
    assert not desk.floor.is_active(call)


def test_a_leg_that_is_gone_already_is_hung_up(desk):
    call = desk.call(legs=ALL_LEGS)
    members = desk.floor.members(call)
    desk.ytel.faults.add("DELETE", f"/{members[0]}$", Run(lambda: desk.floor.leave(call, members[0])))
    assert hang_up(desk, call) == members


def test_a_route_that_is_wrong_is_not_taken_for_legs_that_are_gone(make_desk):
    desk = make_desk(ytel_hangup_route=("POST", "/no/such/{confId}/{memberId}"))
    vars(desk.services)["ytel"]._settings = desk.settings
    call = desk.call()
    members = desk.floor.members(call)
    with pytest.raises(HangupIncomplete) as problem:
        hang_up(desk, call)
    assert problem.value.extra == {"confId": call, "hungUp": [], "failed": members}
    assert desk.floor.is_active(call)
    assert desk.told == []


def test_each_attempt_at_one_request_tells_under_an_id_of_its_own(desk):
    call = desk.call()
    first, second = desk.floor.members(call)
    failing(desk, second, Status(500), times=1)
    with pytest.raises(HangupIncomplete):
        hang_up(desk, call)
    assert hang_up(desk, call) == [second]
    told = [(one.data["hungUp"], one.data["failed"]) for one in desk.told]
    assert told == [([first], [second]), ([second], [])]
    assert len({one.metadata["id"] for one in desk.told}) == 2
    assert {one.metadata["correlationId"] for one in desk.told} == {"correlation-1"}


@pytest.mark.parametrize("data", [None, {}, []], ids=str)
def test_where_the_members_are_unknown_nothing_is_sent(desk, data):
    call = desk.call(shape={"memberData": data})
    with pytest.raises(MembersUnknown):
        hang_up(desk, call)
    assert deletes(desk) == 0


def test_a_call_that_is_not_there_or_not_the_callers(desk):
    with pytest.raises(CallNotFound):
        hang_up(desk, "no such call")
    with pytest.raises(CallNotFound):
        hang_up(desk, desk.call(), Caller("crm", SCOPES, agents=frozenset({"another"})))
    assert deletes(desk) == 0


@pytest.mark.parametrize("id_", [".", ".."])
def test_an_id_that_no_path_can_hold_is_never_sent(desk, id_):
    call = desk.call()
    sample = desk.floor.call(call).wire()
    desk.floor.raw_conference({**sample, "confId": id_}, {})
    with pytest.raises(CallNotFound):
        hang_up(desk, id_)
    with pytest.raises(CallNotFound):
        desk.dial("listen", id_)
    assert desk.services.ytel.disconnect(call, id_) is False
    assert [one.method for one in desk.ytel.requests if one.method != "GET"] == []


# ---------------------------------------------------------------- half finished


@pytest.mark.parametrize("fault", [Status(422), Status(429), Status(503), EnvelopeFailure(400)], ids=str)
def test_which_legs_failed_is_said_and_asking_again_finishes_it(desk, fault):
    call = desk.call(legs=ALL_LEGS)
    contact, agent, third = desk.floor.members(call)
    failing(desk, agent, fault)
    with pytest.raises(HangupIncomplete) as problem:
        hang_up(desk, call)
    assert problem.value.as_dict().items() >= {"status": 502, "hungUp": [contact, third], "failed": [agent]}.items()
    assert desk.of_type("Call Hung Up").data["failed"] == [agent]
    assert desk.floor.members(call) == [agent]
    desk.move(1)
    assert hang_up(desk, call) == [agent]


@pytest.mark.parametrize("fault", [Status(500, processed=True), Reset(processed=True), Hang(processed=True)], ids=str)
def test_a_leg_that_is_gone_is_hung_up_whatever_the_answer_was(desk, fault):
    call = desk.call()
    members = desk.floor.members(call)
    failing(desk, members[1], fault)
    assert hang_up(desk, call) == members


@pytest.mark.parametrize("fault", [Status(500), Reset(), Status(404)], ids=str)
def test_a_leg_that_is_still_listed_is_not_hung_up_whatever_the_answer_was(desk, fault):
    call = desk.call()
    contact, agent = desk.floor.members(call)
    failing(desk, agent, fault)
    with pytest.raises(HangupIncomplete) as problem:
        hang_up(desk, call)
    assert problem.value.as_dict().items() >= {"status": 502, "hungUp": [contact], "failed": [agent]}.items()
    desk.move(1)
    assert hang_up(desk, call) == [agent]


def test_where_every_disconnect_is_answered_yes_and_nobody_leaves_nobody_is_hung_up(desk, monkeypatch):
    call = desk.call()
    monkeypatch.setattr(type(desk.services.ytel), "disconnect", lambda *_: True)
    with pytest.raises(HangupIncomplete) as problem:
        hang_up(desk, call)
    assert problem.value.extra == {"confId": call, "hungUp": [], "failed": desk.floor.members(call)}
    assert desk.told == []


def lists_come_empty(desk, seconds):
    """All but the first, for so long by the time that is waited."""
    left = [seconds]
    confirming = desk.services.confirming

    def sleep(pause):
        left[0] -= pause
        if left[0] <= 0:
            desk.ytel.faults.clear()
        return confirming.sleep(pause)

    vars(desk.services)["confirming"] = replace(confirming, sleep=sleep)
    desk.ytel.faults.add("GET", "/conference$", Json([]), times=None, skip=1)


def test_lists_that_come_empty_for_a_moment_hang_nobody_up(desk, monkeypatch):
    call = desk.call()
    monkeypatch.setattr(type(desk.services.ytel), "disconnect", lambda *_: True)
    lists_come_empty(desk, 1.5)
    with pytest.raises(HangupIncomplete) as problem:
        hang_up(desk, call)
    assert problem.value.extra == {"confId": call, "hungUp": [], "failed": desk.floor.members(call)}
    assert desk.told == []


def test_a_call_that_is_missing_at_the_end_is_looked_for_until_that_can_be_believed(make_desk):
    desk = make_desk(confirm_seconds=1.0)
    call = desk.call()
    members, begun = desk.floor.members(call), desk.move()
    assert hang_up(desk, call) == members
    assert 2000 <= desk.move() - begun < 3000


def test_a_call_that_is_missing_and_cannot_be_believed_over_in_time_is_not_known(make_desk):
    desk = make_desk(confirm_seconds=0.5)
    call = desk.call()
    members = desk.floor.members(call)
    with pytest.raises(OutcomeUnknown) as problem:
        hang_up(desk, call)
    assert problem.value.extra == {"confId": call, "hungUp": [], "failed": members}


def test_where_nobody_can_see_who_is_gone_that_is_said(desk):
    call = desk.call()
    members = desk.floor.members(call)
    desk.ytel.faults.add("GET", "/conference$", Status(422), skip=1, times=None)
    with pytest.raises(OutcomeUnknown) as problem:
        hang_up(desk, call)
    assert problem.value.extra == {"confId": call, "hungUp": [], "failed": members}


def test_where_ytel_asks_to_slow_down_and_nobody_was_disconnected_that_is_said(desk):
    call = desk.call()
    desk.ytel.faults.add("DELETE", "", Status(429, retry_after=9), times=None)
    with pytest.raises(YtelRateLimited) as problem:
        hang_up(desk, call)
    assert problem.value.retry_after == 9
    assert desk.told == []
    assert deletes(desk) == 2


def test_where_ytel_refuses_all_nothing_is_told(desk):
    call = desk.call()
    desk.ytel.faults.add("DELETE", "", Status(503), times=None)
    with pytest.raises(HangupIncomplete) as problem:
        hang_up(desk, call)
    assert problem.value.extra["hungUp"] == []
    assert desk.told == []


def test_where_the_call_cannot_be_read_nothing_is_sent(desk):
    call = desk.call()
    desk.ytel.faults.add("GET", "/conference$", Status(503), times=None)
    with pytest.raises(YtelUnavailable):
        hang_up(desk, call)
    assert deletes(desk) == 0


def test_what_fails_after_the_legs_were_disconnected_does_not_undo_it(desk, monkeypatch):
    call = desk.call()

    def fail(*_):
        raise ConnectionError("the table is down")

    monkeypatch.setattr(type(desk.services.outbox), "keep", fail)
    assert len(hang_up(desk, call)) == 2


def test_a_hang_up_puts_the_held_list_out_of_date(desk):
    call = desk.call()
    desk.services.floor.held()
    desk.move(1)
    hang_up(desk, call)
    assert desk.services.floor.held().rows == []
