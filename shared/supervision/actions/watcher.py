"""Tells the bus which calls began, ended and ran long, each once; of one that ended, how it was last seen.

What was told of a call is remembered in the table, in one transaction with the event that tells it: two watchers at
once do not tell twice, and one that dies loses nothing.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from supervision.actions.follower import Follower
from supervision.actions.looks import Looks, Turn
from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import YtelProblem
from supervision.base.settings import WatchSettings
from supervision.base.side_by_side import Begun
from supervision.floor.contacts import Contacts
from supervision.floor.floor import Floor, Held
from supervision.rules.calls import Call
from supervision.rules.ids import id_key, stored_id
from supervision.rules.lifecycle import Patience, is_over
from supervision.table.events import Event
from supervision.table.gateway import Gateway
from supervision.table.helps import over
from supervision.table.items import Item, Key, each_readable
from supervision.table.kept_event import ENTRIES
from supervision.table.outbox import Outbox
from supervision.table.writes import Change, Delete, Put, When, Write

WATCHED = "WATCHED"
CALL_KEPT_SECONDS = 7 * 24 * 3600
WRITES_AT_ONCE = 8
CONTACTS_WITHIN = 2.0
WATCHER = "watch_calls"
# How long a look waits for the dials of follows. In Lambda, what is not waited for is stopped in the middle.
DIALS_WITHIN = 8.0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell of a call, the write that remembers it, and what is remembered afterwards (None: nothing)."""

    event: Event
    write: Write
    call: Call
    remembered: bool | None


@dataclass
class Watcher:
    """Compares the floor with what was told, call by call, by the `id_key` of their ids.

    `_calls` are those told as begun, `_long` whether each ran long. `_missing` is the first reading that did not show a
    call, for those that may have been overlooked. `_made` is the look after which all that is so: only the next one may
    go by it, as another function may have made those between.
    """

    gateway: Gateway
    floor: Floor
    outbox: Outbox
    settings: WatchSettings
    max_age_seconds: float
    patience: Patience
    looks: Looks
    follower: Follower | None = None
    contacts: Contacts | None = None
    _calls: dict[str, Call] = field(default_factory=dict)
    _long: dict[str, bool] = field(default_factory=dict)
    _missing: dict[str, int] = field(default_factory=dict)
    _made: int | None = None

    def watch(self, number: int, invocation_id: str, left_ms: int) -> bool:
        """Makes look `number`, and has the next one be made after it; False where another function is making it.

        `left_ms` is what this invocation has left. A look that fails is logged and counted, and no reason to look
        again: the next one comes. Raises where the next one could not be sent; the look is made, and has to come again.
        """
        turn = self._begin(number, invocation_id, left_ms)
        if turn is not Turn.OURS:
            logger.warning("a look is not made", number=number, why=turn.value)
            if turn is Turn.ANOTHERS:
                add_metric("LooksLate")
            return turn is Turn.PAST
        try:
            self.looks.send(number + 1)
        finally:
            self._make(number, invocation_id)
        try:
            self.looks.end(invocation_id)
        except Exception:
            logger.exception("the end of a look could not be noted")  # the next one may begin all the same
        return True

    def _begin(self, number: int, invocation_id: str, left_ms: int) -> Turn:
        try:
            return self.looks.begin(number, invocation_id, left_ms)
        except Exception:
            # Without the table nobody can tell whose look it is. The queue alone gives it to one function at a time.
            logger.exception("a look could not be noted")
            return Turn.OURS

    def _make(self, number: int, correlation_id: str) -> None:
        add_metric("Looks")
        made, self._made = self._made, None
        try:
            if made != number - 1:
                self._recall()
            self.look(correlation_id)
            self._made = number
        except Exception:
            logger.exception("a look failed")
            add_metric("LooksFailed")

    def look(self, correlation_id: str) -> None:
        """One look. A floor that cannot be read, or is stale, tells nothing: no call has ended by that."""
        try:
            held = self.floor.refresh(self.max_age_seconds)
            add_metric("ActiveCalls", len(held.rows))
            following = self._follow(held)
            self._tell(self._changes(held, correlation_id))
            self._keep_last_seen(held)
            if self.contacts is not None:
                self.contacts.ask(held.rows, min(CONTACTS_WITHIN, self.settings.watch_interval_seconds / 2))
            if following is not None:
                following.wait(DIALS_WITHIN)
        except YtelProblem as problem:
            logger.warning("the floor cannot be read", code=problem.code)
        self.outbox.sweep()

    def follow(self) -> None:
        """Dials for the follows by the list as it is now, between two looks. Raises nothing: the next look does it."""
        try:
            following = self._follow(self.floor.refresh(self.max_age_seconds))
            if following is not None:
                following.wait(DIALS_WITHIN)
        except Exception:
            logger.exception("the follows could not be looked after between two looks")

    def _follow(self, held: Held) -> Begun[None] | None:
        """Begins what the follows dial for. Where they cannot be read, the calls are told all the same."""
        try:
            return self.follower.begin(held) if self.follower else None
        except Exception:
            logger.exception("the follows cannot be looked after")
            return None

    def _recall(self) -> None:
        self._calls, self._long = {}, {}
        for told in each_readable(self.gateway.partition(WATCHED), _read):
            self._calls[told.conf_id] = told.call
            self._long[told.conf_id] = told.long

    def _changes(self, held: Held, correlation_id: str) -> list[Notice]:
        now = clock.now_ms()
        on_floor = {id_key(row["confId"]): row for row in held.rows}
        others = set(map(id_key, held.others))
        changes = []
        for conf_id, row in on_floor.items():
            self._missing.pop(conf_id, None)
            if conf_id not in self._calls:
                changes.append(self._change("Call Started", row, correlation_id, held.as_of, remembered=False))
            created = row.get("createdTime")
            ran = now - created if created else 0
            if ran >= self.settings.long_call_seconds * 1000 and not self._long.get(conf_id, False):
                changes.append(self._change("Call Running Long", row, correlation_id, held.as_of, remembered=True))
        for conf_id in others:
            self._missing.pop(conf_id, None)
        for conf_id, row in self._calls.items():
            if conf_id not in on_floor and conf_id not in others and self._is_over(conf_id, held):
                ended = {**row, "status": "ended"}
                changes.append(self._change("Call Ended", ended, correlation_id, held.as_of, remembered=None))
        return changes

    def _is_over(self, conf_id: str, held: Held) -> bool:
        over = is_over(self._missing.get(conf_id), held.as_of, self.patience)
        self._missing.setdefault(conf_id, held.as_of)
        return over

    def _change(self, detail_type: str, call: Call, correlation_id: str, at: int, *, remembered: bool | None) -> Notice:
        event = Event(detail_type, f"{call['confId']}/{at}", call, WATCHER, correlation_id, at)
        key = _key(call["confId"])
        if remembered is None:
            return Notice(event, Delete(key, When("attribute_exists(pk)")), call, remembered)
        item: Item = {
            **key._asdict(),
            "call": json.dumps(call),
            "long": remembered,
            "expiration": clock.now_ms() // 1000 + CALL_KEPT_SECONDS,
        }
        anew = When("attribute_not_exists(pk) OR expiration <= :now", {":now": clock.now_ms() // 1000})
        when = When("#long = :no", {":no": False}) if remembered else anew
        return Notice(event, Put(item, when), call, remembered)

    def _tell(self, changes: list[Notice]) -> None:
        # What begins and runs long in one look is told in that order, so one call's changes are not side by side.
        for kind in ("Call Started", "Call Running Long", "Call Ended"):
            of_kind = [change for change in changes if change.event.detail_type == kind]
            with ThreadPoolExecutor(WRITES_AT_ONCE) as pool:
                for start in range(0, len(of_kind), 8 * ENTRIES):
                    batch = of_kind[start : start + 8 * ENTRIES]
                    first = [
                        change.event for change, won in zip(batch, pool.map(self._remember, batch), strict=True) if won
                    ]
                    self.outbox.publish(first)

    def _keep_last_seen(self, held: Held) -> None:
        """Remembers how each call that goes on looks now, for when it has ended."""
        changed = [row for row in held.rows if self._calls.get(id_key(row["confId"]), row) != row]
        with ThreadPoolExecutor(WRITES_AT_ONCE) as pool:
            for row in pool.map(self._remember_row, changed):
                self._calls[id_key(row["confId"])] = row

    def _remember_row(self, row: Call) -> Call:
        there = When("attribute_exists(pk)")  # another watcher may have told its end
        self.gateway.write(Change(_key(row["confId"]), "SET #call = :call", {":call": json.dumps(row)}, there))
        return row

    def _remember(self, change: Notice) -> bool:
        """Whether it was this watcher that remembered the change, and so is the one to tell it."""
        conf_id = id_key(change.call["confId"])
        writes = [change.write, *self.outbox.writes([change.event])]
        if change.remembered is None:
            writes.append(over(conf_id))
        won = self.gateway.write_together(writes) is None
        if change.remembered is None:
            self._calls.pop(conf_id, None)
            self._long.pop(conf_id, None)
            self._missing.pop(conf_id, None)
        else:
            self._calls[conf_id] = change.call
            self._long[conf_id] = change.remembered
        return won


def _key(conf_id: str) -> Key:
    return Key(WATCHED, stored_id(conf_id))


class _Told(NamedTuple):
    """A call that was told as begun, and whether it was told as running long."""

    conf_id: str
    call: Call
    long: bool


def _read(item: Item) -> _Told:
    call = json.loads(str(item["call"]))
    if not isinstance(call, dict):
        raise TypeError("a call is an object")
    return _Told(id_key(call["confId"]), call, item.get("long") is True)
