"""A request that has a name is dialled for once, whatever became of the function, the phone and the record since."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from supervision.api.entry import act
from supervision.base.problems import AlreadySupervising, OutcomeUnknown, YtelRateLimited, YtelUnavailable
from supervision.rules.request import Done
from supervision.ytel.client import Ytel
from tests.harness.fake_ytel.faults import Reset, Status
from tests.integration.desk import OTHER_PHONE, PHONE


class Died(BaseException):
    """The end of a function in the middle of what it does."""


def named(desk, call, key="a request", to=PHONE):
    request = replace(desk.asked("whisper", call, to), name=key)
    outcome = act(request, desk.services)
    if isinstance(outcome, Done):
        return desk.services.supervisions.get(outcome.answer["id"])
    raise outcome.problem


def dies_in_the_dial(desk, call):
    dial = Ytel.bring_in

    def dialled_then_dead(*args, **more):
        dial(*args, **more)
        raise Died

    with patch.object(Ytel, "bring_in", dialled_then_dead), pytest.raises(Died):
        named(desk, call)
    desk.move(1)


def test_asked_again_it_is_the_same_supervision_however_long_after(desk):
    call = desk.call()
    begun = named(desk, call)
    desk.move(3600)
    desk.look()
    assert named(desk, call).id == begun.id
    assert desk.dials() == 1


def test_whoever_died_in_the_dial_is_not_dialled_for_again_even_once_it_has_failed(desk):
    call = desk.call()
    dies_in_the_dial(desk, call)
    desk.move(30)  # until then it is being worked on
    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            named(desk, call)
        desk.move(61)
        desk.look()
    assert desk.types().count("Supervision Failed") == 1
    assert desk.dials() == 1


def test_whoever_died_in_a_dial_that_was_answered_gets_what_was_begun(desk):
    call = desk.call()
    dies_in_the_dial(desk, call)
    desk.floor.answer(call, PHONE)
    desk.move(30)
    assert named(desk, call).state == "joined"
    assert desk.dials() == 1


def test_a_lost_answer_is_not_dialled_for_again_after_its_minute(desk):
    call = desk.call()
    desk.ytel.faults.add("POST", "/participant$", Reset())
    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            named(desk, call)
        desk.move(61)
        desk.look()
    assert desk.dials() == 1
    assert named(desk, call, "another request").state == "dialing"


@pytest.mark.parametrize(("status", "problem"), [(429, YtelRateLimited), (503, YtelUnavailable)])
def test_what_ytel_did_not_take_may_be_asked_for_again_under_its_name(desk, status, problem):
    call = desk.call()
    desk.ytel.faults.add("POST", "/participant$", Status(status))
    with pytest.raises(problem):
        named(desk, call)
    assert named(desk, call).dial == "taken"


def test_a_name_is_its_clients_and_another_name_is_another_request(desk):
    call = desk.call()
    begun = named(desk, call)
    with pytest.raises(AlreadySupervising):
        named(desk, call, "another request")
    assert named(desk, call, "another request", OTHER_PHONE).id != begun.id
