"""The supervisions in the table: the one under way for a phone and a call, and the record of each.

Two items each. `OPEN` items are one partition, read whole and strongly consistent on every fresh reading of the floor;
their key, call and phone, is what lets a phone be asked into a call only once. The record is kept for the audit, and
found by call, by client and by time. Where the request had a name, an `ASKED` item leads from that to the supervision:
all of it is written before the dial is sent, so that nobody is dialled again for a function that died in between.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from supervision.base import aws
from supervision.rules.legs import plain
from supervision.rules.supervision import Supervision
from supervision.table.outbox import Event, Outbox
from supervision.table.transactions import written

OPEN = "OPEN"
RECORD = "SUPERVISION#"
ASKED = "ASKED"
ASKED_SECONDS = 24 * 3600
LONGEST_ID = 255


class PhoneTaken(Exception):
    """A supervision of this phone is under way for this call already."""


class Supervisions:
    """The records. What changes one is conditional on nobody having changed it since it was read."""

    def __init__(self, table: str, audit_days: int, outbox: Outbox) -> None:
        self._table = table
        self._audit_days = audit_days
        self._outbox = outbox

    def begin(self, supervision: Supervision) -> None:
        """Records a supervision before its dial is sent. Raises PhoneTaken; then nothing was recorded."""
        if not self._write(supervision, "attribute_not_exists(pk)", ()):
            raise PhoneTaken

    def save(self, supervision: Supervision, tell: Sequence[Event] = ()) -> Supervision | None:
        """Records what changed, together with the events that tell of it, and sends those.

        None where somebody else changed the record meanwhile; then nothing was recorded, and nothing told.
        """
        saved = supervision.replace(version=supervision.version + 1)
        if not self._write(saved, "id = :id AND version = :version", tell):
            return None
        self._outbox.tell(tell)
        return saved

    def asked(self, client: str, key: str) -> Supervision | None:
        """The supervision that was last begun for the request that `client` named `key`."""
        answer = aws.client("dynamodb").get_item(
            TableName=self._table, Key=_asked_key(client, key), ConsistentRead=True
        )
        return self.get(answer["Item"]["id"]["S"]) if "Item" in answer else None

    def get(self, id_: str) -> Supervision | None:
        """The supervision of this id."""
        if len(id_) > LONGEST_ID:
            return None
        answer = aws.client("dynamodb").get_item(
            TableName=self._table, Key={"pk": {"S": RECORD + id_}, "sk": {"S": "RECORD"}}, ConsistentRead=True
        )
        return read_item(answer["Item"]) if "Item" in answer else None

    def open(self, conf_id: str | None = None) -> list[Supervision]:
        """Those under way, on one call or on all; strongly consistent."""
        condition, values = "pk = :open", {":open": {"S": OPEN}}
        if conf_id is not None:
            condition += " AND begins_with(sk, :call)"
            values[":call"] = {"S": f"{conf_id}#"}
        pages = (
            aws.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self._table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ConsistentRead=True,
            )
        )
        found = [read_item(item) for page in pages for item in page["Items"]]
        return [one for one in found if conf_id in (None, one.confId)]

    def _write(self, supervision: Supervision, condition: str, tell: Sequence[Event]) -> bool:
        open_key = {"pk": {"S": OPEN}, "sk": {"S": f"{supervision.confId}#{plain(supervision.to)}"}}
        body = {
            "id": {"S": supervision.id},
            "version": {"N": str(supervision.version)},
            "data": {"S": json.dumps(supervision.to_record())},
        }
        guard: dict[str, Any] = {"ConditionExpression": condition}
        if ":id" in condition:
            before = supervision.version - 1
            guard["ExpressionAttributeValues"] = {":id": {"S": supervision.id}, ":version": {"N": str(before)}}
        items: list[Any]
        if supervision.under_way:
            items = [{"Put": {"TableName": self._table, "Item": {**open_key, **body}, **guard}}]
        else:
            items = [{"Delete": {"TableName": self._table, "Key": open_key, **guard}}]
        items.append({"Put": {"TableName": self._table, "Item": {**self._record_keys(supervision), **body}}})
        if supervision.key is not None and supervision.version == 0:
            until = {"expiration": {"N": str(supervision.requestedAt // 1000 + ASKED_SECONDS)}}
            asked = {**_asked_key(supervision.requestedBy, supervision.key), "id": {"S": supervision.id}, **until}
            items.append({"Put": {"TableName": self._table, "Item": asked}})
        return written([*items, *self._outbox.puts(tell)])

    def _record_keys(self, supervision: Supervision) -> dict[str, Any]:
        until = supervision.requestedAt // 1000 + self._audit_days * 24 * 3600
        return {
            "pk": {"S": RECORD + supervision.id},
            "sk": {"S": "RECORD"},
            "kind": {"S": "supervision"},
            "confId": {"S": supervision.confId},
            "requestedBy": {"S": supervision.requestedBy},
            "requestedAt": {"N": str(supervision.requestedAt)},
            "state": {"S": supervision.state},
            "expiration": {"N": str(until)},
        }


def _asked_key(client: str, key: str) -> dict[str, Any]:
    return {"pk": {"S": ASKED}, "sk": {"S": sha256(f"{client}\n{key}".encode()).hexdigest()}}


def read_item(item: dict[str, Any]) -> Supervision:
    """The supervision that an item of the table holds."""
    return Supervision.from_record(json.loads(item["data"]["S"]))
