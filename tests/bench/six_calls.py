"""The six calls of AWS that a warm whisper makes one after another, by botocore alone: in less it cannot be done."""

from collections.abc import Callable
from itertools import count
from typing import Any

import botocore.session

from tests.harness.cloudformation import REGION
from tests.harness.system import System

DATA = "x" * 900  # bytes: a supervision's record
NOBODY_YET = "attribute_not_exists(pk)"


def six_calls(system: System) -> Callable[[], None]:
    """What makes them once, as large as a whisper's, against the same stand-in over connections that are kept open."""
    session: Any = botocore.session.get_session()
    where = {"region_name": REGION, "endpoint_url": system.aws_url}
    who = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    dynamodb, events = (session.create_client(service, **where, **who) for service in ("dynamodb", "events"))
    [table] = system.template.resources("AWS::DynamoDB::Table")
    numbers = count()

    def counted(key: dict[str, Any]) -> dict[str, Any]:
        return {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "ADD #count :one",
            "ConditionExpression": "attribute_not_exists(#count) OR #count < :most",
            "ExpressionAttributeNames": {"#count": "count"},
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":most": {"N": "1000000"}},
        }

    def put(key: dict[str, Any]) -> dict[str, Any]:
        item = {**key, "id": {"S": "id"}, "version": {"N": "1"}, "data": {"S": DATA}}
        return {"TableName": table, "Item": item}

    def make() -> None:
        number = next(numbers)
        minute, open_, record, event = (
            {"pk": {"S": f"BENCH-{name}"}, "sk": {"S": f"{number}"}} for name in ("MINUTE", "OPEN", "RECORD", "OUTBOX")
        )
        dynamodb.update_item(**counted({**minute, "sk": {"S": "reads"}}))
        dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "OPEN"}},
            ConsistentRead=True,
        )
        begun = [
            {"Put": {**put(open_), "ConditionExpression": NOBODY_YET}},
            {"Put": put(record)},
            {"Update": counted({**minute, "sk": {"S": "dials"}})},
        ]
        dynamodb.transact_write_items(TransactItems=begun)
        same = {
            "ConditionExpression": "id = :id AND version = :version",
            "ExpressionAttributeValues": {":id": {"S": "id"}, ":version": {"N": "1"}},
        }
        recorded = [{"Put": {**put(open_), **same}}, {"Put": put(record)}, {"Put": put(event)}]
        dynamodb.transact_write_items(TransactItems=recorded)
        entry = {"EventBusName": "supervision", "Source": "bench", "DetailType": "Bench", "Detail": f'{{"a":"{DATA}"}}'}
        events.put_events(Entries=[entry])
        dynamodb.delete_item(TableName=table, Key=event)

    return make
