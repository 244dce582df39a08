"""What the lists of a floor write to DynamoDB, and on which partition keys; what pages are sent of them."""

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any
from unittest.mock import patch

from supervision.base import aws, clock
from supervision.floor.floor import Held
from supervision.floor.listing import Listing
from supervision.floor.queries import CallQuery
from tests.bench.lines import Line
from tests.bench.lists import Environment, Floors
from tests.harness.simulation.dynamodb import DynamoDB
from tests.harness.simulation.table import Table
from tests.integration.tables import as_the_template_says

SIZE = 10_000
LIST_SECONDS, KEY_UNITS_A_SECOND, WRITE_UNIT = 2, 1000, 1024
# Some are written whole: so many lists, that both kinds are among them.
LISTS = 82
PAGE_LISTS = 15


class CountedTable:
    """A table in memory, which is held to moto's, and the write units of each list on each partition key."""

    def __init__(self) -> None:
        self._memory: Any = DynamoDB(Table("t", as_the_template_says()[1], now=clock.now_ms))
        self.of_list: Counter[str] = Counter()

    def batch_write_item(self, **asked: Any) -> Any:
        """Counts each item."""
        for ones in asked["RequestItems"].values():
            for one in ones:
                self._count(one["PutRequest"]["Item"])
        return self._memory.batch_write_item(**asked)

    def update_item(self, **asked: Any) -> Any:
        """Counts the item as it is afterwards."""
        answer = self._memory.update_item(**asked)
        self._count(answer["Attributes"])
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._memory, name)

    def _count(self, item: dict[str, Any]) -> None:
        size = sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())
        self.of_list[item["pk"]["S"]] += max(1, ceil(size / WRITE_UNIT))


def lines() -> Iterator[Line]:
    """The lines of what is written and sent."""
    whole, *changed = _written(SIZE // 100)
    units = [sum(one.values()) for one in changed]
    what = f"write units of a list with 1 % changed, {SIZE:,} calls, {LISTS} lists, those written whole among them"
    mean, first = sum(units) / len(units), sum(whole.values())
    how = f"{mean:.0f} / {first:,} units; {min(units)} where the change alone is written"
    yield Line(what, "of the whole list", mean / first, 0.06, how, spread=(min(units) / first, max(units) / first))
    lists = _written(SIZE // 20)
    most = max(max(one.values()) for one in lists) / LIST_SECONDS
    what = f"most write units a second on one partition key, {SIZE:,} calls, 5 % changed a list"
    yield Line(what, "DynamoDB's 1,000", most / KEY_UNITS_A_SECOND, 0.3, f"{most:.0f} / {KEY_UNITS_A_SECOND} units")
    for size, changes, limit in ((126, 4, 0.1), (1_000, 2, 0.03)):
        since, whole_ = _sent(size, changes * LIST_SECONDS)
        what = f"bytes to a page in a minute, {size:,} calls, {changes} changes a second, compressed"
        yield Line(
            what, "the list in each answer", since / whole_, limit, f"{since / 1024:.1f} / {whole_ / 1024:.0f} KiB"
        )


def _written(changed: int) -> list[Counter[str]]:
    """The write units of each list, by partition key, as two functions read them in turn."""
    floors = Floors(SIZE, changed)
    with counted_table() as (table, move):
        functions = [Environment(floors), Environment(floors)]
        found = []
        for turn, answer in zip(range(LISTS + 1), floors.answers(), strict=False):
            functions[turn % 2].answer = answer
            functions[turn % 2].floor.held()
            found.append(table.of_list)
            table.of_list = Counter()
            move(LIST_SECONDS + 0.1)
        return found


def _sent(size: int, changed: int) -> tuple[float, float]:
    """The bytes that a page is sent in a minute: asking for what changed, and for the whole list; bodies alone."""
    floors = Floors(size, changed)
    sent: dict[str, float] = defaultdict(float)
    with counted_table() as (_, move):
        function, listing, version = Environment(floors), Listing(), ""
        for turn, answer in zip(range(PAGE_LISTS + 1), floors.answers(), strict=False):
            function.answer = answer
            held = function.floor.held()
            body = _body(listing, held, {"limit": "1000"})
            since = _body(listing, held, {"limit": "1000", "since": version})
            version = held.content.version
            if turn:  # the first is the whole list for everybody
                sent["whole"] += len(gzip.compress(body))
                sent["since"] += len(gzip.compress(since))
            move(LIST_SECONDS + 0.1)
    a_minute = 60 / LIST_SECONDS / PAGE_LISTS
    return sent["since"] * a_minute, sent["whole"] * a_minute


def _body(listing: Listing, held: Held, parameters: dict[str, str]) -> bytes:
    return listing.page(held, CallQuery.of(parameters)).body(held.as_of, stale=held.stale)


@contextmanager
def counted_table() -> Iterator[tuple[CountedTable, Any]]:
    """The table of every function, and what moves their clock on, in seconds."""
    now = [1_709_849_242_672]

    def move(seconds: float) -> None:
        now[0] += int(seconds * 1000)

    with patch.object(clock, "now_ms", lambda: now[0]):
        table = CountedTable()
        with patch.object(aws, "client", lambda _: table):
            yield table, move
