"""What moto's tables leave out, and would slow down whatever runs for longer than a test."""

import time

from moto.dynamodb import models
from moto.dynamodb.models.table import Table


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
