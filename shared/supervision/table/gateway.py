"""The one module that knows how DynamoDB writes an item: its types, its conditions, its pages and its transactions.

To all others an item is a plain dictionary (`items`), and a write a value (`writes`).
"""

import random
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from supervision.base import aws
from supervision.table.items import Item, Key, Value
from supervision.table.writes import Change, Check, Delete, Put, Write, Written

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

TRANSACTION_ATTEMPTS = 6
BATCH_ATTEMPTS = 6
ITEMS_A_WRITE = 25
ITEMS_A_READ = 40  # of at most 400 KB: 16 MB an answer


class Gateway:
    """One table. Every method raises botocore's errors, but for a condition that does not hold."""

    def __init__(self, table: str) -> None:
        self.table = table

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        """The item of this key, if there is one."""
        answer = _client().get_item(TableName=self.table, Key=to_attributes(key._asdict()), ConsistentRead=consistent)
        return from_attributes(answer["Item"]) if "Item" in answer else None

    def write(self, write: Write) -> Written:
        """Makes one write, if its condition holds."""
        client = _client()
        request: Any = {**self._request(write), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        try:
            match write:
                case Put():
                    client.put_item(**request)
                    return Written(True, write.item)
                case Change():
                    answer = client.update_item(**request, ReturnValues="ALL_NEW")
                    return Written(True, from_attributes(answer["Attributes"]))
                case Delete():
                    client.delete_item(**request)
                    return Written(True, {})
                case Check():
                    raise TypeError("a check is of a transaction")
        except client.exceptions.ConditionalCheckFailedException as lost:
            answered: Mapping[str, Any] = lost.response
            return Written(False, from_attributes(answered.get("Item", {})))

    def write_together(self, writes: Sequence[Write]) -> int | None:
        """Makes all of `writes`, or none; the number of the first whose condition did not hold, None where all did.

        A transaction that merely met another one, or a busy table, is made again.
        """
        from botocore.exceptions import ClientError

        if len(writes) == 1:
            return None if self.write(writes[0]).done else 0
        items = [self._in_transaction(write) for write in writes]
        for attempt in range(1, TRANSACTION_ATTEMPTS + 1):
            try:
                _client().transact_write_items(TransactItems=items)
            except ClientError as error:
                if error.response["Error"]["Code"] != "TransactionCanceledException":
                    raise
                reasons: Any = error.response.get("CancellationReasons", [])
                for number, reason in enumerate(reasons):
                    if reason.get("Code") == "ConditionalCheckFailed":
                        return number
                if attempt == TRANSACTION_ATTEMPTS:
                    raise
                time.sleep(0.02 * 2**attempt * (0.5 + random.random()))  # noqa: S311 - jitter, no secret
            else:
                return None
        raise AssertionError("the last attempt raises or returns")

    def first(self, pk: str, limit: int) -> list[Item]:
        """The first items of a partition by their `sk`, `limit` at most, strongly consistent."""
        answer = _client().query(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_attributes({":pk": pk}),
            ConsistentRead=True,
            Limit=limit,
        )
        return [from_attributes(item) for item in answer["Items"]]

    def partition(self, pk: str, begins: str = "") -> list[Item]:
        """Every item of a partition, strongly consistent: those whose `sk` begins so."""
        condition, values = "pk = :pk", {":pk": pk}
        if begins:
            condition += " AND begins_with(sk, :begins)"
            values[":begins"] = begins
        pages = (
            _client()
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=to_attributes(values),
                ConsistentRead=True,
            )
        )
        return [from_attributes(item) for page in pages for item in page["Items"]]

    def page(
        self,
        index: str,
        key: tuple[str, Value],
        *,
        between: tuple[str, int, int],
        equal: Mapping[str, Value],
        limit: int,
        after: Item | None,
    ) -> tuple[list[Item], Item | None]:
        """One page of an index, the highest first: its items, and where the next page begins.

        `between` are the index's range key, and the lowest and the highest value of it. The items' attributes equal
        `equal` besides: of `limit` that are read, the others are left out.
        """
        by, lowest, highest = between
        named = {key[0]: key[1], **equal}
        values: Item = {":lowest": lowest, ":highest": highest}
        values |= {f":{name}": value for name, value in named.items()}
        request: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": index,
            "KeyConditionExpression": f"#{key[0]} = :{key[0]} AND #{by} BETWEEN :lowest AND :highest",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*named, by)},
            "ExpressionAttributeValues": to_attributes(values),
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if equal:
            request["FilterExpression"] = " AND ".join(f"#{name} = :{name}" for name in equal)
        if after is not None:
            request["ExclusiveStartKey"] = to_attributes(after)
        answer = _client().query(**request)
        last = answer.get("LastEvaluatedKey")
        return [from_attributes(item) for item in answer["Items"]], from_attributes(last) if last else None

    def put_many(self, items: Iterable[Item]) -> None:
        """Writes many items, in no order and not together. Raises TimeoutError where the table does not take them."""
        left: list[Any] = [{"PutRequest": {"Item": to_attributes(item)}} for item in items]
        for attempt in range(BATCH_ATTEMPTS * (1 + len(left) // ITEMS_A_WRITE)):
            batch, left = left[:ITEMS_A_WRITE], left[ITEMS_A_WRITE:]
            answer = _client().batch_write_item(RequestItems={self.table: batch})
            refused = answer.get("UnprocessedItems", {}).get(self.table, [])
            left += refused
            if not left:
                return
            if refused:
                time.sleep(min(0.05 * 2**attempt, 1.0))
        raise TimeoutError("DynamoDB did not take every item")

    def get_many(self, keys: Sequence[Key], *, consistent: bool) -> list[Item]:
        """Those of many items that are there, in no order. Raises TimeoutError where the table does not answer."""
        found = []
        left: list[Any] = [to_attributes(key._asdict()) for key in keys]
        for attempt in range(BATCH_ATTEMPTS * (1 + len(keys) // ITEMS_A_READ)):
            batch, left = left[:ITEMS_A_READ], left[ITEMS_A_READ:]
            answer = _client().batch_get_item(RequestItems={self.table: {"Keys": batch, "ConsistentRead": consistent}})
            found += [from_attributes(item) for item in answer["Responses"].get(self.table, [])]
            unread = answer.get("UnprocessedKeys", {})
            refused = unread[self.table]["Keys"] if self.table in unread else []
            left += refused
            if not left:
                return found
            if refused:
                time.sleep(min(0.05 * 2**attempt, 1.0))
        raise TimeoutError("DynamoDB did not answer for every item")

    def _in_transaction(self, write: Write) -> "TransactWriteItemTypeDef":
        kind = {Put: "Put", Change: "Update", Delete: "Delete", Check: "ConditionCheck"}[type(write)]
        return {kind: self._request(write)}  # type: ignore[misc]  # one of the four

    def _request(self, write: Write) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self.table}
        values: dict[str, Value] = dict(write.when.values) if write.when else {}
        expressions = [write.when.condition] if write.when else []
        match write:
            case Put():
                request["Item"] = to_attributes(write.item)
            case Change():
                request |= {"Key": to_attributes(write.key._asdict()), "UpdateExpression": write.expression}
                expressions.append(write.expression)
                values |= write.values
            case Delete() | Check():
                request["Key"] = to_attributes(write.key._asdict())
        if write.when:
            request["ConditionExpression"] = write.when.condition
        if values:
            request["ExpressionAttributeValues"] = to_attributes(values)
        if names := {name for expression in expressions for name in re.findall(r"#(\w+)", expression)}:
            request["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
        return request


def to_attributes(item: Mapping[str, Value]) -> dict[str, Any]:
    """An item as DynamoDB writes it: `{"state": {"S": "joined"}, "version": {"N": "3"}}`."""
    return {name: _to_attribute(value) for name, value in item.items()}


def from_attributes(attributes: Mapping[str, Any]) -> Item:
    """An item as DynamoDB writes it, as a plain dictionary. An attribute of a type that is not ours is left out."""
    item: Item = {}
    for name, attribute in attributes.items():
        [(kind, value)] = attribute.items()
        if kind in ("S", "BOOL", "B"):
            item[name] = value
        elif kind == "N" and value.lstrip("-").isdecimal():
            item[name] = int(value)
    return item


def _to_attribute(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case bytes():
            return {"B": value}


def _client() -> "DynamoDBClient":
    return aws.client("dynamodb")
