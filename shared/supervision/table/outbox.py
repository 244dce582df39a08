"""What is told on the bus, and that it is told: every event is kept until EventBridge has taken it.

An event is written in the same transaction as the change it tells of, sent, and only then forgotten. One whose sending
failed, or whose function died, is sent by the next `sweep`. So each is told once in the ordinary case and at least once
in every case; `metadata.id` is the same on each telling.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from supervision.base import aws, clock
from supervision.base.observability import logger, measured
from supervision.base.problems import Problem
from supervision.rules.supervision import Supervision

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

SOURCE = "ytel.supervision"
# EventBridge takes ten entries a call.
ENTRIES = 10
UNTOLD = "UNTOLD"
SWEEP_AFTER_MS = 10_000
KEEP_SECONDS = 7 * 24 * 3600


class Event(NamedTuple):
    """One event; `what` names the happening, and alone makes its id."""

    detail_type: str
    what: str
    data: Mapping[str, Any]
    requested_by: str
    correlation_id: str

    @property
    def id(self) -> str:
        """The same for the same happening, however often it is told."""
        return str(uuid5(NAMESPACE_URL, f"{SOURCE}/{self.detail_type}/{self.what}"))

    def detail(self) -> str:
        """The JSON that stands in the event's `detail`."""
        metadata = {
            "version": "1",
            "id": self.id,
            "correlationId": self.correlation_id,
            "requestedBy": self.requested_by,
        }
        return json.dumps({"metadata": metadata, "data": self.data})


def of_supervision(detail_type: str, supervision: Supervision) -> Event:
    """What happened to a supervision: `Supervision Started`, `Joined`, `Ended` or `Exposed`."""
    return Event(detail_type, supervision.id, supervision.to_json(), supervision.requestedBy, supervision.correlationId)


def of_failure(
    what: str, request: Mapping[str, Any], problem: Problem, *, requested_by: str, correlation_id: str
) -> Event:
    """A request that came to nothing: the request, and the problem as the API would put it."""
    data = {"request": dict(request), "problem": problem.as_dict()}
    return Event("Supervision Failed", what, data, requested_by, correlation_id)


class Outbox:
    """The events that were decided and not yet told, and their way to the bus."""

    def __init__(self, table: str, bus: str) -> None:
        self._table = table
        self._bus = bus

    def puts(self, events: Iterable[Event]) -> "list[TransactWriteItemTypeDef]":
        """What keeps `events`, to be written in one transaction with the change that they tell of."""
        now = clock.now_ms()
        return [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": {
                        "pk": {"S": UNTOLD},
                        "sk": {"S": event.id},
                        "detailType": {"S": event.detail_type},
                        "detail": {"S": event.detail()},
                        "decidedAt": {"N": str(now)},
                        "expiration": {"N": str(now // 1000 + KEEP_SECONDS)},
                    },
                }
            }
            for event in events
        ]

    def keep(self, events: Sequence[Event]) -> None:
        """Keeps events that no other change is written with."""
        for item in self.puts(events):
            put = item["Put"]
            aws.client("dynamodb").put_item(TableName=put["TableName"], Item=put["Item"])

    def forget(self, event: Event) -> None:
        """Drops an event that is not to be told after all."""
        self._drop(event.id)

    def tell(self, events: Sequence[Event]) -> None:
        """Sends events that are kept, and forgets those that were taken. Never raises: what failed is swept later."""
        try:
            self._send([(event.id, event.detail_type, event.detail()) for event in events])
        except Exception:
            logger.exception("events could not be told, and are kept", extra={"count": len(events)})
            measured("EventsUntold", len(events))

    def sweep(self) -> int:
        """Sends what was decided SWEEP_AFTER_MS ago and is still kept; how many events were taken."""
        answer = aws.client("dynamodb").query(
            TableName=self._table,
            KeyConditionExpression="pk = :untold",
            ExpressionAttributeValues={":untold": {"S": UNTOLD}},
            ConsistentRead=True,
        )
        before = clock.now_ms() - SWEEP_AFTER_MS
        kept = [
            (item["sk"]["S"], item["detailType"]["S"], item["detail"]["S"])
            for item in sorted(answer["Items"], key=lambda item: int(item["decidedAt"]["N"]))
            if int(item["decidedAt"]["N"]) < before
        ]
        return self._send(kept)

    def _send(self, kept: Sequence[tuple[str, str, str]]) -> int:
        told = 0
        for start in range(0, len(kept), ENTRIES):
            batch = kept[start : start + ENTRIES]
            answer = aws.client("events").put_events(
                Entries=[
                    {"EventBusName": self._bus, "Source": SOURCE, "DetailType": detail_type, "Detail": detail}
                    for _, detail_type, detail in batch
                ]
            )
            for (event_id, detail_type, _), entry in zip(batch, answer["Entries"], strict=True):
                if entry.get("ErrorCode"):
                    measured("EventsUntold")
                    logger.warning("the bus refused an event", extra={"type": detail_type, "why": entry["ErrorCode"]})
                    continue
                told += 1
                self._drop(event_id)
        return told

    def _drop(self, event_id: str) -> None:
        aws.client("dynamodb").delete_item(TableName=self._table, Key={"pk": {"S": UNTOLD}, "sk": {"S": event_id}})
