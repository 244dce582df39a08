"""An event as it is kept until it is told, and how many go to the bus at once."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from supervision.base import clock
from supervision.table.events import OUTBOX, Event
from supervision.table.items import Item

ASIDE = "ASIDE"
# EventBridge takes ten entries a call.
ENTRIES = 10
LARGEST_BATCH = 240_000  # bytes; EventBridge takes 256 KB a call
KEEP_SECONDS = 7 * 24 * 3600
ASIDE_SECONDS = 90 * 24 * 3600
# How much of an event that is too large is kept; an item of the table holds 400 KB.
LARGEST_ASIDE = 300_000
_MOMENT = len("1709849242672#0")


class Kept(NamedTuple):
    """An event as it is kept; `due_at` (ms since the epoch) is from when on whoever comes next sends it."""

    sk: str
    detail_type: str
    detail: str
    due_at: int

    @property
    def moment(self) -> str:
        """What it is ordered by: when it happened, and its turn in that moment."""
        return self.sk[:_MOMENT]

    @property
    def at(self) -> int:
        """When it happened (ms since the epoch)."""
        at = self.sk.partition("#")[0]
        return int(at) if at.isdecimal() else 0

    @property
    def size(self) -> int:
        """How many bytes of a call to the bus it takes."""
        return len(self.detail.encode()) + len(self.detail_type)

    def item(self) -> Item:
        """It, as the table keeps it."""
        return {
            "pk": OUTBOX,
            "sk": self.sk,
            "detailType": self.detail_type,
            "detail": self.detail,
            "dueAt": self.due_at,
            "expiration": clock.now_ms() // 1000 + KEEP_SECONDS,
        }

    def aside(self, why: str) -> Item:
        """It, as the table keeps what the bus will never take."""
        cut = self.detail.encode()[:LARGEST_ASIDE].decode(errors="ignore")
        expiration = clock.now_ms() // 1000 + ASIDE_SECONDS
        return {**self.item(), "pk": ASIDE, "detail": cut, "why": why, "expiration": expiration}


def kept_of(event: Event, due_at: int) -> Kept:
    """An event as it is kept, to be sent by whoever comes after `due_at` (ms since the epoch)."""
    return Kept(event.key.sk, event.detail_type, event.detail(), due_at)


def batches(kept: Iterable[Kept]) -> Iterator[list[Kept]]:
    """As many as EventBridge takes at once, by number and by size."""
    batch: list[Kept] = []
    size = 0
    for one in kept:
        if batch and (len(batch) == ENTRIES or size + one.size > LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


def read_kept(item: Item) -> Kept:
    """What `item` gave. Raises LookupError, TypeError or ValueError where it cannot be read."""
    detail = item["detail"]
    if not isinstance(detail, str) or not isinstance(json.loads(detail), dict):
        raise TypeError("an event's detail is a JSON object")
    return Kept(str(item["sk"]), str(item["detailType"]), detail, int(item.get("dueAt", 0)))
