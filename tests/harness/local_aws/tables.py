"""What moto's tables leave out, and would slow down whatever runs for longer than a test."""

import copy
import time
from types import SimpleNamespace
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models.table import Table

_transact = models.DynamoDBBackend.transact_write_items


def thrifty_transactions() -> None:
    """Have a transaction remember only what it can change: moto copies the whole table for every write in it."""
    models.DynamoDBBackend.transact_write_items = _thriftily  # type: ignore[assignment,method-assign]


def drop_expired(now: float | None = None) -> None:
    """Delete what is past its time to live, as DynamoDB does sooner or later, and moto never."""
    seconds = time.time() if now is None else now
    for account in list(models.dynamodb_backends.values()):
        for backend in list(account.values()):
            for table in list(backend.tables.values()):
                _drop_expired(table, table.ttl.get("AttributeName", ""), seconds)


def _drop_expired(table: Table, name: str, now: float) -> None:
    for item in table.all_items() if name else []:
        expires = item.attrs.get(name)
        if expires is not None and expires.type == "N" and float(expires.value) < now:
            table.delete_item(item.hash_key, item.range_key)


def _thriftily(backend: models.DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    # An update changes an item in place; puts and deletes change only which items there are.
    in_place = any("Update" in one for one in transact_items)
    models.copy = copy if in_place else SimpleNamespace(deepcopy=_twin)  # type: ignore[assignment,attr-defined]
    try:
        _transact(backend, transact_items)
    finally:
        models.copy = copy  # type: ignore[attr-defined]


def _twin(value: Any) -> Any:
    if not isinstance(value, Table):
        return copy.deepcopy(value)
    twin = copy.copy(value)
    twin.items = copy.copy(value.items)
    for key, item in value.items.items():
        twin.items[key] = copy.copy(item) if isinstance(item, dict) else item
    return twin
