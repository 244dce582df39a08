"""Which failed reads are tried again, and when. Pure. Nothing that dials or disconnects is ever tried again."""

from supervision.base.problems import Problem, YtelRateLimited, YtelUnavailable

READING_ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 2.0


def wait_before_retry(attempt: int, problem: Problem, seconds_left: float, jitter: float) -> float | None:
    """Seconds to wait before a read is tried again, or None where it is not.

    `attempt` counts from 1; `jitter` is from 0 to 1. Ytel's own Retry-After is kept to, but a person is waiting: one
    that is longer than LONGEST_WAIT_SECONDS, or than what is left, is passed on instead.
    """
    if attempt >= READING_ATTEMPTS or not isinstance(problem, YtelRateLimited | YtelUnavailable):
        return None
    if problem.retry_after is not None:
        wait = float(problem.retry_after)
    else:
        wait = 0.2 * 2 ** (attempt - 1) * (0.5 + jitter / 2)
    return wait if wait <= min(LONGEST_WAIT_SECONDS, seconds_left) else None
