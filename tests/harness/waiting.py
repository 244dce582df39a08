"""Waiting for a condition instead of for a length of time."""

import time
from collections.abc import Callable


def wait_until[T](condition: Callable[[], T], timeout: float = 60.0, what: str = "", every: float = 0.01) -> T:
    """The first true value that `condition` answers.

    Raises AssertionError, which names `what` was waited for and what was answered last, after `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"waited {timeout:g} s for {what or condition!r}; the last answer was {value!r}")
        time.sleep(every)
