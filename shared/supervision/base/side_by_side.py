"""Things done at the same time, and waited for no longer than is said."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from supervision.base.observability import logger

LARGEST = 64


class Begun[T]:
    """Work that was begun. In Lambda, what is not waited for goes on with the next invocation."""

    def __init__(self, work: Sequence[Callable[[], T]]) -> None:
        self._futures: list[Future[T | None]] = []
        if work:
            pool = ThreadPoolExecutor(min(len(work), LARGEST))
            self._futures = [pool.submit(_do, one) for one in work]
            pool.shutdown(wait=False)

    def wait(self, within: float) -> list[T | None]:
        """What came of each piece of work after `within` seconds at most, in the order it was given.

        None for what failed, which is logged, and for what still goes on.
        """
        if self._futures:
            wait(self._futures, timeout=within)
        return [one.result() if one.done() else None for one in self._futures]


def side_by_side[T](work: Sequence[Callable[[], T]], within: float) -> list[T | None]:
    """Does all of `work` at once; what came of each after `within` seconds at most, as `Begun.wait` gives it."""
    return Begun(work).wait(within)


def _do[T](work: Callable[[], T]) -> T | None:
    try:
        return work()
    except Exception:
        logger.exception("work beside other work failed")
        return None
