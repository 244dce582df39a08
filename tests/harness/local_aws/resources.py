"""What of the template is made in the local AWS: table, bus, secrets, queues."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.harness.template import Template

_TABLE = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "ProvisionedThroughput",
    "StreamSpecification",
)

type Call = tuple[str, str, dict[str, Any]]
"""A service, one of its operations as botocore names it, and the parameters."""


def calls(template: Template, secrets: Mapping[str, str]) -> Iterator[Call]:
    """The calls that make the template's resources; `secrets` are values by the secret's name."""
    for name, table in template.resources("AWS::DynamoDB::Table").items():
        definition = {key: table[key] for key in _TABLE if key in table}
        yield "dynamodb", "CreateTable", {"TableName": name, **definition}
        if ttl := table.get("TimeToLiveSpecification"):
            yield "dynamodb", "UpdateTimeToLive", {"TableName": name, "TimeToLiveSpecification": ttl}
    for name in template.resources("AWS::Events::EventBus"):
        yield "events", "CreateEventBus", {"Name": name}
    for name, secret in template.resources("AWS::SecretsManager::Secret").items():
        value = secrets.get(name, secret.get("SecretString", "generated"))
        yield "secretsmanager", "CreateSecret", {"Name": name, "SecretString": value}
    queues = template.resources("AWS::SQS::Queue")
    # A queue that others redrive to comes first.
    for name, queue in sorted(queues.items(), key=lambda one: "RedrivePolicy" in one[1]):
        attributes: dict[str, str] = {
            key: queue[key] if isinstance(queue[key], str) else json.dumps(queue[key])
            for key in ("VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy", "FifoQueue")
            if key in queue
        }
        # SQS delays by whole seconds; who hands the messages over waits for the rest.
        attributes["DelaySeconds"] = str(int(float(queue.get("DelaySeconds", 0))))
        yield "sqs", "CreateQueue", {"QueueName": name, "Attributes": attributes}
