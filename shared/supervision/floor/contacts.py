"""The customers' names: read from Ytel once each, off the way of every poll, and kept in the table for a day.

Whoever reads the list looks in the table alone. The watcher asks Ytel, for calls whose contact nobody has asked for.
A request is noted before it is made, so that no two functions ask for the same contact. What failed leaves no name,
and may be asked for again later. Names are never logged.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from supervision.base import clock
from supervision.base.fast_json import dumps, loads
from supervision.base.observability import add_metric, logger
from supervision.base.problems import Problem, YtelRateLimited
from supervision.base.side_by_side import side_by_side
from supervision.floor.active_call import ActiveCall
from supervision.floor.content import Content, start_of
from supervision.rules.calls import Call, contact_id_of
from supervision.rules.contacts import Contact
from supervision.rules.ids import id_key
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key
from supervision.table.writes import Put, When

CONTACT = "CONTACT#"
CONTACT_KEPT_MS = 24 * 3_600_000
# For this long nobody asks again for a contact that was asked for in vain.
FAILED_MS = 15 * 60_000
ASKED_AT_ONCE = 8
LOOKED_UP_AT_ONCE = 100
# A name that is not there is looked for in the table at each reading for this long, and then this often.
COMING_MS = 30_000
LONGEST_CONTACT_ID = 255


class ContactSource(Protocol):
    """Where contacts come from."""

    def contact(self, contact_id: str) -> Contact | None:
        """The contact, None where there is none. Asked once. Raises a YtelProblem."""


class Contacts:
    """The contacts of the calls. `source` is called on the first request to Ytel."""

    def __init__(self, gateway: Gateway, source: Callable[[], ContactSource]) -> None:
        self._gateway = gateway
        self._source = source
        self._missing: dict[str, tuple[int, int]] = {}  # when first and when last looked for in vain
        self._asked: dict[str, int] = {}  # until when nobody asks again
        self._not_before = 0

    def found(self, calls: Sequence[ActiveCall], before: Content | None) -> list[tuple[ActiveCall, Mapping[str, Any]]]:
        """The contacts that are known and not shown yet, each with its call: as the list before has them, or the table.

        The calls are mapped. A row that is what it was has what is known.
        """
        stood = before.line_by_start if before else {}
        wanted: list[ActiveCall] = []
        rows: list[Call] = []
        rows_before: list[Call] = []
        for call in calls:
            line = call.line
            was = stood.get(start_of(line))
            if call.mapped is None or (was == line and call.mapped.contact is not None):
                continue
            contact = loads(call.mapped.contact) if call.mapped.contact else None
            wanted.append(call)
            rows.append({"confId": call.place[1], "contactId": contact_id_of(call.conference), "contact": contact})
            if was is not None and was != line:
                rows_before.append(loads(was))
        self.fill(rows, rows_before)
        known = [(call, row["contact"]) for call, row in zip(wanted, rows, strict=True) if row["contact"]]
        return [(call, contact) for call, contact in known if call.mapped and call.mapped.contact != dumps(contact)]

    def fill(self, calls: Sequence[Call], before: Iterable[Call]) -> None:
        """Puts the contact on each call whose name is known, by the rows that stood before or by the table."""
        known = {row["confId"]: row for row in before if row.get("contact")}
        for call in calls:
            row = known.get(call["confId"])
            if row and row.get("contactId") == call["contactId"]:
                call["contact"] = row["contact"]
        nameless = {id_key(call["contactId"]): call for call in reversed(calls) if _lacks_contact(call)}
        now = clock.now_ms()
        self._missing = {one: times for one, times in self._missing.items() if one in nameless}
        wanted = [one for one in nameless if self._is_due(one, now)][:LOOKED_UP_AT_ONCE]
        if not wanted:
            return
        try:
            items = self._gateway.get_many([Key(CONTACT + one, "CONTACT") for one in wanted], consistent=False)
        except Exception as error:  # the list does not wait for names
            logger.warning("contacts cannot be looked up", cause=type(error).__name__)
            return
        found = {str(item["pk"]).removeprefix(CONTACT): one for item in items if (one := _contact(item, now))}
        self._missing |= {one: (self._missing.get(one, (now,))[0], now) for one in wanted}
        for call in calls:
            if _lacks_contact(call) and (one := found.get(id_key(call["contactId"]))):
                call["contact"] = one.to_json()

    def ask(self, calls: Sequence[Call], within: float) -> None:
        """Asks Ytel for the contacts of these calls that nobody has asked for, for `within` seconds at most."""
        now = clock.now_ms()
        self._asked = {one: until for one, until in self._asked.items() if until > now}
        ids = {id_key(call["contactId"]): call["contactId"] for call in calls if _lacks_contact(call)}
        wanted = deque(one for one in ids.items() if one[0] not in self._asked)
        end = time.monotonic() + within

        def some() -> None:
            while time.monotonic() < end and clock.now_ms() >= self._not_before:
                try:
                    key, contact_id = wanted.popleft()
                except IndexError:
                    return
                self._ask_once(key, contact_id)

        side_by_side([some] * min(ASKED_AT_ONCE, len(wanted)), within)

    def _ask_once(self, key: str, contact_id: str) -> None:
        now = clock.now_ms()
        self._asked[key] = now + FAILED_MS
        again = When("attribute_not_exists(pk) OR #until <= :now", {":now": now})
        claimed = self._gateway.write(Put(_item(key, now, FAILED_MS), again))
        if not claimed.done:
            return
        try:
            found = self._source().contact(contact_id)
        except Problem as problem:
            add_metric("ContactsFailed")
            logger.info("a contact could not be read", code=problem.code)
            if isinstance(problem, YtelRateLimited):
                self._not_before = clock.now_ms() + 1000 * (problem.retry_after or 60)
            return
        said: Item = {} if found is None else {"name": found.name, "dnc": found.dnc}
        self._gateway.write(Put({**_item(key, now, CONTACT_KEPT_MS), **said}))

    def _is_due(self, one: str, now: int) -> bool:
        first, last = self._missing.get(one, (now, 0))
        return now - first < COMING_MS or not 0 <= now - last < COMING_MS


def _lacks_contact(call: Call) -> bool:
    contact_id: str = call.get("contactId") or ""
    return (
        bool(contact_id) and not call.get("contact") and len(contact_id) <= LONGEST_CONTACT_ID and contact_id.isascii()
    )


def _item(key: str, now: int, kept_ms: int) -> Item:
    until = now + kept_ms
    return {"pk": CONTACT + key, "sk": "CONTACT", "until": until, "expiration": until // 1000}


def _contact(item: Item, now: int) -> Contact | None:
    name, dnc, until = item.get("name"), item.get("dnc"), item.get("until")
    if not (isinstance(name, str) and isinstance(dnc, bool) and isinstance(until, int) and until > now):
        return None
    return Contact(name, dnc)
