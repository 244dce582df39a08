"""What can happen between the reading, the record, the dial and its answer."""

import pytest

from supervision.base.problems import Problem, YtelRejected
from supervision.rules.supervision import Supervision
from tests.harness.fake_ytel.faults import Run, Status
from tests.integration.desk import PHONE, at_once


@pytest.mark.parametrize("functions", [1, 2])
def test_the_same_request_at_the_same_moment_dials_once(desk, functions):
    call = desk.call()
    doors = [desk.function() for _ in range(functions)]

    def ask(number):
        return doors[number % functions].dial.dial(desk.asked("whisper", call))

    came_of = at_once(ask, 8)
    assert desk.dials() == 1
    assert len(desk.open()) == 1
    assert {one.id if isinstance(one, Supervision) else one.code for one in came_of} <= {*desk.open(), "in_progress"}
    assert desk.types() == ["Supervision Started"]


def test_different_actions_for_one_phone_at_the_same_moment_dial_once(desk):
    call = desk.call()
    came_of = at_once(lambda n: desk.dialler.dial(desk.asked(("listen", "whisper", "barge")[n], call)), 3)
    assert desk.dials() == 1
    codes = sorted(one.code for one in came_of if isinstance(one, Problem))
    assert len(codes) == 2
    assert set(codes) <= {"in_progress", "already_supervising"}


def test_a_phone_that_joins_before_the_dial_is_answered_for_is_told_as_started_and_joined(desk):
    call = desk.call()

    def joins_and_is_seen():
        desk.move(1)
        desk.floor.answer(call, PHONE)
        desk.look()

    desk.ytel.faults.add("POST", "/participant$", Run(joins_and_is_seen, processed=True))
    begun = desk.dial("whisper", call)
    assert (begun.state, begun.dial) == ("joined", "taken")
    assert desk.record(begun) == begun
    assert sorted(desk.types()) == ["Supervision Joined", "Supervision Started"]


def test_a_refusal_after_the_record_was_changed_is_recorded_all_the_same(desk, monkeypatch):
    call = desk.call()

    def is_seen_and_exposed_then_refused(*_, **__):
        desk.move(1)
        desk.floor.join(call, "third")
        desk.look()
        raise YtelRejected("No.")

    monkeypatch.setattr(type(desk.services.ytel), "bring_in", is_seen_and_exposed_then_refused)
    with pytest.raises(YtelRejected):
        desk.dial("whisper", call)
    assert desk.types() == []
    assert desk.open() == []


def test_a_call_that_ends_while_the_dial_is_under_way(desk):
    call = desk.call()

    def ends_and_is_seen():
        desk.move(1)
        desk.floor.end_call(call)
        desk.over()

    desk.ytel.faults.add("POST", "/participant$", Run(ends_and_is_seen, processed=True))
    begun = desk.dial("whisper", call)
    assert (begun.state, begun.how) == ("ended", "call_ended")
    assert desk.open() == []


def test_a_third_party_who_joins_between_the_reading_and_the_dial_is_found_and_the_supervisor_dropped(desk):
    call = desk.call()
    desk.ytel.faults.add("POST", "/participant$", Run(lambda: desk.floor.join(call, "third")))
    desk.dial("whisper", call)
    desk.floor.answer(call, PHONE)
    desk.look()
    assert not desk.floor.is_in(call, PHONE)
    assert desk.of_type("Supervision Exposed").data["exposed"] is True


def test_a_contact_who_leaves_between_the_reading_and_the_dial_is_refused_by_ytel(desk):
    call = desk.call(legs=("contact", "third", "agent"))
    contact = desk.floor.member(call, "contact")
    desk.ytel.faults.add("POST", "/participant$", Run(lambda: desk.floor.leave(call, contact)))
    with pytest.raises(YtelRejected):
        desk.dial("whisper", call)
    assert desk.open() == []


@pytest.mark.parametrize("fault", [None, Status(422)])
def test_a_table_that_fails_after_the_dial_does_not_undo_it(desk, monkeypatch, fault):
    call = desk.call()
    if fault:
        desk.ytel.faults.add("POST", "/participant$", fault)

    def fail(*_, **__):
        raise ConnectionError("the table is down")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.services.supervisions), "save", fail)
        if fault:
            with pytest.raises(YtelRejected):
                desk.dial("whisper", call)
        else:
            assert desk.dial("whisper", call).dial == "taken"
    assert len(desk.open()) == 1
    desk.move(91)
    desk.look()
    assert desk.open() == []


def test_a_table_that_fails_before_the_dial_leaves_the_phone_alone(desk, monkeypatch):
    call = desk.call()

    def fail(*_, **__):
        raise ConnectionError("the table is down")

    monkeypatch.setattr(type(desk.services.supervisions), "begin", fail)
    with pytest.raises(ConnectionError):
        desk.dial("whisper", call)
    assert desk.dials() == 0
