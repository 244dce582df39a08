import json
from itertools import pairwise

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client

from tests.harness.local_aws import quicker
from tests.harness.local_aws.permissions import signed

# As moto has them: read before any test has made it quicker.
OWN = [(where, name, vars(where)[name]) for where, name, _ in quicker.QUICKER]
KEY = {"pk": {"S": "a"}, "sk": {"S": "1"}}
ITEM = {
    **KEY,
    "text": {"S": "ä € 𝄞"},
    "blank": {"S": ""},
    "number": {"N": "-12.5"},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "nothing": {"NULL": True},
    "bytes": {"B": b"\x00\xff"},
    "texts": {"SS": ["a", "b"]},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}, {"M": {}}]},
    "map": {"M": {"a": {"S": "b"}, "S": {"M": {"N": {"N": "1"}}}, "c": {"BOOL": False}}},
}
PARTITION = {"KeyConditionExpression": "pk = :pk"}
UPDATE = {
    "UpdateExpression": "SET #text = :a, version = if_not_exists(version, :n) + :n REMOVE blank",
    "ConditionExpression": "attribute_not_exists(#absent) AND #text <> :a",
    "ExpressionAttributeNames": {"#text": "text", "#absent": "absent"},
    "ExpressionAttributeValues": {":a": {"S": "a"}, ":n": {"N": "1"}},
    "ReturnValues": "ALL_NEW",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


def transactions():
    """Some that fail, and the same ones that hold; what is in the table after each."""
    put = {"Put": {"TableName": "t", "Item": {**KEY, "text": {"S": "put"}}}}
    put_new = {"Put": {"TableName": "t", "Item": {**KEY, "sk": {"S": "7"}}}}
    put_nowhere = {"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}}}}
    delete = {"Delete": {"TableName": "t", "Key": KEY}}
    values = {"UpdateExpression": "SET x = :x", "ExpressionAttributeValues": {":x": {"N": "1"}}}
    update = {"Update": {"TableName": "t", "Key": KEY, **values}}
    update_new = {"Update": {"TableName": "t", "Key": {**KEY, "pk": {"S": "b"}}, **values}}
    nobody = {**KEY, "sk": {"S": "8"}}
    fails = {"ConditionCheck": {"TableName": "t", "Key": nobody, "ConditionExpression": "attribute_exists(pk)"}}
    each = [[put], [put_new], [update], [put_new, update], [put, put], [put_nowhere], [update_new], [delete], [delete]]
    for writes in each:
        for together in ([*writes, fails], writes):
            yield "transact_write_items", {"TransactItems": together}
            yield "scan", {}


def queries():
    """Of items of two partitions, with and without an index, page by page, and of nothing."""
    for partition in ("c", "d"):
        for number in (3, 1, 2):
            item = {"pk": {"S": partition}, "sk": {"S": f"{number}"}, "of": {"S": "e"}, "n": {"N": f"{number}"}}
            yield "put_item", {"Item": item}
    begins = {"KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)"}
    for name in ("c", "nobody"):
        of = {":pk": {"S": name}}
        yield "query", {**PARTITION, "ExpressionAttributeValues": of}
        yield "query", {**PARTITION, "ExpressionAttributeValues": of, "ScanIndexForward": False, "Limit": 2}
        yield "query", {**begins, "ExpressionAttributeValues": {**of, ":sk": {"S": "1"}}}
    start = {"pk": {"S": "c"}, "sk": {"S": "2"}}
    yield "query", {**PARTITION, "ExpressionAttributeValues": {":pk": {"S": "c"}}, "ExclusiveStartKey": start}
    index = {"IndexName": "by-of", "KeyConditionExpression": "#of = :of AND n BETWEEN :one AND :two"}
    values = {":of": {"S": "e"}, ":one": {"N": "1"}, ":two": {"N": "2"}}
    yield "query", {**index, "ExpressionAttributeNames": {"#of": "of"}, "ExpressionAttributeValues": values}


REQUESTS = [
    ("put_item", {"Item": ITEM}),
    ("get_item", {"Key": KEY}),
    ("get_item", {"Key": {**KEY, "sk": {"S": "2"}}}),
    ("update_item", {"Key": KEY, **UPDATE}),
    ("update_item", {"Key": KEY, **UPDATE}),  # the condition does not hold
    ("update_item", {"Key": {**KEY, "sk": {"S": "3"}}, **UPDATE}),
    ("update_item", {"Key": KEY, "UpdateExpression": "SET = x"}),
    ("query", {**PARTITION, "ExpressionAttributeValues": {":pk": {"S": "a"}}}),
    ("scan", {}),
    *queries(),
    ("put_item", {"Item": {**KEY, "sk": {"S": "4"}, "bytes": {"B": b"a" * 404_900}}}),
    ("put_item", {"Item": {**KEY, "sk": {"S": "5"}, "bytes": {"B": b"a" * 405_000}}}),
    ("put_item", {"Item": {**KEY, "sk": {"S": "6"}, "text": {"S": "ä" * 202_500}}}),
    ("update_item", {"Key": {**KEY, "sk": {"S": "4"}}, **UPDATE, "ReturnValues": "UPDATED_OLD"}),
    *transactions(),
    ("put_item", {"Item": ITEM}),
    ("delete_item", {"Key": KEY, "ReturnValues": "ALL_OLD"}),
    ("describe_table", {}),
]


@pytest.fixture
def answers(monkeypatch):
    """What is answered to `REQUESTS` where `patches` are made to moto."""

    def ask(patches):
        for where, name, value in patches:
            monkeypatch.setattr(where, name, value)
        with mock_aws():
            client = boto3.client("dynamodb", region_name="us-east-1")
            client.create_table(
                TableName="t",
                BillingMode="PAY_PER_REQUEST",
                KeySchema=keys("pk", "sk"),
                AttributeDefinitions=[
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                    {"AttributeName": "of", "AttributeType": "S"},
                    {"AttributeName": "n", "AttributeType": "N"},
                ],
                GlobalSecondaryIndexes=[
                    {"IndexName": "by-of", "KeySchema": keys("of", "n"), "Projection": {"ProjectionType": "ALL"}}
                ],
            )
            return [answer(client, operation, request) for operation, request in REQUESTS]

    return ask


def keys(partition, order):
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": order, "KeyType": "RANGE"}]


def answer(client, operation, request):
    try:
        table = {} if "TransactItems" in request else {"TableName": "t"}
        answered = getattr(client, operation)(**table, **request)
    except ClientError as error:
        answered = error.response
    headers = answered.pop("ResponseMetadata")["HTTPHeaders"]
    answered.get("Table", {}).pop("CreationDateTime", None)
    answered.get("Table", {}).pop("TableId", None)
    return answered, headers["content-type"]


def test_moto_made_quicker_answers_as_it_did(answers):
    assert [name for (_, name, own), (_, _, quick) in zip(OWN, quicker.QUICKER, strict=True) if own is quick] == []
    own, quick = answers(OWN), answers(quicker.QUICKER)
    for (operation, request), before, after in zip(REQUESTS, own, quick, strict=True):
        assert after == before, (operation, [*request])


def test_the_answers_that_are_compared_are_of_each_kind(answers):
    told = [answered for answered, _ in answers(OWN)]
    assert told[1]["Item"] == ITEM
    codes = [one["Error"]["Code"] for one in told if "Error" in one]
    assert codes[:4] == ["ConditionalCheckFailedException", *["ValidationException"] * 3]
    assert codes.count("TransactionCanceledException") >= 8
    tables = [one["Items"] for one in told if "Items" in one]
    assert len([1 for before, after in pairwise(tables) if before != after]) >= 6


RAW = [
    ("GetItem", json.dumps({"TableName": "t", "Key": KEY})),
    ("GetItem", json.dumps({"TableName": "nowhere", "Key": KEY})),
    ("PutItem", json.dumps({"TableName": "t", "Item": KEY, "ConditionExpression": "attribute_exists(pk)"})),
    ("PutItem", json.dumps({"TableName": "t", "Item": {**KEY, "text": {"S": "ä € 𝄞"}, "bytes": {"B": "AP8="}}})),
    ("Query", json.dumps({"TableName": "t", **PARTITION, "ExpressionAttributeValues": {":pk": {"S": "a"}}})),
]


def test_past_the_framework_the_table_answers_as_through_it(monkeypatch):
    for where, name, value in OWN:
        monkeypatch.setattr(where, name, value)
    app = DomainDispatcherApplication(create_backend_app)
    Client(app).post("/moto-api/reset")
    through, past = (asked(one) for one in (app, quicker.straight_to_the_table(app)))
    assert through == past
    assert [status for status, _, _ in past] == [200, 400, 400, 200, 200]


def asked(app):
    """What is answered to `RAW`: statuses, bodies, and the headers that a client goes by."""
    headers = {"Authorization": signed("dynamodb"), "Content-Type": "application/x-amz-json-1.0"}
    found = []
    table = {
        "TableName": "t",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys("pk", "sk"),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    }
    for operation, body in [("CreateTable", json.dumps(table)), *RAW, ("DeleteTable", json.dumps({"TableName": "t"}))]:
        answered = Client(app).post(
            "/", data=body, headers={**headers, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        )
        kept = {name: answered.headers.get(name) for name in ("Content-Type", "x-amz-crc32", "X-Amzn-Errortype")}
        found.append((answered.status_code, answered.text, kept))
    return found[1:-1]
