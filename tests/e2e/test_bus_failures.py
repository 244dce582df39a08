"""Requests over the bus that come to nothing: refused in words once, or tried again and kept."""

import json

import pytest

from tests.e2e.bus_requests import refused, request, started
from tests.harness.fake_ytel.faults import EnvelopeFailure, Reset, Status
from tests.harness.waiting import wait_until

QUEUE = "FailedRequests"


def failures(scene, call):
    """The requests for this call that are kept in the queue of those that their function failed, once there are any."""
    sqs = scene.aws("sqs")
    [url] = [one for one in sqs.list_queues()["QueueUrls"] if one.endswith(QUEUE)]

    def kept():
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
        records = [json.loads(message["Body"]) for message in messages]
        return [one for one in records if one["requestPayload"]["detail"]["confId"] == call]

    return wait_until(kept, what="the request in the queue", every=0.05)


# ---------------------------------------------------------------- what can never work


@pytest.mark.parametrize("unlike", [{"proof": None}, {"agent": None}, {"shape": {"memberData": None}}], ids=repr)
def test_it_is_refused_as_over_http(scene, unlike):
    call = scene.call(**unlike)
    detail = request("whisper", confId=call, to=scene.phone())
    scene.put(detail)
    assert refused(scene, detail) == scene.ask("whisper", call, detail["to"]).json()
    assert scene.dials(call) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": None},
        {"to": 12125550142},
        {"to": ""},
        {"to": ["+12125550142"]},
        {"confId": None},
        {"confId": 7},
        {"confId": {}},
        {"confId": "x" * 256},
        {"confId": None, "clientId": 7},
        {"confId": None, "agentNumber": []},
        {"action": "Whisper"},
        {"action": None},
        {"action": 7},
    ],
    ids=repr,
)
def test_a_malformed_request_is_refused(scene, wrong):
    call = scene.call()
    detail = request(**{"action": "whisper", "confId": call, "to": scene.phone(), **wrong})
    scene.put(detail)
    assert refused(scene, detail)["code"] == "invalid_request"
    assert scene.dials(call) == 0


def nested(levels):
    return json.loads("[" * levels + "]" * levels)


@pytest.mark.parametrize("note", ["\U0001f600" * 35_000, nested(500)], ids=["140 KB of emoji", "nested 500 deep"])
@pytest.mark.parametrize("field", ["note", "to"])
def test_an_extreme_one_is_refused_once_in_an_event(scene, field, note):
    call = f"no-such-call-{scene.phone()}"
    detail = {**request("whisper", confId=call, to=scene.phone()), field: note}
    # As small as it can be written: the bus takes 256 KB.
    entry = {"EventBusName": "supervision", "Source": "crm.automation", "DetailType": "Supervision Requested"}
    text = json.dumps(detail, ensure_ascii=False)
    scene.aws("events").put_events(Entries=[{**entry, "Detail": text}])
    [told] = wait_until(lambda: scene.told("Supervision Failed", lambda data: data["request"].get("confId") == call))
    code = "invalid_request" if field == "to" else "call_not_found"
    assert told["data"]["problem"]["code"] == code
    assert told["metadata"]["correlationId"] == detail["requestId"]
    assert [result for name, result in scene.system.failures if name == "Whisper"] == []


def test_one_that_asks_for_two_actions_gets_neither(scene):
    call = scene.call()
    detail = request(["whisper", "barge"], confId=call, to=scene.phone())
    scene.put(detail)
    wait_until(lambda: scene.told("Supervision Failed", lambda data: data["request"] == detail), what="the refusal")
    scene.system.deliveries.settle()
    assert len(scene.told("Supervision Failed", lambda data: data["request"] == detail)) == 1
    assert scene.dials(call) == 0


def test_a_number_that_may_not_be_dialled_is_refused(scene):
    agent = scene.agent()
    detail = request("barge", confId=scene.call(agent=agent), to=agent.number)
    scene.put(detail)
    assert refused(scene, detail)["code"] == "number_not_allowed"


@pytest.mark.parametrize(
    ("fault", "code"), [(EnvelopeFailure(400), "ytel_rejected"), (Reset(processed=True), "outcome_unknown")], ids=repr
)
def test_what_ytel_refuses_and_what_nobody_knows_is_not_tried_again(scene, fault, code):
    call = scene.call()
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", fault)
    detail = request("whisper", confId=call, to=scene.phone())
    scene.put(detail)
    assert refused(scene, detail)["code"] == code
    scene.put(detail)
    scene.system.deliveries.settle()
    assert scene.dials(call) == 1


# ---------------------------------------------------------------- what may work later


@pytest.mark.parametrize("fault", [Status(503), Status(429)], ids=repr)
@pytest.mark.parametrize("where", ["dial", "list"])
def test_it_is_tried_again_and_then_kept(scene, fault, where):
    call = scene.call()
    method, path = ("POST", f"/conference/{call}/participant$") if where == "dial" else ("GET", "/conference$")
    scene.ytel.faults.add(method, path, fault, times=None)
    detail = request("whisper", confId=call, to=scene.phone())
    scene.put(detail)
    [record] = failures(scene, call)
    assert record["requestPayload"]["detail"] == detail
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert scene.dials(call) == (3 if where == "dial" else 0)
    assert scene.told("Supervision Failed", lambda data: data["request"] == detail) == []
    # As the queue is replayed: the same detail, put on the bus again.
    scene.ytel.faults.clear()
    scene.put(record["requestPayload"]["detail"])
    assert started(scene, detail)[0]["confId"] == call


def test_ytel_back_within_the_retries_is_all_it_takes(scene):
    call = scene.call()
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", Status(503), times=2)
    detail = request("whisper", confId=call, to=scene.phone())
    scene.put(detail)
    assert len(started(scene, detail)) == 1
    assert scene.dials(call) == 3
