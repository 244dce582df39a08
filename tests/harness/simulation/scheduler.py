"""One thing at a time, on a clock of its own: tasks that run until they wait, and the next of them is drawn.

Each task is a greenlet. It gives way only where it waits: at a call to the table, to Ytel, to the bus, a sleep, a lock,
a future. Who is due at the same moment goes in an order drawn from the seed, so a seed is one course of things.
"""

import heapq
import random
from collections.abc import Callable
from itertools import count
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

SECOND = 1_000_000  # the clock counts microseconds


class Task(greenlet):  # type: ignore[misc]
    """Something that runs. `home` is the function's environment that it runs in, if any."""

    def __init__(self, scheduler: "Scheduler", work: Callable[[], object], home: Any = None) -> None:
        super().__init__(work, scheduler.hub)
        self.scheduler = scheduler
        self.home = home
        self.abandoned = False


class Scheduler:
    """The clock and who waits for it. Made in the thread that runs it; `services` are what its tasks reach by name."""

    def __init__(self, dice: random.Random, start_ms: int) -> None:
        self.dice = dice
        self.now = start_ms * 1000
        self.hub = getcurrent()
        self.over = False
        self.services: dict[str, Any] = {}
        self._horizon = self.now
        self._queue: list[tuple[int, float, int, Task | Callable[[], None]]] = []
        self._order = count()
        self._tasks: list[Task] = []

    @property
    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return self.now // 1000

    def at(self, when: int, work: Task | Callable[[], None]) -> None:
        """Runs a task on, or does a piece of work that never waits, once its time has come."""
        heapq.heappush(self._queue, (max(when, self.now), self.dice.random(), next(self._order), work))

    def after(self, seconds: float, work: Task | Callable[[], None]) -> None:
        """The same in some seconds."""
        self.at(self.now + int(seconds * SECOND), work)

    def start(self, work: Callable[[], object], home: Any = None, after: float = 0.0) -> Task:
        """A new task, which begins in some seconds."""
        task = Task(self, work, home)
        self._tasks.append(task)
        self.after(after, task)
        return task

    def run(self, seconds: float) -> None:
        """Lets this time pass, and all that is due in it happen."""
        self._horizon = self.now + int(seconds * SECOND)
        while self._queue and self._queue[0][0] <= self._horizon:
            self.now, _, _, work = heapq.heappop(self._queue)
            if not isinstance(work, Task):
                work()
            elif not work.abandoned and not (work.home and work.home.holds_up(work)):
                work.switch()
        self.now = self._horizon
        if len(self._tasks) > 64:
            self._tasks = [task for task in self._tasks if not task.dead]

    def sleep(self, seconds: float) -> None:
        """Lets the present task wait. Nobody else is asked where nobody else is due before."""
        self.leave_if_over()
        task = getcurrent()
        due = self.now + max(0, int(seconds * SECOND))
        if due <= self._horizon and (not self._queue or self._queue[0][0] > due):
            self.now = due
            return
        self.at(due, task)
        self.pause()

    def pause(self) -> None:
        """The present task gives way until somebody runs it on."""
        self.hub.switch()
        self.leave_if_over()

    def abandon(self) -> None:
        """The present task is never run on: not a line of it, no `finally`."""
        getcurrent().abandoned = True
        self.pause()

    def leave_if_over(self) -> None:
        """Ends the present task where the simulation is over."""
        if self.over:
            raise GreenletExit

    def end(self) -> None:
        """Nothing runs any more. What was left in the middle is unwound, and can do nothing on its way."""
        self.over = True
        for task in self._tasks:
            if task and not task.dead:
                task.throw(GreenletExit)
        self._tasks, self._queue = [], []


def current() -> Task | None:
    """The task that runs, if this is one."""
    task = getcurrent()
    return task if isinstance(task, Task) else None
