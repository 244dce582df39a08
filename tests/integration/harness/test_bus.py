"""From PutEvents to the function, its retries and its dead letters."""

import json

import pytest

from tests.harness.waiting import wait_until


@pytest.fixture
def put(client):
    events = client.aws("events")

    def put(*details, detail_type="Wanted", bus="sample-bus"):
        entries = [
            {"Source": "crm", "DetailType": detail_type, "Detail": json.dumps(one), "EventBusName": bus}
            for one in details
        ]
        assert events.put_events(Entries=entries)["FailedEntryCount"] == 0

    return put


def consumed(system):
    lines = [line for function, line in system.logs_by_function if function == "Consume" and '"consumed"' in line]
    return [json.loads(line)["consumed"] for line in lines]


def test_an_event_reaches_the_function_whose_rule_matches(system, put):
    put({"name": "small", "size": 3}, {"name": "large", "size": 4})
    put({"name": "other type", "size": 9}, detail_type="Unwanted")
    put({"name": "other bus", "size": 9}, bus="default")
    wait_until(lambda: "large" in consumed(system), what="the event at the function")
    system.deliveries.settle()
    assert consumed(system) == ["large"]


def test_a_function_that_keeps_failing_leaves_a_dead_letter(system, client, put):
    put({"name": "bad", "size": 5, "fail": True})
    sqs = client.aws("sqs")
    url = sqs.get_queue_url(QueueName="call-floor-Failed")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    record = json.loads(message["Body"])
    assert record["requestPayload"]["detail"]["name"] == "bad"
    assert record["responsePayload"]["errorMessage"] == "cannot"
    assert consumed(system).count("bad") == 3


def test_deliveries_can_be_held_and_let_go_in_another_order(system, put):
    with system.deliveries.held() as held:
        put({"name": "first", "size": 5}, {"name": "second", "size": 5})
        wait_until(lambda: len(held.deliveries) == 2, what="both deliveries")
    for delivery in reversed(held.deliveries):
        system.deliveries.deliver(delivery)
        system.deliveries.settle()
    assert consumed(system)[-2:] == ["second", "first"]
