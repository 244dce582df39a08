"""A dial whose answer was lost, or whose function died: looked after first, never sent again blindly."""

import pytest

from supervision.base.problems import AlreadySupervising, InProgress, OutcomeUnknown, SupervisionNotFound
from supervision.rules.caller import Caller
from supervision.rules.scopes import SCOPES
from tests.harness.fake_ytel.faults import Reset, Status
from tests.integration.desk import OTHER_PHONE, PHONE


@pytest.fixture(params=[Reset(processed=True), Status(500, processed=True), Reset()], ids=["rang", "rang 500", "lost"])
def lost(request, desk):
    """A call into which a whisper was dialled whose answer never came; whether the phone rings; the problem."""
    call = desk.call()
    desk.ytel.faults.add("POST", "/participant$", request.param)
    with pytest.raises(OutcomeUnknown) as problem:
        desk.dial("whisper", call)
    desk.move(1)
    return call, request.param.processed, problem.value


def test_it_is_on_record_and_said_to_be_unknown(desk, lost):
    _, _, problem = lost
    assert problem.status == 504
    assert problem.retry_after == 90
    supervision = desk.services.supervisions.get(problem.extra["supervisionId"])
    assert (supervision.state, supervision.dial) == ("dialing", "unknown")
    assert desk.told == []


def test_asking_again_gets_it_once_the_phone_has_joined(desk, lost):
    call, rings, problem = lost
    if not rings:
        desk.floor.dial(call, PHONE, "+1", [desk.floor.member(call, "contact")])
    desk.floor.answer(call, PHONE)
    desk.move(40)
    again = desk.dialler.dial(desk.asked("whisper", call))
    assert (again.id, again.state) == (problem.extra["supervisionId"], "joined")
    assert desk.dialler.look_again(again.id).state == "joined"
    assert desk.dials() == 1


def test_asking_again_does_not_dial_within_a_minute(desk, lost):
    call, _, problem = lost
    for _ in range(5):
        with pytest.raises(OutcomeUnknown) as again:
            desk.dialler.dial(desk.asked("whisper", call))
        assert again.value.extra == problem.extra
        with pytest.raises(OutcomeUnknown):
            desk.dialler.look_again(problem.extra["supervisionId"])
        desk.move(11)
    assert desk.dials() == 1


def test_after_a_minute_it_has_failed_and_asking_again_dials(desk, lost):
    call, _, problem = lost
    desk.move(90)
    again = desk.joined("whisper", call)
    assert again.id != problem.extra["supervisionId"]
    assert desk.services.supervisions.get(problem.extra["supervisionId"]).how == "not_answered"
    assert desk.dials() == 2
    failed = desk.of_type("Supervision Failed")
    assert failed.data["problem"]["code"] == "not_joined"
    assert failed.data["request"]["to"] == PHONE
    with pytest.raises(OutcomeUnknown):
        desk.dialler.look_again(problem.extra["supervisionId"])
    assert desk.dials() == 2


def test_another_request_for_that_phone_is_refused_meanwhile(desk, lost):
    call, _, _ = lost
    with pytest.raises(AlreadySupervising):
        desk.dial("listen", call)
    with pytest.raises(AlreadySupervising):
        desk.dial("whisper", call, caller=Caller("wall", SCOPES))
    desk.dial("whisper", call, OTHER_PHONE)


def test_looking_again_while_ytel_is_down_or_the_call_is_over_dials_nobody(desk, lost):
    call, _, problem = lost
    with desk.ytel.down(), pytest.raises(OutcomeUnknown):
        desk.dialler.look_again(problem.extra["supervisionId"])
    desk.floor.end_call(call)
    for _ in range(2):
        desk.move(2)
        with pytest.raises(OutcomeUnknown):
            desk.dialler.look_again(problem.extra["supervisionId"])
    assert desk.services.supervisions.get(problem.extra["supervisionId"]).how == "call_ended"
    assert desk.dials() == 1
    with pytest.raises(SupervisionNotFound):
        desk.dialler.look_again("no such supervision")


# ---------------------------------------------------------------- a function that died between record and answer


@pytest.fixture
def dead(desk, monkeypatch):
    """A call, and the supervision that a function left pending when it died while dialling."""
    call = desk.call()

    class Died(BaseException):
        pass

    def die(*_, **__):
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.services.ytel), "bring_in", die)
        with pytest.raises(Died):
            desk.dialler.dial(desk.asked("whisper", call))
    desk.move(1)
    [supervision] = desk.services.supervisions.open()
    assert supervision.dial == "pending"
    return call, supervision


def test_its_request_is_in_progress_then_unknown_and_after_a_minute_made_again(desk, dead):
    call, supervision = dead
    with pytest.raises(InProgress):
        desk.dialler.dial(desk.asked("whisper", call))
    desk.move(10)
    with pytest.raises(OutcomeUnknown):
        desk.dialler.dial(desk.asked("whisper", call))
    assert desk.dials() == 0
    desk.move(80)
    assert desk.joined("whisper", call).id != supervision.id
    assert desk.record(supervision).state == "failed"


def test_its_phone_joining_is_seen_and_guarded(desk, dead):
    call, supervision = dead
    desk.floor.dial(call, PHONE, "+1", supervision.noSpeakToList)
    desk.floor.answer(call, PHONE)
    assert desk.dialler.dial(desk.asked("whisper", call)).id == supervision.id
    desk.move(1)
    desk.floor.join(call, "third")
    desk.look()
    assert not desk.floor.is_in(call, PHONE)
    assert desk.dials() == 0
