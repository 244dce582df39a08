"""What is told on the bus, and that it is told: every event is kept until EventBridge has taken it.

An event is written in the same transaction as the change it tells of, sent, and only then forgotten. What could not be
sent is sent by whoever comes next: with the next event that any function sends, after the next reading of the floor, or
by the watcher. So each is told once in the ordinary case and at least once in every case; `metadata.id` is the same on
each telling. Those that wait are kept, and sent, in the order of what they tell.

What the bus will never take is set aside, under `ASIDE`, where it holds up nothing else.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from supervision.base import aws, clock
from supervision.base.observability import add_metric, logger
from supervision.base.side_by_side import Begun
from supervision.rules.clocks import latest_believed
from supervision.table import audit
from supervision.table.events import EVENT_SOURCE, OUTBOX, Event
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key, readable
from supervision.table.kept_event import ASIDE, Kept, batches, kept_of, read_kept
from supervision.table.lease import Lease
from supervision.table.writes import Delete, Put, When, Write

LARGEST_EVENT = 250_000
SWEEP = "SWEEP"
SWEEP_MS = 15_000  # for how long one function sends what waits, and no other does
SWEEP_AFTER_MS = 10_000
# How many that wait are sent by the watcher's look, and how many beside something else.
SWEPT_AT_ONCE, SWEPT_BESIDES = 200, 20
# How long is waited, in seconds, for a look at what waits that was begun beside a write.
LOOKED_WITHIN = 2.0
_TOO_LARGE = "it is larger than the bus takes"
# Error codes of single entries that may be gone the next time; any other is about the event itself.
_PASSING = re.compile("throttl|internal|limit|unavailable|time", re.IGNORECASE)
# Error codes of a whole call that are about the events in it.
_OF_THE_EVENTS = ("ValidationException", "InvalidArgument", "RequestEntityTooLarge", "413")

# A look at what waits.
type Waiting = Begun[list[Kept]]


class Outbox:
    """The events that were decided and not yet published, and their way to the bus."""

    def __init__(self, gateway: Gateway, bus: str) -> None:
        self._gateway = gateway
        self._bus = bus
        self._lease = Lease(gateway, Key(SWEEP, "LEASE"), SWEEP_MS)

    def writes(self, events: Iterable[Event], *, sweep_after_ms: int = SWEEP_AFTER_MS) -> list[Write]:
        """What keeps `events`, to be written in one transaction with the change that they tell of.

        `sweep_after_ms` from now on, whoever comes next sends them. One that is larger than the bus takes is set aside.
        """
        kept = [kept_of(event, clock.now_ms() + sweep_after_ms) for event in events]
        return [Put(one.item() if one.size <= LARGEST_EVENT else one.aside(_TOO_LARGE)) for one in kept]

    def keep(
        self, events: Sequence[Event], besides: Sequence[Write] = (), *, sweep_after_ms: int = SWEEP_AFTER_MS
    ) -> bool:
        """Keeps events, in one transaction with `besides`. False where a condition of these does not hold."""
        writes = [*self.writes(events, sweep_after_ms=sweep_after_ms), *besides]
        return not writes or self._gateway.write_together(writes) is None

    def forgotten(self, event: Event) -> Write:
        """What drops a kept event, to be written in one transaction with what takes its place."""
        return Delete(event.key)

    def forget(self, event: Event) -> None:
        """Drops an event that is not to be published after all."""
        self._gateway.write(Delete(event.key))

    def look_ahead(self) -> Waiting:
        """Begins to look at what waits, beside the write that keeps the events that are published next."""
        return Begun([partial(self._waiting, SWEPT_BESIDES)])

    def publish(self, events: Sequence[Event], ahead: Waiting | None = None) -> None:
        """Sends events that are kept, and what waits before them; forgets what was taken.

        `ahead` is a look at what waits that was begun. Never raises: what failed waits.
        """
        if not events:
            return
        own = {one.sk: one for one in (kept_of(event, 0) for event in events)}
        for one in own.values():
            audit.happened(one.detail_type, one.detail)
        try:
            self._sweep(SWEPT_BESIDES, own, ahead)
        except Exception:
            logger.exception("events could not be published, and are kept", extra={"count": len(events)})
            add_metric("EventsUntold", len(events))
            self._put_in_line(own.values())

    def sweep(self, limit: int = SWEPT_AT_ONCE) -> int:
        """Sends what waits, the oldest first, `limit` at most; how many events were taken.

        Nothing where another function is doing so.
        """
        return self._sweep(limit, {})

    def sweep_besides(self) -> None:
        """Sends some of what waits, beside other work. Never raises."""
        try:
            self.sweep(SWEPT_BESIDES)
        except Exception:
            logger.exception("events that wait could not be published")

    def _sweep(self, limit: int, own: Mapping[str, Kept], ahead: Waiting | None = None) -> int:
        """Sends `own`, and before it what waits, unless another function is sending that."""
        found = ahead.wait(LOOKED_WITHIN)[0] if ahead else None
        waiting = [one for one in (self._waiting(limit) if found is None else found) if one.sk not in own]
        holder = uuid4().hex
        if not waiting or not self._lease.acquire(holder, clock.now_ms()).done:
            return self._send(own.values())
        try:
            # What another function has sent since is there no more.
            there = {one.sk for one in self._waiting(limit)}
            return self._send([*own.values(), *(one for one in waiting if one.sk in there)], there)
        finally:
            self._lease.give_back(holder)

    def _waiting(self, limit: int) -> list[Kept]:
        """Those whose time has come, of the oldest `limit`. One that cannot be read is set aside.

        What happened ahead of one's own clock waits for nothing.
        """
        now, found = clock.now_ms(), []
        for item in self._gateway.first(OUTBOX, limit):
            kept = readable(item, read_kept)
            if kept is None:
                self._set_aside(str(item["sk"]), {**item, "pk": ASIDE, "why": "it cannot be read"})
            elif kept.due_at < now or kept.at > latest_believed(now):
                found.append(kept)
        return found

    def _send(self, kept: Iterable[Kept], late: Collection[str] = ()) -> int:
        """Sends `kept`, in the order of what happened; `late` are the keys of those that had to wait."""
        published, fitting = 0, []
        for one in kept:
            if one.size <= LARGEST_EVENT:
                fitting.append(one)
            else:
                self._set_aside(one.sk, one.aside(_TOO_LARGE))
        for batch in batches(sorted(fitting, key=lambda one: one.moment)):
            try:
                published += self._send_batch(batch, late)
            except ClientError as error:
                # The bus answers: what it does not take holds up nothing else. Where it does not answer, all waits.
                logger.exception("events could not be published, and are kept", extra={"count": len(batch)})
                if error.response["Error"]["Code"] not in _OF_THE_EVENTS:
                    add_metric("EventsUntold", len(batch))
                    self._put_in_line(batch)
                elif len(batch) == 1:
                    self._set_aside(batch[0].sk, batch[0].aside(str(error)[:200]))
                else:
                    published += sum(self._send([one], late) for one in batch)
        return published

    def _send_batch(self, batch: Sequence[Kept], late: Collection[str]) -> int:
        bus = {"EventBusName": self._bus, "Source": EVENT_SOURCE}
        entries: Any = [{**bus, "DetailType": one.detail_type, "Detail": one.detail} for one in batch]
        answer = aws.client("events").put_events(Entries=entries)
        refused = []
        for one, entry in zip(batch, answer["Entries"], strict=True):
            why = str(entry.get("ErrorCode") or "")
            if not why:
                if one.sk in late:
                    audit.happened(one.detail_type, one.detail, late=True)
                self._gateway.write(Delete(Key(OUTBOX, one.sk)))
                continue
            refused.append(one)
            logger.warning("the bus refused an event", extra={"type": one.detail_type, "why": why})
            if not _PASSING.search(why):
                self._set_aside(one.sk, one.aside(why))
            else:
                add_metric("EventsUntold")
                self._put_in_line([one])
        return len(batch) - len(refused)

    def _put_in_line(self, kept: Iterable[Kept]) -> None:
        """Has whoever comes next send them, before anything newer."""
        for one in kept:
            try:
                self._gateway.write(Put(one._replace(due_at=0).item(), When("attribute_exists(pk)")))
            except Exception:
                logger.exception("an event that waits could not be put in line")

    def _set_aside(self, sk: str, item: Item) -> None:
        add_metric("EventsSetAside")
        logger.error("an event is set aside", extra={"item": sk, "why": str(item["why"])})
        self._gateway.write(Put(item))
        self._gateway.write(Delete(Key(OUTBOX, sk)))
