"""moto, with the same answers in a third of the time.

Of a request to the table moto spends most on what it works out anew for each: under which of ten names an attribute
may stand, what the folders beside it are called, what an item weighs after each attribute of it; a transaction copies
the whole table for every write in it, and a query puts all of it in order.
"""

import copy
import threading
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from moto import backends
from moto.core import responses
from moto.core.request import Request
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb import models
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import bytesize
from moto.dynamodb.parsing import expressions
from moto.dynamodb.responses import DynamoHandler

LARGEST_ITEM = 405_000  # bytes, as moto has it: DynamoDB's bound is somewhat below 410 KB

_structure = BaseJSONSerializer._serialize_type_structure
_modules = backends.list_of_moto_modules
_method_names = vars(responses)["method_names_from_class"]
_query = Table.query
_cast_value: Any = vars(DynamoType)["cast_value"].fget
_expressions: Any = vars(expressions)["UpdateExpressionParser"]
_transact = models.DynamoDBBackend.transact_write_items
_copying = threading.Lock()


def quicken() -> None:
    """Have moto in this process keep what it would work out again. To do so twice changes nothing."""
    for where, name, quicker in QUICKER:
        setattr(where, name, quicker)


def straight_to_the_table(app: Any) -> Any:
    """The server `app` of moto, with a way past its web framework for what is asked of the table."""

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB_20120810"):
            return app(environ, start_response)
        request = Request(environ)
        status, headers, body = DynamoHandler.dispatch(request, request.raw_url, dict(request.headers))
        start_response(f"{status} {HTTPStatus(int(status)).phrase}", [(name, str(headers[name])) for name in headers])
        return [body.encode() if isinstance(body, str) else body]

    return serve


def _serialize_structure(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """An attribute of an item as it is, where it is a text, a number or a flag; all else as moto does."""
    if shape.name == "AttributeValue" and key and isinstance(value, dict) and len(value) == 1:
        [(kind, content)] = value.items()
        if (kind in ("S", "N") and type(content) is str) or (kind == "BOOL" and type(content) is bool):
            serializer._default_serialize(serialized, {kind: content}, shape, key)
            return
    _structure(serializer, serialized, value, shape, key)


def _make_item(item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    """An item of `attrs`, weighed once. Raises ItemSizeTooLarge where moto's own way does."""
    item.hash_key, item.range_key = hash_key, range_key
    typed = {name: DynamoType(value) for name, value in attrs.items()}
    if sum(bytesize(name) + value.size() for name, value in typed.items()) > LARGEST_ITEM:
        raise ItemSizeTooLarge
    item.attrs = LimitedSizeDict(typed)


def _transact_thriftily(backend: models.DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """A transaction that remembers only what it can change."""
    keys = [_key_of(one) for one in transact_items]
    twins: dict[int, Table] = {}

    def deepcopy(value: Any) -> Any:
        if not isinstance(value, Table):
            return copy.deepcopy(value)
        if id(value) not in twins:
            twins[id(value)] = _twin(value, keys)
        return twins[id(value)]

    with _copying:
        models.copy = SimpleNamespace(deepcopy=deepcopy)  # type: ignore[assignment,attr-defined]
        try:
            _transact(backend, transact_items)
        finally:
            models.copy = copy  # type: ignore[attr-defined]


def _key_of(write: dict[str, Any]) -> dict[str, Any]:
    """The attributes in which the key of the item stands that a write of a transaction names."""
    named = next(iter(write.values()))
    return named.get("Key") or named.get("Item") or {}


def _twin(table: Table, keys: Iterable[dict[str, Any]]) -> Table:
    """A table of both keys that stays as it is while items of `keys` are put, deleted, or changed in their place."""
    twin = copy.copy(table)
    twin.items = copy.copy(table.items)
    for key in keys:
        if not {*table.table_key_attrs} <= {*key}:
            continue  # it is refused, and nothing of it is written
        partition, order = (DynamoType(key[name]) for name in table.table_key_attrs)
        if partition in table.items:
            items = twin.items[partition] = copy.copy(twin.items[partition])
            if order in items:
                items[order] = copy.deepcopy(items[order])
    return twin


def _query_partition(table: Table, hash_key: DynamoType | None, *how: Any, **more: Any) -> Any:
    """Of a query of the table itself, only the partition it is about; moto puts all items of the table in order."""
    index_name = more["index_name"] if "index_name" in more else (*how, *[None] * 7)[6]
    if index_name is None and table.range_key_attr is not None:
        whole, table = table, copy.copy(table)
        table.items = {key: whole.items[key] for key in [hash_key] if key in whole.items}  # type: ignore[assignment]
    return _query(table, hash_key, *how, **more)


def _cast(value: DynamoType) -> Any:
    """What a value is compared by, of a text at once."""
    return value.value if value.type == "S" else _cast_value(value)


QUICKER = (
    (BaseJSONSerializer, "_serialize_type_structure", _serialize_structure),
    (backends, "list_of_moto_modules", cache(lambda: tuple(_modules()))),
    (responses, "method_names_from_class", cache(_method_names)),
    (Item, "__init__", _make_item),
    (DynamoType, "cast_value", property(_cast)),
    (Table, "query", _query_partition),
    (models.DynamoDBBackend, "transact_write_items", _transact_thriftily),
    # What is parsed is copied before it is worked on, so one parsed expression serves all.
    (_expressions, "make", cache(_expressions.make)),
)
"""Of moto, what, and what stands in its place."""
