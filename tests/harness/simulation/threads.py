"""Locks, futures and pools as `threading` and `concurrent.futures` have them, for tasks instead of threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, CancelledError
from typing import Any, NamedTuple, Self

from tests.harness.simulation.scheduler import Task, current


def _task() -> Task:
    task = current()
    assert task is not None, "only a task can wait"
    return task


class Lock:
    """A lock that may be taken once."""

    def __init__(self) -> None:
        self._holder: Task | None = None
        self._depth = 0
        self._waiting: deque[Task] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Takes it, or waits for it."""
        task = current()
        while self._holder is not None and not self._may_enter(task):
            if not blocking or timeout == 0 or task is None:
                return False
            self._waiting.append(task)
            task.scheduler.pause()
        self._holder, self._depth = task, self._depth + 1
        return True

    def release(self) -> None:
        """Gives it back."""
        self._depth -= 1
        if self._depth == 0:
            self._holder = None
            if self._waiting:
                task = self._waiting.popleft()
                task.scheduler.after(0, task)

    def locked(self) -> bool:
        """Whether somebody holds it."""
        return self._depth > 0

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _may_enter(self, task: Task | None) -> bool:
        return False


class RLock(Lock):
    """A lock that its holder may take again."""

    def _may_enter(self, task: Task | None) -> bool:
        return self._holder is task


class Future:
    """What a piece of work will give."""

    def __init__(self) -> None:
        self._state = "pending"
        self._result: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Future], object]] = []

    def done(self) -> bool:
        """Whether it is done, or cancelled."""
        return self._state in ("done", "cancelled")

    def running(self) -> bool:
        """Whether it is being worked on."""
        return self._state == "running"

    def cancelled(self) -> bool:
        """Whether it was cancelled before it began."""
        return self._state == "cancelled"

    def cancel(self) -> bool:
        """Cancels it, if it has not begun."""
        if self._state == "pending":
            self._settle("cancelled")
        return self.cancelled()

    def result(self, timeout: float | None = None) -> Any:
        """What it gives, once it does. Raises what it raised, TimeoutError or CancelledError."""
        error = self.exception(timeout)
        if error is not None:
            raise error
        return self._result

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What it raised, if anything. Raises TimeoutError or CancelledError."""
        wait([self], timeout)
        if not self.done():
            raise TimeoutError
        if self.cancelled():
            raise CancelledError
        return self._error

    def add_done_callback(self, act: Callable[["Future"], object]) -> None:
        """Acts once it is done."""
        if self.done():
            act(self)
        else:
            self._callbacks.append(act)

    def work(self, work: Callable[[], Any]) -> None:
        """Does the work and settles it."""
        self._state = "running"
        try:
            self._result = work()
        except Exception as error:
            self._error = error
        self._settle("done")

    def _settle(self, state: str) -> None:
        self._state = state
        for act in self._callbacks:
            act(self)


class Waited(NamedTuple):
    """The futures that are done, and the others."""

    done: set[Future]
    not_done: set[Future]


class _Alarm:
    """Runs a waiting task on, once, whoever calls first."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.rung = False

    def __call__(self, *_: object) -> None:
        if not self.rung:
            self.rung = True
            self._task.scheduler.after(0, self._task)


def wait(futures: Iterable[Future], timeout: float | None = None, return_when: str = ALL_COMPLETED) -> Waited:
    """Waits for futures as `concurrent.futures.wait` does."""
    wanted = list(futures)
    until = None if timeout is None else _task().scheduler.now + int(timeout * 1_000_000)
    while not _enough(wanted, return_when):
        task = _task()
        scheduler = task.scheduler
        if until is not None and scheduler.now >= until:
            break
        alarm = _Alarm(task)
        for future in wanted:
            if not future.done():
                future.add_done_callback(alarm)
        if until is not None:
            scheduler.at(until, alarm)
        scheduler.pause()
        alarm.rung = True
    done = {future for future in wanted if future.done()}
    return Waited(done, set(wanted) - done)


def as_completed(futures: Iterable[Future], timeout: float | None = None) -> Iterator[Future]:
    """Futures as they are done. Raises TimeoutError."""
    left = list(futures)
    until = None if timeout is None else _task().scheduler.now + int(timeout * 1_000_000)
    while left:
        patience = None if until is None else max(0.0, (until - _task().scheduler.now) / 1_000_000)
        done = [future for future in left if future in wait(left, patience, FIRST_COMPLETED).done]
        if not done:
            raise TimeoutError
        left = [future for future in left if future not in done]
        yield from done


def _enough(futures: list[Future], return_when: str) -> bool:
    done = [future for future in futures if future.done()]
    if len(done) == len(futures):
        return True
    if return_when == FIRST_EXCEPTION:
        return any(future._error is not None for future in done)
    return return_when == FIRST_COMPLETED and bool(done)


class ThreadPoolExecutor:
    """A pool of at most `max_workers` tasks in the environment of who made it."""

    def __init__(self, max_workers: int | None = None, *_: Any, **__: Any) -> None:
        self._room = max_workers or 8
        self._queue: deque[tuple[Future, Callable[[], Any]]] = deque()
        self._futures: list[Future] = []
        self._closed = False

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future:
        """Has it done as soon as a worker is free."""
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = Future()
        self._futures.append(future)
        self._queue.append((future, lambda: work(*arguments, **named)))
        if self._room:
            self._room -= 1
            task = _task()
            task.scheduler.start(self._work, task.home)
        return future

    def map(self, work: Callable[..., Any], *given: Iterable[Any], timeout: float | None = None) -> Iterator[Any]:
        """What it makes of each, in order."""
        futures = [self.submit(work, *arguments) for arguments in zip(*given, strict=False)]
        until = None if timeout is None else _task().scheduler.now + int(timeout * 1_000_000)

        def results() -> Iterator[Any]:
            for future in futures:
                left = None if until is None else max(0.0, (until - _task().scheduler.now) / 1_000_000)
                yield future.result(left)

        return results()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more; waits for what is under way."""
        self._closed = True
        if cancel_futures:
            for future, _ in self._queue:
                future.cancel()
        if wait and current() is not None:
            _wait(self._futures)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    def _work(self) -> None:
        while self._queue:
            future, work = self._queue.popleft()
            if not future.cancelled():
                future.work(work)
        self._room += 1


_wait = wait
