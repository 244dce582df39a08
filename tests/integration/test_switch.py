"""A change of mode: decided first, the old leg seen to be gone, one dial; whatever dies on the way."""

import sys
from contextlib import suppress

import pytest

from supervision.api import entry
from supervision.base import aws
from supervision.base.problems import (
    AgentNotProven,
    AlreadySupervising,
    ContactNotJoined,
    Forbidden,
    InvalidRequest,
    NotJoined,
    NumberNotAllowed,
    OutcomeUnknown,
    SupervisionNotFound,
    TooManyDials,
    YtelUnavailable,
)
from supervision.rules.caller import Caller
from supervision.rules.request import Done, Request
from supervision.rules.scopes import SCOPES
from tests.harness.fake_ytel.faults import Reset, Run, Status
from tests.integration.desk import CRM, PHONE, at_once


def asked(supervision, action, caller=CRM, **more):
    return Request(
        action="switch",
        caller=caller,
        correlation_id="correlation-2",
        supervision_id=supervision.id,
        to_action=action,
        asked={"action": action},
        **more,
    )


def change(desk, supervision, action, caller=CRM):
    return desk.services.switch.switch(asked(supervision, action, caller))


@pytest.fixture
def desk(make_desk):
    """One that looks long enough for a leg to be gone, however busy the machine is."""
    return make_desk(confirm_seconds=20.0)


@pytest.fixture
def call(desk):
    return desk.call()


@pytest.mark.parametrize(
    ("first", "then", "hear"),
    [
        ("listen", "whisper", {"agent"}),
        ("whisper", "barge", {"agent", "contact"}),
        ("barge", "listen", set()),
        ("whisper", "takeover", {"agent", "contact"}),
    ],
)
def test_the_phone_is_dialled_again_for_the_other_action(desk, call, first, then, hear):
    before = desk.joined(first, call)
    after = change(desk, before, then)
    assert (after.action, after.state, after.replaces, after.to) == (then, "dialing", before.id, before.to)
    assert after.noSpeakToList == desk.record(after).noSpeakToList
    assert set(after.noSpeakToList) | set(after.hears) == set(desk.floor.members(call, "agent", "contact"))
    ended = desk.record(before)
    assert (ended.state, ended.how, ended.endedBy) == ("ended", "switched", "crm")
    assert not desk.floor.is_in(call, PHONE)
    assert desk.dials() == 2
    desk.floor.answer(call, PHONE)
    assert desk.floor.roles_that_hear(call, PHONE) == hear
    desk.move(1)
    desk.look()
    assert desk.record(after).state == "joined"
    assert desk.types()[2:5] == ["Supervision Ended", "Supervision Started", "Supervision Joined"]


def test_the_gap_is_told_with_the_start(desk, call):
    before = desk.joined("listen", call)
    read = desk.services.ytel.conference

    def slowly(conf_id):
        found = read(conf_id)
        desk.move(0.3)
        return found

    vars(desk.services.ytel)["conference"] = slowly
    after = change(desk, before, "whisper")
    started = [one for one in desk.told if one.type == "Supervision Started"][1]
    assert started.data == {**after.to_json(), "gapMs": after.gapMs}
    assert after.gapMs == after.requestedAt - desk.record(before).endedAt == 300
    assert "gapMs" not in after.to_json()


def test_asked_again_it_is_the_same_and_nobody_is_dialled(desk, call):
    before = desk.joined("listen", call)
    after = change(desk, before, "whisper")
    assert change(desk, before, "whisper").id == after.id
    assert change(desk, after, "whisper").id == after.id
    with pytest.raises(NotJoined) as refused:
        change(desk, before, "barge")
    assert refused.value.extra == {"supervisionId": after.id}
    assert desk.dials() == 2


def test_the_mode_it_has_is_no_change(desk, call):
    before = desk.joined("listen", call)
    assert change(desk, before, "listen") == before
    assert desk.floor.is_in(call, PHONE)


# ---------------------------------------------------------------- refused: nothing changes


def refused(desk, supervision, call, action, problem, caller=CRM):
    with pytest.raises(problem):
        change(desk, supervision, action, caller)
    assert desk.floor.is_in(call, PHONE)
    assert (desk.record(supervision).state, desk.record(supervision).ending) == ("joined", None)
    assert desk.dials() == 1


def test_a_refusal_of_the_audience_changes_nothing(desk):
    call = desk.call(proof=None)
    refused(desk, desk.joined("listen", call), call, "whisper", AgentNotProven)


def test_a_whisper_to_an_agent_alone_changes_nothing(desk, call):
    before = desk.joined("listen", call)
    desk.floor.leave(call, desk.floor.member(call, "contact"))
    refused(desk, before, call, "whisper", ContactNotJoined)


def test_both_scopes_are_needed(desk, call):
    before = desk.joined("listen", call)
    for scopes in ({"calls:listen"}, {"calls:whisper"}):
        refused(desk, before, call, "whisper", Forbidden, Caller("crm", frozenset(scopes)))


def test_bounds_hold(desk, call):
    before = desk.joined("listen", call)
    refused(desk, before, call, "whisper", SupervisionNotFound, Caller("crm", SCOPES, agents=frozenset({"another"})))
    refused(desk, before, call, "whisper", NumberNotAllowed, Caller("crm", SCOPES, phones=frozenset({"+12125550199"})))


def test_an_action_that_there_is_not(desk, call):
    before = desk.joined("listen", call)
    for action in (None, "hangup", "shout"):
        refused(desk, before, call, action, InvalidRequest)


def test_a_dial_too_many_changes_nothing(make_desk):
    desk = make_desk(dials_per_minute=1)
    call = desk.call()
    refused(desk, desk.joined("listen", call), call, "barge", TooManyDials)


def test_ytel_being_down_changes_nothing(desk, call):
    before = desk.joined("listen", call)
    desk.ytel.faults.add("GET", "/conference", Status(503), times=None)
    refused(desk, before, call, "barge", YtelUnavailable)


@pytest.mark.parametrize("ends", ["rings", "left"])
def test_what_is_not_on_the_call_is_not_changed(desk, call, ends):
    before = desk.dial("listen", call) if ends == "rings" else desk.joined("listen", call)
    if ends == "left":
        desk.services.leave.leave(before.id, CRM)
    with pytest.raises(NotJoined):
        change(desk, before, "barge")
    assert desk.dials() == 1


def test_no_customer_is_left_alone_meanwhile(desk, call):
    before = desk.joined("barge", call)
    desk.floor.leave(call, desk.floor.member(call, "agent"))
    refused(desk, before, call, "listen", AgentNotProven)


def test_who_took_a_call_over_stays(desk, call):
    before = desk.joined("takeover", call)
    desk.look()
    refused(desk, before, call, "barge", AgentNotProven)


# ---------------------------------------------------------------- on the way


def test_a_leg_that_does_not_go_is_not_doubled_and_asking_again_goes_on(make_desk):
    desk = make_desk(confirm_seconds=0.1)
    call = desk.call()
    before = desk.joined("listen", call)
    desk.ytel.faults.add("DELETE", "/participant/", Status(503), times=None)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown) as unknown:
            change(desk, before, "whisper")
        assert unknown.value.extra == {"supervisionId": before.id}
    assert desk.dials() == 1
    desk.ytel.faults.clear()
    desk.look()
    after = change(desk, before, "whisper")
    assert (after.action, desk.dials()) == ("whisper", 2)


def test_the_audience_is_decided_anew_once_the_leg_is_gone(desk, call):
    before = desk.joined("listen", call)
    thirds = []
    desk.ytel.faults.add("DELETE", "/participant/", Run(lambda: thirds.append(desk.floor.join(call, "third"))))
    after = change(desk, before, "whisper")
    assert set(thirds) < set(after.noSpeakToList)


def test_who_may_not_be_whispered_to_any_more_is_not_dialled(desk, call):
    before = desk.joined("listen", call)
    agent = desk.floor.member(call, "agent")
    desk.ytel.faults.add("DELETE", "/participant/", Run(lambda: desk.floor.leave(call, agent)))
    with pytest.raises(AgentNotProven):
        change(desk, before, "whisper")
    assert desk.dials() == 1
    assert desk.record(before).how == "switched"


@pytest.mark.parametrize("fault", [Reset(processed=True), Reset(processed=False)], ids=str)
def test_a_dial_whose_answer_is_lost_is_not_sent_again(desk, call, fault):
    before = desk.joined("listen", call)
    desk.ytel.faults.add("POST", "/participant$", fault)
    with pytest.raises(OutcomeUnknown) as unknown:
        change(desk, before, "whisper")
    with pytest.raises(OutcomeUnknown) as again:
        change(desk, before, "whisper")
    assert unknown.value.extra == again.value.extra
    assert desk.dials() == 2
    if fault.processed:
        desk.move(1)
        desk.floor.answer(call, PHONE)
        assert change(desk, before, "whisper").state == "joined"


def test_another_request_for_the_phone_meanwhile_wins(make_desk):
    desk = make_desk(ytel_timeout_seconds=30.0)  # the disconnect is answered once the other dial is done
    call = desk.call()
    before = desk.joined("listen", call)
    others = []

    def gone_then_asked():
        desk.floor.leave(call, desk.floor.supervisor(call, PHONE))
        desk.move(1)
        others.append(desk.dialler.dial(desk.asked("barge", call)))

    desk.ytel.faults.add("DELETE", "/participant/", Run(gone_then_asked))
    with pytest.raises(AlreadySupervising) as refused:
        change(desk, before, "whisper")
    assert refused.value.extra == {"supervisionId": others[0].id}
    assert desk.dials() == 2


def test_many_at_once_dial_once(desk, call):
    before = desk.joined("listen", call)
    functions = [desk.function() for _ in range(4)]
    at_once(lambda n: functions[n].switch.switch(asked(before, "whisper")), 4)
    assert desk.dials() == 2
    assert len(desk.open()) == 1


def just_before(repository, method, do):
    """Has `do` happen once, right before `method` of `repository` is called to begin a change of mode."""
    does = getattr(repository, method)

    def with_it(*given, **more):
        if sys._getframe(1).f_code.co_name == "_begin" and not done:
            done.append(do())
        return does(*given, **more)

    done = []
    vars(repository)[method] = with_it


@pytest.mark.parametrize("moment", ["before it goes", "once it is gone", "as it looks", "as it begins"])
def test_who_leaves_in_the_gap_is_not_dialled(make_desk, moment):
    desk = make_desk(ytel_timeout_seconds=30.0, confirm_seconds=20.0)
    call = desk.call()
    before = desk.joined("listen", call)
    told = []
    another = desk.function()

    def leave():
        if moment == "once it is gone":
            desk.floor.leave(call, desk.floor.supervisor(call, PHONE))
        told.append(another.leave.leave(before.id, CRM))

    if moment.startswith("as it "):
        just_before(desk.services.supervisions, {"as it looks": "open", "as it begins": "begin"}[moment], leave)
    else:
        desk.ytel.faults.add("DELETE", "/participant/", Run(leave))
    with pytest.raises(NotJoined):
        change(desk, before, "whisper")
    assert desk.dials() == 1
    assert not desk.floor.is_in(call, PHONE)
    assert told[0].id == before.id
    ended = desk.record(before)
    assert (ended.state, ended.replacedBy, ended.endedBy) == ("ended", None, "crm")
    with pytest.raises(NotJoined):
        change(desk, before, "whisper")
    assert desk.dials() == 1


@pytest.fixture(params=[1, 1400])
def cut_off(make_desk, request):
    """A change to a whisper that saw its leg gone too late, these seconds ago: the desk, and the supervision.

    After 1,400 s the old leg is watched no more, and its record is all that is left.
    """
    desk = make_desk(confirm_seconds=0.1)
    before = desk.joined("listen", desk.call())
    desk.ytel.faults.add("DELETE", "/participant/", Status(503), times=None)
    with pytest.raises(OutcomeUnknown):
        change(desk, before, "whisper")
    desk.ytel.faults.clear()
    desk.look()
    for _ in range(2):
        desk.move(request.param / 2)
        desk.look()
    assert desk.record(before).watched is (request.param == 1)
    return desk, before


def test_a_change_that_was_cut_off_is_gone_on_with(cut_off):
    desk, before = cut_off
    assert change(desk, before, "whisper").replaces == before.id
    assert desk.dials() == 2


def test_who_leaves_as_what_goes_on_with_a_change_begins_is_not_dialled(cut_off):
    desk, before = cut_off
    another = desk.function()
    just_before(desk.services.supervisions, "begin", lambda: another.leave.leave(before.id, CRM))
    with pytest.raises(NotJoined):
        change(desk, before, "whisper")
    assert desk.dials() == 1


def test_who_leaves_after_a_change_that_was_cut_off_is_not_dialled_by_what_goes_on_with_it(cut_off):
    desk, before = cut_off
    left = desk.services.leave.leave(before.id, CRM)
    assert (left.state, left.how, left.endedBy) == ("ended", "switched", "crm")
    with pytest.raises(NotJoined):
        change(desk, before, "whisper")
    assert desk.dials() == 1


def test_to_leave_what_was_replaced_leaves_the_new_one_alone(desk, call):
    before = desk.joined("listen", call)
    after = change(desk, before, "whisper")
    desk.floor.answer(call, PHONE)
    assert desk.services.leave.leave(before.id, CRM).how == "switched"
    assert desk.floor.is_in(call, PHONE)
    assert desk.record(after).ending is None


class Killed(BaseException):
    """The function dies."""


@pytest.mark.parametrize("nth", range(1, 12))
def test_a_function_that_dies_anywhere_leaves_neither_two_legs_nor_a_dial_that_nobody_knows_of(
    desk, call, nth, monkeypatch
):
    """It dies after its nth write; what asks again goes on."""
    before = desk.joined("listen", call)
    dynamodb = aws.client("dynamodb")
    writes = {"left": nth}

    def dying(write):
        def one(**request):
            answer = write(**request)
            writes["left"] -= 1
            if not writes["left"]:
                raise Killed
            return answer

        return one

    with monkeypatch.context() as patched:
        for name in ("transact_write_items", "put_item", "delete_item", "update_item"):
            patched.setattr(dynamodb, name, dying(getattr(dynamodb, name)))
        with suppress(Killed):
            desk.services.switch.switch(asked(before, "whisper"))
    assert len(desk.floor.ringing(call)) <= 1
    known = {one.id for one in desk.services.supervisions.open()}
    assert len(desk.floor.ringing(call)) <= len(known)
    desk.move(11)
    desk.look()
    with suppress(OutcomeUnknown):  # it may have rung
        change(desk, before, "whisper")
    assert desk.dials() <= 2
    legs = len(desk.floor.members(call, "supervisor")) + len(desk.floor.ringing(call))
    assert legs <= 1


# ---------------------------------------------------------------- over the bus, and under a key


def test_a_key_replays_it(desk, call):
    before = desk.joined("listen", call)
    first, again = (entry.act(asked(before, "whisper", name="key"), desk.services) for _ in range(2))
    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert (first.answer["id"], again.replayed, desk.dials()) == (again.answer["id"], True, 2)
