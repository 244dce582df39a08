"""A stand-in for botocore's DynamoDB client, over tables in memory: the calls that the layer makes, and no others.

What it answers, and what it raises, is held to moto's by a test. `on_call` is called around each operation: see `Hook`.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.errorfactory import ClientExceptionsFactory

from tests.harness.simulation import expressions
from tests.harness.simulation.expressions import Given, Malformed
from tests.harness.simulation.table import LARGEST_PAGE, Key, Table
from tests.harness.simulation.values import LARGEST_ITEM, Item, plain, size_of, twin

LARGEST_TRANSACTION = 4 * 1024 * 1024
TRANSACTION_ITEMS, BATCH_WRITES, BATCH_READS = 100, 25, 100

# Does an operation, which it is given with the operation's name, and gives what that gives. It may raise before or
# after, do it twice as botocore does after a lost answer, and say how far behind an unsteady reading may be.
Hook = Callable[[str, Callable[[int], dict[str, Any]]], dict[str, Any]]


def straight(_operation: str, do: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """The hook that does nothing besides."""
    return do(0)


@cache
def exceptions() -> Any:
    """The exceptions that botocore makes for DynamoDB."""
    model = botocore.session.get_session().get_service_model("dynamodb")
    return ClientExceptionsFactory().create_client_exceptions(model)


def error(code: str, message: str, operation: str, **more: Any) -> Exception:
    """What botocore raises for an error that DynamoDB answers."""
    status = 500 if code == "InternalServerError" else 400
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0},
        **more,
    }
    return exceptions().from_code(code)(response, operation)  # type: ignore[no-any-return]


class DynamoDB:
    """The client."""

    def __init__(self, *tables: Table, hook: Hook = straight) -> None:
        self.tables = {table.name: table for table in tables}
        self.hook = hook

    @property
    def exceptions(self) -> Any:
        """Its exceptions by name."""
        return exceptions()

    def get_item(self, **asked: Any) -> dict[str, Any]:
        """One item, if it is there."""
        table = self._table(asked["TableName"], "GetItem")

        def do(lag_ms: int) -> dict[str, Any]:
            item = table.get(_key(table, asked["Key"], "GetItem"), lag_ms=0 if asked.get("ConsistentRead") else lag_ms)
            return {"Item": twin(item)} if item is not None else {}

        return self.hook("GetItem", do)

    def put_item(self, **asked: Any) -> dict[str, Any]:
        """Writes one item whole."""
        return self._write("PutItem", {"Put": asked})

    def update_item(self, **asked: Any) -> dict[str, Any]:
        """Changes one item, or makes it."""
        return self._write("UpdateItem", {"Update": asked})

    def delete_item(self, **asked: Any) -> dict[str, Any]:
        """Deletes one item, if it is there."""
        return self._write("DeleteItem", {"Delete": asked})

    def transact_write_items(self, **asked: Any) -> dict[str, Any]:
        """Several writes, all or none. Done again with the same token, as botocore does, it is done once."""
        wanted = [_twin(one) for one in asked["TransactItems"]]
        done: list[bool] = []

        def do(_: int) -> dict[str, Any]:
            if not done:
                self._transact(wanted)
                done.append(True)
            return {}

        return self.hook("TransactWriteItems", do)

    def query(self, **asked: Any) -> dict[str, Any]:
        """A page of a partition, of the table or of an index."""
        table = self._table(asked["TableName"], "Query")
        consistent = asked.get("ConsistentRead", False) and "IndexName" not in asked
        return self.hook("Query", lambda lag_ms: self._page(table, asked, 0 if consistent else lag_ms))

    def get_paginator(self, operation: str) -> "Pages":
        """Every page of a `query`."""
        assert operation == "query"
        return Pages(self)

    def batch_get_item(self, **asked: Any) -> dict[str, Any]:
        """Items by their keys."""

        def do(lag_ms: int) -> dict[str, Any]:
            found = {name: self._batch(name, keys, lag_ms) for name, keys in asked["RequestItems"].items()}
            return {"Responses": found, "UnprocessedKeys": {}}

        return self.hook("BatchGetItem", do)

    def batch_write_item(self, **asked: Any) -> dict[str, Any]:
        """Puts and deletes, each by itself."""
        wanted = [(name, one) for name, requests in asked["RequestItems"].items() for one in requests]
        if not 0 < len(wanted) <= BATCH_WRITES:
            raise error("ValidationException", f"1 to {BATCH_WRITES} requests", "BatchWriteItem")
        writes = [
            {"Put": {"TableName": name, "Item": twin(one["PutRequest"]["Item"])}}
            if "PutRequest" in one
            else {"Delete": {"TableName": name, "Key": twin(one["DeleteRequest"]["Key"])}}
            for name, one in wanted
        ]

        def do(_: int) -> dict[str, Any]:
            places = [self._place(one, "BatchWriteItem") for one in writes]
            if len(set(places)) != len(places):
                raise error("ValidationException", "the same key twice", "BatchWriteItem")
            for write in writes:
                self._apply("BatchWriteItem", write)
            return {"UnprocessedItems": {}}

        return self.hook("BatchWriteItem", do)

    def _table(self, name: str, operation: str) -> Table:
        if name not in self.tables:
            raise error("ResourceNotFoundException", "Requested resource not found", operation)
        return self.tables[name]

    def _batch(self, name: str, asked: Mapping[str, Any], lag_ms: int) -> list[Item]:
        table = self._table(name, "BatchGetItem")
        keys = [_key(table, key, "BatchGetItem") for key in asked["Keys"]]
        if not 0 < len(keys) <= BATCH_READS or len(set(keys)) != len(keys):
            raise error("ValidationException", f"1 to {BATCH_READS} keys, each once", "BatchGetItem")
        lag_ms = 0 if asked.get("ConsistentRead", False) else lag_ms
        return [twin(item) for key in keys if (item := table.get(key, lag_ms=lag_ms)) is not None]

    def _page(self, table: Table, asked: Mapping[str, Any], lag_ms: int) -> dict[str, Any]:
        given, index = _given(asked), asked.get("IndexName")
        names = table.indexes[index] if index else table.keys
        with _said("Query"):
            hash_value = expressions.hash_value(asked["KeyConditionExpression"], names.partition, given)
            wanted = expressions.condition(asked["KeyConditionExpression"])
            shown = expressions.condition(asked["FilterExpression"]) if "FilterExpression" in asked else None
            items = [item for item in table.partition(hash_value, index, lag_ms=lag_ms) if wanted(item, given)]
        places = [(names.of_item(item), table.key_of(item)) for item in items]
        if not asked.get("ScanIndexForward", True):
            items, places = items[::-1], places[::-1]
        start = asked.get("ExclusiveStartKey")
        if start is not None:
            place = (names.of_item(start), table.key_of(start))
            forward = asked.get("ScanIndexForward", True)
            rest = (n for n, one in enumerate(places) if (one > place if forward else one < place))
            items = items[next(rest, len(places)) :]
        found, last = _first(items, asked.get("Limit"))
        answer = {"Items": [twin(item) for item in found if shown is None or shown(item, given)]}
        page: dict[str, Any] = {**answer, "Count": len(answer["Items"]), "ScannedCount": len(found)}
        if last is not None:
            page["LastEvaluatedKey"] = {name: dict(last[name]) for name in {*table.keys, *names}}
        return page

    def _write(self, operation: str, write: Mapping[str, Any]) -> dict[str, Any]:
        write = _twin(write)
        return self.hook(operation, lambda _: self._apply(operation, write))

    def _place(self, write: Mapping[str, Any], operation: str) -> tuple[str, Key]:
        [body] = write.values()
        table = self._table(body["TableName"], operation)
        return table.name, _key(table, body.get("Key") or body["Item"], operation)

    def _apply(self, operation: str, write: Mapping[str, Any]) -> dict[str, Any]:
        [(kind, body)] = write.items()
        name, key = self._place(write, operation)
        table = self.tables[name]
        before = table.get(key)
        if not self._holds(body, before, operation):
            more = {}
            if body.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and before is not None:
                more = {"Item": twin(before)}
            message = "The conditional request failed"
            raise error("ConditionalCheckFailedException", message, operation, **more)
        after = self._after(kind, body, before, operation)
        table.put(key, after)
        returned = {"ALL_OLD": before, "ALL_NEW": after}.get(body.get("ReturnValues", "NONE"))
        return {"Attributes": twin(returned)} if returned else {}

    def _holds(self, body: Mapping[str, Any], item: Item | None, operation: str) -> bool:
        if "ConditionExpression" not in body:
            return True
        with _said(operation):
            return expressions.condition(body["ConditionExpression"])(item or {}, _given(body))

    def _after(self, kind: str, body: Mapping[str, Any], before: Item | None, operation: str) -> Item | None:
        match kind:
            case "Put":
                after: Item = body["Item"]
            case "Update":
                with _said(operation):
                    changed = expressions.update(body["UpdateExpression"])
                    after = changed({**(before or {}), **body["Key"]}, _given(body))
            case "Delete":
                return None
            case _:
                return before
        if size_of(after) > LARGEST_ITEM:
            raise error("ValidationException", "Item size has exceeded the maximum allowed size", operation)
        return twin(after)

    def _transact(self, writes: list[Any]) -> None:
        operation = "TransactWriteItems"
        places = [self._place(one, operation) for one in writes]
        bodies = [next(iter(one.values())) for one in writes]
        if not 0 < len(writes) <= TRANSACTION_ITEMS:
            raise error("ValidationException", f"1 to {TRANSACTION_ITEMS} items", operation)
        if len(set(places)) != len(places):
            message = "Transaction request cannot include multiple operations on one item"
            raise error("ValidationException", message, operation)
        if sum(size_of(body.get("Item") or body["Key"]) for body in bodies) > LARGEST_TRANSACTION:
            raise error("ValidationException", "Collection of the items exceeds 4 MB", operation)
        befores = [self.tables[name].get(key) for name, key in places]
        reasons = [
            {"Code": "None"}
            if self._holds(body, before, operation)
            else {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
            for body, before in zip(bodies, befores, strict=True)
        ]
        if any(reason["Code"] != "None" for reason in reasons):
            codes = ", ".join(reason["Code"] for reason in reasons)
            message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
            raise error("TransactionCanceledException", message, operation, CancellationReasons=reasons)
        afters = [
            self._after(next(iter(one)), body, before, operation)
            for one, body, before in zip(writes, bodies, befores, strict=True)
        ]
        for one, (name, key), after in zip(writes, places, afters, strict=True):
            if "ConditionCheck" not in one:
                self.tables[name].put(key, after)


class Pages:
    """The pages of a query, one after the other."""

    def __init__(self, client: DynamoDB) -> None:
        self._client = client

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """Each page as `query` answers it."""
        while True:
            page = self._client.query(**asked)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _twin(write: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of one write."""
    [(kind, body)] = write.items()
    return {kind: {name: twin(value) if name in ("Item", "Key") else value for name, value in body.items()}}


def _first(items: list[Item], limit: int | None) -> tuple[list[Item], Item | None]:
    """The items of one page, and the last of them where the page is full, whether or not more follow."""
    size = 0
    for number, item in enumerate(items):
        size += size_of(item)
        if number == limit or size > LARGEST_PAGE:
            return items[:number], items[number - 1]
    return items, items[-1] if len(items) == limit else None


def _given(asked: Mapping[str, Any]) -> Given:
    return Given(asked.get("ExpressionAttributeNames") or {}, asked.get("ExpressionAttributeValues") or {})


def _key(table: Table, key: Mapping[str, Any], operation: str) -> Key:
    try:
        found = table.key_of(key)
    except KeyError:
        raise error("ValidationException", "The provided key element does not match the schema", operation) from None
    if any(plain(key[name])[1] == "" for name in table.keys):
        raise error("ValidationException", "A key is empty", operation)
    return found


@contextlib.contextmanager
def _said(operation: str) -> Iterator[None]:
    try:
        yield
    except Malformed as wrong:
        raise error("ValidationException", str(wrong), operation) from None
