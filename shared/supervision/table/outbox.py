"""What is told on the bus, and that it is told: every event is kept until EventBridge has taken it.

An event is written in the same transaction as the change it tells of, sent, and only then forgotten. One whose sending
failed, or whose function died, is sent by the next `sweep`. So each is told once in the ordinary case and at least once
in every case; `metadata.id` is the same on each telling.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from botocore.exceptions import ClientError

from supervision.base import aws, clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import Problem
from supervision.rules.supervision import Supervision
from supervision.table.gateway import Delete, Gateway, Item, Key, Put, Write, each_readable

SOURCE = "ytel.supervision"
# EventBridge takes ten entries a call.
ENTRIES = 10
LARGEST_BATCH = 240_000  # bytes; EventBridge takes 256 KB a call
OUTBOX = "OUTBOX"
SWEEP_AFTER_MS = 10_000
KEEP_SECONDS = 7 * 24 * 3600


class Event(NamedTuple):
    """One event; `subject` names what it is about, and alone makes its id. `at` is when it was seen to happen (ms)."""

    detail_type: str
    subject: str
    data: Mapping[str, Any]
    requested_by: str
    correlation_id: str
    at: int

    @property
    def id(self) -> str:
        """The same for the same happening, however often it is told."""
        return str(uuid5(NAMESPACE_URL, f"{SOURCE}/{self.detail_type}/{self.subject}"))

    def detail(self) -> str:
        """The JSON that stands in the event's `detail`."""
        metadata = {
            "version": "1",
            "id": self.id,
            "at": self.at,
            "correlationId": self.correlation_id,
            "requestedBy": self.requested_by,
        }
        return json.dumps({"metadata": metadata, "data": self.data})


def of_supervision(detail_type: str, supervision: Supervision) -> Event:
    """What happened to a supervision: `Supervision Started`, `Joined`, `Ended` or `Exposed`.

    It begins once, but may join and end several times: these are told apart by the version of the record.
    """
    subject = supervision.id if detail_type == "Supervision Started" else f"{supervision.id}/{supervision.version}"
    seen = {
        "Supervision Started": supervision.requestedAt,
        "Supervision Joined": supervision.joinedAt,
        "Supervision Ended": supervision.endedAt,
    }.get(detail_type)
    return Event(
        detail_type,
        subject,
        supervision.to_json(),
        supervision.requestedBy,
        supervision.correlationId,
        seen if seen is not None else clock.now_ms(),
    )


def of_failure(
    subject: str, request: Mapping[str, Any], problem: Problem, *, requested_by: str, correlation_id: str
) -> Event:
    """A request that came to nothing: the request, and the problem as the API would put it."""
    data = {"request": dict(request), "problem": problem.as_dict()}
    return Event("Supervision Failed", subject, data, requested_by, correlation_id, clock.now_ms())


class _Kept(NamedTuple):
    """An event as it is kept; `decided_at` and `due_at` are in milliseconds since the epoch."""

    id: str
    detail_type: str
    detail: str
    decided_at: int
    due_at: int


class Outbox:
    """The events that were decided and not yet published, and their way to the bus."""

    def __init__(self, gateway: Gateway, bus: str) -> None:
        self._gateway = gateway
        self._bus = bus

    def writes(self, events: Iterable[Event], *, sweep_after_ms: int = SWEEP_AFTER_MS) -> list[Write]:
        """What keeps `events`, to be written in one transaction with the change that they tell of.

        A sweep sends them `sweep_after_ms` from now, if nobody has done so by then.
        """
        now = clock.now_ms()
        return [
            Put(
                {
                    "pk": OUTBOX,
                    "sk": event.id,
                    "detailType": event.detail_type,
                    "detail": event.detail(),
                    "decidedAt": now,
                    "dueAt": now + sweep_after_ms,
                    "expiration": now // 1000 + KEEP_SECONDS,
                }
            )
            for event in events
        ]

    def keep(
        self, events: Sequence[Event], besides: Sequence[Write] = (), *, sweep_after_ms: int = SWEEP_AFTER_MS
    ) -> None:
        """Keeps events, in one transaction with `besides`."""
        if writes := [*self.writes(events, sweep_after_ms=sweep_after_ms), *besides]:
            self._gateway.write_together(writes)

    def forgotten(self, event: Event) -> Write:
        """What drops a kept event, to be written in one transaction with what takes its place."""
        return Delete(Key(OUTBOX, event.id))

    def forget(self, event: Event) -> None:
        """Drops an event that is not to be published after all."""
        self._drop(event.id)

    def publish(self, events: Sequence[Event]) -> None:
        """Sends events that are kept, and forgets those that were taken. Never raises: what failed is swept later."""
        try:
            self._send([_Kept(event.id, event.detail_type, event.detail(), 0, 0) for event in events])
        except Exception:
            logger.exception("events could not be published, and are kept", extra={"count": len(events)})
            add_metric("EventsUntold", len(events))

    def sweep(self) -> int:
        """Sends what is due and still kept, the oldest first; how many events were taken."""
        now = clock.now_ms()
        kept = each_readable(self._gateway.partition(OUTBOX), _read)
        return self._send(sorted((one for one in kept if one.due_at < now), key=lambda one: one.decided_at))

    def _send(self, kept: Sequence[_Kept]) -> int:
        published = 0
        for batch in _batches(kept):
            try:
                answer = aws.client("events").put_events(
                    Entries=[
                        {
                            "EventBusName": self._bus,
                            "Source": SOURCE,
                            "DetailType": one.detail_type,
                            "Detail": one.detail,
                        }
                        for one in batch
                    ]
                )
            except ClientError:
                # The bus answers: what it does not take holds up nothing else. Where it does not answer, all waits.
                logger.exception("events could not be published, and are kept", extra={"count": len(batch)})
                continue
            for one, entry in zip(batch, answer["Entries"], strict=True):
                if entry.get("ErrorCode"):
                    add_metric("EventsUntold")
                    extra = {"type": one.detail_type, "why": entry["ErrorCode"]}
                    logger.warning("the bus refused an event", extra=extra)
                    continue
                published += 1
                self._drop(one.id)
        return published

    def _drop(self, event_id: str) -> None:
        self._gateway.write(Delete(Key(OUTBOX, event_id)))


def _batches(kept: Iterable[_Kept]) -> Iterator[list[_Kept]]:
    """As many as EventBridge takes at once, by number and by size."""
    batch: list[_Kept] = []
    size = 0
    for one in kept:
        own = len(one.detail.encode()) + len(one.detail_type)
        if batch and (len(batch) == ENTRIES or size + own > LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += own
    if batch:
        yield batch


def _read(item: Item) -> _Kept:
    decided_at = int(item.get("decidedAt", 0))
    due_at = int(item.get("dueAt", decided_at + SWEEP_AFTER_MS))
    return _Kept(str(item["sk"]), str(item["detailType"]), str(item["detail"]), decided_at, due_at)
