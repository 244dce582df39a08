"""How a list is cut into pages, well or badly. Nobody outside Ytel knows what its limits are."""

import base64
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from tests.harness.fake_ytel.kinds import Chance, Group, Shape


class QueryError(ValueError):
    """A query that this list does not take."""


@dataclass(frozen=True)
class Page[Item]:
    """One page. `count` None: none is said. `next_key` None: this was the last, or there is none in this list."""

    items: list[Item]
    count: int | None
    number: int
    next_key: str | None = None
    has_keys: bool = False


class Paging(Group):
    """One list's pages, and everything that a client must survive in them.

    `shape`: in Ytel's envelope, bare, or under one name. `by`: what leads on to the next page; with "none" the whole
    list is one answer. `count`: of the whole list (None), of the page, wrong, missing, or this number.

    `offset_ignored`: every page is the first. `empty_from`: pages that start there or later hold nothing, whatever the
    count says. `short`: so many of the last entries are counted and never listed. `shrink`: each page holds so many
    fewer than the one before it. `newest_first`: the order is turned round.

    Chances: `comes_empty`, a page holds nothing; `flicker`, an entry is missing from one reading, counted or not;
    `repeats`, an entry stands on a page twice; `shifts`, entries have moved since the page before. `empty_next` pages
    come empty.
    """

    size: Annotated[int, Field(ge=1, le=100_000)] = 100
    shape: Shape = "envelope"
    by: Literal["offset", "nextKey", "both", "none"] = "offset"
    count: Literal["page", "wrong", "missing"] | int | None = None
    offset_ignored: bool = False
    empty_from: Annotated[int | None, Field(ge=0, le=1000)] = None
    short: Annotated[int, Field(ge=0, le=5)] = 0
    shrink: Annotated[int, Field(ge=0, le=5)] = 0
    newest_first: bool = False
    empty_next: Annotated[int, Field(ge=0, le=3)] = 0
    comes_empty: Chance = 0.0
    flicker: Chance = 0.0
    repeats: Chance = 0.0
    shifts: Chance = 0.0

    def cut[Item](
        self,
        items: Sequence[Item],
        query: dict[str, str],
        dice: random.Random,
        key: Callable[[Item], str] = str,
    ) -> Page[Item]:
        """The page that a query asks for, which holds `offset`, `nextKey` or neither. Raises QueryError."""
        if self.newest_first:
            items = items[::-1]
        count = len(items)
        if self.flicker:
            items = [item for item in items if dice.random() >= self.flicker]
            count = dice.choice((count, len(items)))
        if self.short:
            items = items[: max(0, len(items) - self.short)]
        start = self._start(items, query, key)
        size = len(items) if self.by == "none" else max(1, self.size - self.shrink * (start // self.size))
        number = start // self.size + 1
        if self.offset_ignored or self.by == "none":
            start = 0
        if start and dice.random() < self.shifts:
            start = max(0, start + dice.choice((-2, -1, 1, 2)))
        shown = list(items[start : start + size])
        more = start + size < len(items)
        has_keys = self.by in ("nextKey", "both") and self.shape != "bare"
        next_key = _key(key(shown[-1]), start + size) if has_keys and shown and more else None
        if self._is_empty(start, dice):
            shown = []
        if self.repeats:
            shown = [item for item in shown for _ in range(1 + (dice.random() < self.repeats))]
        return Page(shown, self._said(count, len(shown), dice), number, next_key, has_keys)

    def _said(self, total: int, listed: int, dice: random.Random) -> int | None:
        match self.count:
            case None:
                return total
            case "page":
                return listed
            case "wrong":
                return max(0, total + dice.choice((-2, -1, 1, 2)))
            case "missing":
                return None
            case number:
                return number

    def _is_empty(self, start: int, dice: random.Random) -> bool:
        if self.empty_next:
            self.empty_next -= 1
            return True
        if self.empty_from is not None and start >= self.empty_from:
            return True
        return bool(self.comes_empty) and dice.random() < self.comes_empty

    def _start[Item](self, items: Sequence[Item], query: dict[str, str], key: Callable[[Item], str]) -> int:
        """Where the page starts: after the entry that the key names, or at the offset."""
        unknown = query.keys() - {"offset", "nextKey"}
        if unknown:
            raise QueryError(f"the query is not the documented one: {', '.join(sorted(unknown))}")
        if "nextKey" in query:
            return self._after(items, query["nextKey"], key)
        offset = query.get("offset", "0")
        if not offset.isdecimal():
            raise QueryError("offset is not a number")
        return 0 if self.by == "nextKey" else int(offset)

    def _after[Item](self, items: Sequence[Item], next_key: str, key: Callable[[Item], str]) -> int:
        if self.by not in ("nextKey", "both"):
            raise QueryError("this list gave no nextKey")
        try:
            told: dict[str, Any] = json.loads(base64.b64decode(next_key, validate=True))
            last, place = str(told["id"]), int(told["at"])
        except (ValueError, LookupError, TypeError):
            raise QueryError("nextKey is none that this list gave") from None
        if place <= len(items) and key(items[place - 1]) == last:
            return place
        found = next((nth for nth, item in enumerate(items) if key(item) == last), None)
        return place if found is None else found + 1


def _key(last: str, at: int) -> str:
    return base64.b64encode(json.dumps({"id": last, "at": at}).encode()).decode()
