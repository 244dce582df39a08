"""Tells the bus which calls began, ended and ran long, each once.

What was told of a call is remembered in the table, in one transaction with the event that tells it: two watchers at
once do not tell twice, and one that dies loses nothing.
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from supervision.base import aws, clock
from supervision.base.observability import logger, measured
from supervision.base.problems import YtelProblem
from supervision.base.settings import WatchSettings
from supervision.floor.floor import Floor, Held
from supervision.rules.calls import Call
from supervision.rules.lifecycle import MISSING_FOR_MS
from supervision.table.outbox import ENTRIES, Event, Outbox
from supervision.table.transactions import written

WATCHED = "WATCHED"
KEEP_SECONDS = 7 * 24 * 3600
SIDE_BY_SIDE = 8
WATCHER = "watch_calls"


@dataclass(frozen=True, slots=True)
class Change:
    """Something to tell of a call, the write that remembers it, and what is remembered afterwards (None: nothing)."""

    event: Event
    write: dict[str, Any]
    call: Call
    remembered: bool | None


@dataclass
class Watcher:
    """Compares the floor with what was told: `_calls` are those told as begun, `_long` whether each ran long.

    `_missing` is the first reading that did not show a call, for those that may have been overlooked.
    """

    table: str
    floor: Floor
    outbox: Outbox
    settings: WatchSettings
    max_age_seconds: float
    sleep: Callable[[float], None] = time.sleep
    _calls: dict[str, Call] = field(default_factory=dict)
    _long: dict[str, bool] = field(default_factory=dict)
    _missing: dict[str, int] = field(default_factory=dict)

    def watch(self, seconds_left: Callable[[], float], correlation_id: str) -> None:
        """Looks every `watch_interval_seconds`, for as long as a whole look fits into what is left.

        A look that fails is logged and does not end the watch; the last failure is raised when the time is up.
        """
        interval = self.settings.watch_interval_seconds
        failure: Exception | None = None
        recalled = False
        while True:
            began = time.monotonic()
            measured("Looks")
            try:
                if not recalled:
                    self._recall()
                    recalled = True
                self.look(correlation_id)
            except Exception as error:
                logger.exception("a look failed")
                measured("LooksFailed")
                failure = error
            took = time.monotonic() - began
            if took > interval:
                measured("LooksLate")  # the next one is
            pause = max(0.0, interval - took)
            if pause + interval > seconds_left():
                break
            self.sleep(pause)
        if failure is not None:
            raise failure

    def look(self, correlation_id: str) -> None:
        """One look. A floor that cannot be read, or is stale, tells nothing: no call has ended by that."""
        try:
            held = self.floor.refresh(self.max_age_seconds)
            measured("ActiveCalls", len(held.rows))
            self._tell(self._changes(held, correlation_id))
        except YtelProblem as problem:
            logger.warning("the floor cannot be read", code=problem.code)
        self.outbox.sweep()

    def _recall(self) -> None:
        self._calls, self._long = {}, {}
        pages = (
            aws.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                KeyConditionExpression="pk = :watched",
                ExpressionAttributeValues={":watched": {"S": WATCHED}},
                ConsistentRead=True,
            )
        )
        for item in (item for page in pages for item in page["Items"]):
            conf_id = item["sk"]["S"]
            self._calls[conf_id] = json.loads(item["call"]["S"])
            self._long[conf_id] = item["long"]["BOOL"]

    def _changes(self, held: Held, correlation_id: str) -> list[Change]:
        now = clock.now_ms()
        on_floor = {row["confId"]: row for row in held.rows}
        changes = []
        for conf_id, row in on_floor.items():
            self._missing.pop(conf_id, None)
            if conf_id not in self._calls:
                changes.append(self._change("Call Started", row, correlation_id, remembered=False))
            created = row["createdTime"]
            ran = now - created if created else 0
            if ran >= self.settings.long_call_seconds * 1000 and not self._long.get(conf_id, False):
                changes.append(self._change("Call Running Long", row, correlation_id, remembered=True))
        for conf_id, row in self._calls.items():
            if conf_id not in on_floor and self._is_over(conf_id, held):
                ended = {**row, "status": "ended"}
                changes.append(self._change("Call Ended", ended, correlation_id, remembered=None))
        return changes

    def _is_over(self, conf_id: str, held: Held) -> bool:
        since = self._missing.setdefault(conf_id, held.as_of)
        again = held.as_of > since
        return (held.complete and (held.sure or again)) or held.as_of - since >= MISSING_FOR_MS

    def _change(self, detail_type: str, call: Call, correlation_id: str, *, remembered: bool | None) -> Change:
        event = Event(detail_type, call["confId"], call, WATCHER, correlation_id)
        key = {"pk": {"S": WATCHED}, "sk": {"S": call["confId"]}}
        if remembered is None:
            write = {"Delete": {"TableName": self.table, "Key": key, "ConditionExpression": "attribute_exists(pk)"}}
            return Change(event, write, call, remembered)
        item = {
            **key,
            "call": {"S": json.dumps(call)},
            "long": {"BOOL": remembered},
            "expiration": {"N": str(clock.now_ms() // 1000 + KEEP_SECONDS)},
        }
        put: dict[str, Any] = {"TableName": self.table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
        if remembered:
            put["ConditionExpression"] = "#long = :no"
            put["ExpressionAttributeNames"] = {"#long": "long"}
            put["ExpressionAttributeValues"] = {":no": {"BOOL": False}}
        return Change(event, {"Put": put}, call, remembered)

    def _tell(self, changes: list[Change]) -> None:
        # What begins and runs long in one look is told in that order, so one call's changes are not side by side.
        for kind in ("Call Started", "Call Running Long", "Call Ended"):
            of_kind = [change for change in changes if change.event.detail_type == kind]
            with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
                for start in range(0, len(of_kind), 8 * ENTRIES):
                    batch = of_kind[start : start + 8 * ENTRIES]
                    first = [
                        change.event for change, won in zip(batch, pool.map(self._remember, batch), strict=True) if won
                    ]
                    self.outbox.tell(first)

    def _remember(self, change: Change) -> bool:
        """Whether it was this watcher that remembered the change, and so is the one to tell it."""
        won = written([change.write, *self.outbox.puts([change.event])])
        conf_id = change.call["confId"]
        if change.remembered is None:
            self._calls.pop(conf_id, None)
            self._long.pop(conf_id, None)
            self._missing.pop(conf_id, None)
        else:
            self._calls[conf_id] = change.call
            self._long[conf_id] = change.remembered
        return won
