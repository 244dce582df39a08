"""The local AWS, by plain boto3."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.system import SCOPES


@pytest.fixture
def table(system):
    return system.template.functions["Echo"].environment["TABLE_NAME"]


def test_the_template_is_in_it(client, system, table):
    described = client.aws("dynamodb").describe_table(TableName=table)["Table"]
    assert described["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    ttl = client.aws("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert ttl["TimeToLiveStatus"] == "ENABLED"
    buses = client.aws("events").list_event_buses()["EventBuses"]
    assert "sample-bus" in [bus["Name"] for bus in buses]
    names = system.template.functions["Echo"].environment
    secrets = client.aws("secretsmanager")
    assert secrets.get_secret_value(SecretId=names["YTEL_TOKEN_SECRET"])["SecretString"] == system.ytel.token
    clients = json.loads(secrets.get_secret_value(SecretId=names["API_CLIENTS_SECRET"])["SecretString"])
    assert clients["supervisor"]["key"] == "local-supervisor-key"
    assert clients["supervisor"]["scopes"] == SCOPES


def test_a_condition_and_its_write_are_one_step(client, table):
    dynamodb = client.aws("dynamodb")
    key = {"pk": {"S": "once"}}

    def take(number):
        try:
            dynamodb.put_item(
                TableName=table,
                Item={**key, "by": {"N": str(number)}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return 0
        return 1

    for _ in range(5):
        with ThreadPoolExecutor(16) as pool:
            assert sum(pool.map(take, range(32))) == 1
        dynamodb.delete_item(TableName=table, Key=key)


def test_all_that_was_put_is_seen_at_once(client, system):
    entry = {"Source": "crm", "DetailType": "Many", "Detail": "{}", "EventBusName": "sample-bus"}
    for times in range(1, 21):
        client.aws("events").put_events(Entries=[entry] * 10)
        assert len([one for one in system.events if one["detail-type"] == "Many"]) == 10 * times


def test_events_put_by_anyone_are_seen_and_malformed_ones_are_not(client, system):
    answer = client.aws("events").put_events(
        Entries=[
            {"Source": "crm", "DetailType": "Seen", "Detail": '{"n": 1}', "EventBusName": "sample-bus"},
            {"Source": "crm", "DetailType": "Seen", "Detail": "{"},
        ]
    )
    assert answer["FailedEntryCount"] == 1
    (event,) = [one for one in system.events if one["detail-type"] == "Seen"]
    assert event["id"] == answer["Entries"][0]["EventId"]
    assert event["detail"] == {"n": 1}
    assert event["source"] == "crm"
    assert event["account"] == "123456789012"


def test_a_queue_of_ones_own_can_be_a_rules_target(client):
    sqs, events = client.aws("sqs"), client.aws("events")
    url = sqs.create_queue(QueueName="watched")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="all", EventBusName="sample-bus", EventPattern='{"source": ["crm"]}')
    events.put_targets(Rule="all", EventBusName="sample-bus", Targets=[{"Id": "q", "Arn": arn}])
    entry = {"Source": "crm", "DetailType": "Queued", "Detail": '{"n": 2}', "EventBusName": "sample-bus"}
    events.put_events(Entries=[entry])
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert json.loads(message["Body"])["detail"] == {"n": 2}
