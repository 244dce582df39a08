"""What goes out: every type of event, as a stranger's queue gets it, and the id that ties things together."""

import json
import time

import pytest

from tests.harness.waiting import wait_until
from tests.harness.watching import look

SUPERVISION = {
    "id",
    "action",
    "confId",
    "to",
    "from",
    "noSpeakToList",
    "state",
    "exposed",
    "requestedBy",
    "requestedAt",
}
CALL = {
    "confId",
    "status",
    "createdTime",
    "from",
    "to",
    "inbound",
    "clientId",
    "username",
    "agentNumber",
    "contact",
    "contactId",
    "agentMemberId",
    "contactMemberId",
    "agentMatch",
    "otherMemberIds",
    "supervisors",
}
TYPES = {
    "Supervision Started": SUPERVISION,
    "Supervision Joined": SUPERVISION,
    "Supervision Exposed": SUPERVISION,
    "Supervision Ended": SUPERVISION,
    "Supervision Failed": {"request", "problem"},
    "Call Hung Up": {"confId", "hungUp", "failed", "requestedBy"},
    "Call Started": CALL,
    "Call Running Long": CALL,
    "Call Ended": CALL,
}


class Queue:
    """A queue of one's own, and what a rule on the bus sends to it."""

    def __init__(self, scene):
        self._sqs, events = scene.aws("sqs"), scene.aws("events")
        self._url = self._sqs.create_queue(QueueName="archive")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = json.dumps({"source": ["ytel.supervision"]})
        events.put_rule(Name="archive-all", EventBusName="supervision", EventPattern=pattern)
        events.put_targets(Rule="archive-all", EventBusName="supervision", Targets=[{"Id": "archive", "Arn": arn}])
        self.events = []

    def types(self):
        """The types of all that came so far."""
        messages = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            self.events.append(json.loads(message["Body"]))
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return {event["detail-type"] for event in self.events}


@pytest.fixture
def queue(scene):
    return Queue(scene)


def test_a_strangers_queue_gets_every_type_in_one_envelope(scene, queue):
    call = scene.call(created=1000 * int(time.time() - 3600))
    look(scene.system)
    one = scene.joined("whisper", call)
    scene.floor.join(call, "third")
    scene.reaches(one["id"], "ended")
    scene.put({"action": "whisper", "confId": "no such call", "to": one["to"]})
    scene.ask("hangup", call)
    for _ in range(2):
        scene.system.move_clock(3)
        look(scene.system)
    wait_until(lambda: TYPES.keys() <= queue.types(), what="every type", every=0.05)
    for event in queue.events:
        assert event["source"] == "ytel.supervision"
        detail = event["detail"]
        assert detail.keys() == {"metadata", "data"}
        assert detail["metadata"].keys() == {"version", "id", "at", "correlationId", "requestedBy"}
        assert detail["metadata"]["version"] == "1"
        assert type(detail["metadata"].pop("at")) is int
        assert all(type(value) is str and value for value in detail["metadata"].values())
        assert detail["data"].keys() >= TYPES[event["detail-type"]], event["detail-type"]
    told = [event["detail"]["metadata"]["id"] for event in queue.events]
    assert len(told) == len(set(told)), "something was told twice"


def test_what_a_supervision_went_through_is_told_in_the_states_it_had(scene):
    call = scene.call()
    one = scene.joined("listen", call)
    scene.request("DELETE", f"/supervisions/{one['id']}")
    scene.reaches(one["id"], "ended")
    told = {
        kind: [event["data"]["state"] for event in scene.told(kind, lambda data: data.get("id") == one["id"])]
        for kind in TYPES
    }
    assert {kind: states for kind, states in told.items() if states} == {
        "Supervision Started": ["dialing"],
        "Supervision Joined": ["joined"],
        "Supervision Ended": ["ended"],
    }


def test_the_correlation_id_stands_in_the_answer_the_event_and_the_log(scene):
    call, phone = scene.call(), scene.phone()
    answer = scene.request(
        "POST", f"/calls/{call}/whisper", json={"to": phone}, headers={"X-Correlation-Id": "ticket-4711"}
    )
    assert answer.headers["X-Correlation-Id"] == "ticket-4711"
    scene.floor.answer(call, phone)
    one = scene.reaches(answer.json()["id"], "joined")
    for kind in ("Supervision Started", "Supervision Joined"):
        [event] = scene.told(kind, lambda data: data["id"] == one["id"])
        assert event["metadata"]["correlationId"] == "ticket-4711"
        assert event["metadata"]["requestedBy"] == one["requestedBy"] == "supervisor"
    refused = scene.ask("whisper", scene.call(proof=None), phone)
    given = refused.headers["X-Correlation-Id"]
    assert given
    assert lines(scene, given, "Whisper"), "the refusal is not in the log under its id"


def test_a_requests_own_id_is_its_correlation_id(scene):
    call = scene.call(proof=None)
    scene.put({"action": "whisper", "confId": call, "to": scene.phone(), "requestId": "request-4712"})
    [event] = wait_until(
        lambda: scene.told("Supervision Failed", lambda data: data["request"].get("confId") == call), what="refusal"
    )
    assert event["metadata"]["correlationId"] == "request-4712"
    assert lines(scene, "request-4712", "Whisper")


def lines(scene, correlation_id, function):
    """What this function logged under the correlation id."""
    written = [line for name, line in scene.system.logs_by_function if name == function and correlation_id in line]
    return [line for line in map(json.loads, written) if line.get("correlation_id") == correlation_id]
