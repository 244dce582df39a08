"""How many environments work at once while many pages poll and Ytel is slow: as Lambda makes them, in threads."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from supervision.base import aws, clock
from supervision.ytel.readings import ConferenceList
from tests.bench.lines import Line
from tests.bench.lists import Environment, Floors
from tests.harness.simulation.dynamodb import DynamoDB
from tests.harness.simulation.table import Table
from tests.integration.tables import as_the_template_says

PAGES, POLL_SECONDS, YTEL_SECONDS, SECONDS = 50, 2.0, 4.0, 24.0
CALLS = 126
# What a poll takes beside the list: the gateway, the handler, two round trips to DynamoDB.
POLL_TAKES = 0.010


def lines() -> Iterator[Line]:
    """The line of a slow Ytel."""
    pool = measure()
    what = f"environments busy at once, {PAGES} pages, Ytel at {YTEL_SECONDS:.0f} s a list"
    how = f"{pool.polls} polls in {SECONDS:.0f} s, {pool.waited} of them waited, {pool.lists} lists"
    yield Line(what, "-", pool.most, 6, how, unit="")
    windows = SECONDS / POLL_SECONDS
    yield Line(
        f"lists asked of Ytel meanwhile, in {SECONDS:.0f} s", f"{windows:.0f} windows", pool.lists / windows, 1.2, ""
    )


class Pool:
    """Environments of one function: a free one answers, else one more is made. `most` were busy at once.

    `waited` polls took longer than half a second, but those that read the list themselves.
    """

    def __init__(self) -> None:
        self.most = self.polls = self.waited = self.lists = 0
        self._free: list[SlowEnvironment] = []
        self._busy = 0
        self._lock = threading.Lock()
        self._floors = Floors(CALLS, 8)
        self._answers = self._floors.answers()

    def poll(self) -> None:
        """One poll."""
        with self._lock:
            one = self._free.pop() if self._free else SlowEnvironment(self._floors)
            one.answer = next(self._answers)
            self._busy += 1
            self.most = max(self.most, self._busy)
        read, began = one.lists, time.monotonic()
        one.floor.held()
        took = time.monotonic() - began
        time.sleep(POLL_TAKES)
        with self._lock:
            self._busy -= 1
            self._free.append(one)
            self.polls += 1
            self.lists += one.lists - read
            self.waited += took > 0.5 and one.lists == read


class SlowEnvironment(Environment):
    """Whose Ytel takes its time."""

    lists = 0

    def conferences(self) -> ConferenceList:
        """The list as it was when it was asked for, later."""
        self.lists += 1
        read = super().conferences()
        time.sleep(YTEL_SECONDS)
        return read


def measure() -> Pool:
    """The pages poll, each in its turn; what came of it."""
    with _shared_table():
        pool = Pool()
        pool.poll()  # there is a list
        pool.most = pool.polls = pool.waited = pool.lists = 0
        ends = time.monotonic() + SECONDS

        def page(number: int) -> None:
            turn = time.monotonic() + POLL_SECONDS * number / PAGES
            while turn < ends:
                time.sleep(max(0.0, turn - time.monotonic()))
                pool.poll()
                turn = max(turn + POLL_SECONDS, time.monotonic())

        threads = [threading.Thread(target=page, args=(number,)) for number in range(PAGES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return pool


class _OneAtATime:
    """The table in memory, for threads."""

    def __init__(self) -> None:
        self._memory: Any = DynamoDB(Table("t", as_the_template_says()[1], now=clock.now_ms))
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        work = getattr(self._memory, name)
        if not callable(work) or isinstance(work, type):
            return work

        def locked(**asked: Any) -> Any:
            with self._lock:
                return work(**asked)

        return locked


@contextmanager
def _shared_table() -> Iterator[None]:
    table = _OneAtATime()
    with patch.object(aws, "client", lambda _: table):
        yield
