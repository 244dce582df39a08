"""The one place that reads the wall clock, so that a harness can move it."""

import time


def now_ms() -> int:
    """Milliseconds since the epoch, as Ytel's `createdTime` counts them."""
    return int(time.time() * 1000)
