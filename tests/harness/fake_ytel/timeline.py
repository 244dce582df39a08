"""Time on the floor: a clock that can be moved, and what is due when.

Whatever is due happens in order and at its own time, so a floor looked at once a minute is the same floor as one looked
at ten times a second.
"""

import heapq
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

type Clock = Callable[[], int]


def wall_clock() -> int:
    """Milliseconds since the epoch."""
    return int(time.time() * 1000)


class ManualClock:
    """A clock that stands until it is moved."""

    def __init__(self, now_ms: int = 1_760_000_000_000) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def move(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


class Timeline:
    """A lock, the present, and the acts that wait for their time."""

    def __init__(self, clock: Clock = wall_clock) -> None:
        self._clock = clock
        self._moved_ms = 0
        self._due: list[tuple[int, int, Callable[[], object]]] = []
        self._order = count()
        self._lock = threading.RLock()
        self._depth = 0
        self.now = clock()

    def at(self, when_ms: int, act: Callable[[], object]) -> None:
        """Do this once its time has come; never before the next tick."""
        with self._lock:
            heapq.heappush(self._due, (when_ms, next(self._order), act))

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        self.at(self.now + round(seconds * 1000), act)

    def move_clock(self, seconds: float) -> None:
        """Put the clock on, and let happen what falls due on the way."""
        with self._lock:
            self._moved_ms += round(seconds * 1000)
        self.tick()

    def tick(self, now_ms: int | None = None) -> None:
        """Bring the floor to this moment, or to the clock's. Time never runs backwards."""
        with self._lock:
            target = self._clock() + self._moved_ms if now_ms is None else now_ms
            self._depth += 1  # an act that looks at the floor must not tick it again
            try:
                while self._due and self._due[0][0] <= target:
                    when, _, act = heapq.heappop(self._due)
                    self.now = max(self.now, when)
                    act()
                self.now = max(self.now, target)
            finally:
                self._depth -= 1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One caller at a time, on a floor that is up to date."""
        with self._lock:
            if not self._depth:
                self.tick()
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
