import time

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb import models

from tests.harness.local_aws import tables

KEY = {"pk": {"S": "a"}, "sk": {"S": "1"}}


@pytest.fixture
def dynamodb(monkeypatch):
    monkeypatch.setattr(models.DynamoDBBackend, "transact_write_items", tables._transact)
    tables.thrifty_transactions()
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        )
        client.update_time_to_live(
            TableName="t", TimeToLiveSpecification={"AttributeName": "expiration", "Enabled": True}
        )
        client.put_item(TableName="t", Item={**KEY, "n": {"N": "1"}})
        yield client


def put(number, **item):
    return {"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": str(number)}, **item}}}


def everything(client):
    return {item["sk"]["S"]: item.get("n", {}).get("N") for item in client.scan(TableName="t")["Items"]}


FAILS = {
    "ConditionCheck": {
        "TableName": "t",
        "Key": {"pk": {"S": "nobody"}, "sk": {"S": ""}},
        "ConditionExpression": "attribute_exists(pk)",
    }
}
UPDATE = {
    "Update": {
        "TableName": "t",
        "Key": KEY,
        "UpdateExpression": "SET n = :two",
        "ExpressionAttributeValues": {":two": {"N": "2"}},
    }
}


@pytest.mark.parametrize(
    "writes",
    [[put(1, n={"N": "2"})], [put(2)], [{"Delete": {"TableName": "t", "Key": KEY}}], [UPDATE], [put(2), UPDATE]],
    ids=["put over", "put", "delete", "update", "put and update"],
)
def test_of_a_transaction_that_fails_nothing_is_left(dynamodb, writes):
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[*writes, {**FAILS}])
    assert everything(dynamodb) == {"1": "1"}


def test_one_that_holds_is_written(dynamodb):
    dynamodb.transact_write_items(TransactItems=[put(2, n={"N": "5"}), {"Delete": {"TableName": "t", "Key": KEY}}])
    assert everything(dynamodb) == {"2": "5"}


def test_what_is_past_its_time_is_dropped(dynamodb):
    now = int(time.time())
    for number, expires in ((2, now - 1), (3, now + 60)):
        dynamodb.put_item(**put(number, expiration={"N": str(expires)})["Put"])
    tables.drop_expired()
    assert set(everything(dynamodb)) == {"1", "3"}
