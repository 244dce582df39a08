"""One conference read by a request of its own, where the settings name one; by the list where that gives nothing."""

import pytest

from supervision.base.problems import CallNotFound, YtelUnavailable
from tests.harness.fake_ytel.faults import Html, Json, Status
from tests.integration.desk import PHONE

ONE, LIST = "/conference/[^/]+$", "/conference$"


@pytest.fixture
def desk(make_desk):
    made = make_desk(ytel_conference_route=("GET", "/conference/{confId}"))
    made.ytel.knobs.calls.one_by_id = "envelope"
    for _ in range(12):
        made.call()
    made.ytel.conferences.size = 2
    made.ytel.requests.reset()
    return made


@pytest.mark.parametrize("answer", ["envelope", "object", "bare", "keyed"])
def test_an_action_reads_its_conference_alone(desk, answer):
    desk.ytel.knobs.calls.one_by_id = answer
    call = desk.floor.active_calls()[-1].conf_id
    desk.dial("whisper", call)
    assert [desk.ytel.requests.count("GET", path) for path in (ONE, LIST)] == [1, 0]
    desk.floor.answer(call, PHONE)
    assert desk.floor.roles_that_hear(call, PHONE) == {"agent"}
    assert desk.services.hang_up.hang_up(call.upper(), desk.asked("hangup", call).caller, "r1")["confId"] == call
    assert not desk.floor.is_active(call)
    assert desk.ytel.complaints == []


@pytest.mark.parametrize(
    "fault",
    [
        Status(404),
        Status(400),
        Html(),
        Json({"status": True, "payload": []}),
        Json({"status": True, "payload": [{"confId": "another", "memberData": {}}]}),
    ],
    ids=str,
)
def test_what_it_does_not_give_is_looked_for_in_the_list(desk, fault):
    desk.ytel.faults.add("GET", ONE, fault, times=None)
    call = desk.floor.active_calls()[-1].conf_id
    desk.dial("whisper", call)
    assert desk.ytel.requests.count("GET", ONE) == 1
    assert desk.ytel.requests.walks(LIST) == 1
    with pytest.raises(CallNotFound):
        desk.services.reader.read("6a2f41a3-c54c-4b01-90e6-d701748f0851")


def test_one_that_says_nothing_of_its_members_is_not_relied_on(desk):
    call = desk.floor.active_calls()[-1].conf_id
    desk.ytel.faults.add("GET", ONE, Json({"confId": call, "status": "active", "details": {}}))
    desk.dial("whisper", call)
    assert desk.ytel.requests.walks(LIST) == 1


def test_where_ytel_is_down_nothing_is_read_from_elsewhere(desk):
    desk.ytel.faults.add("GET", ONE, Status(503), times=None)
    with pytest.raises(YtelUnavailable):
        desk.dial("whisper", desk.floor.active_calls()[-1].conf_id)
    assert desk.ytel.requests.count("GET", LIST) == 0
