"""Reads that take longer than what they give may be old."""

import pytest

from supervision.base import clock
from supervision.table.shared_cache import CachePolicy, Read, SharedCache

POLICY = CachePolicy(max_age=2_000, refresh_after=1_700, max_stale=30_000, retry=2_000, lease=8_000, lifetime=900_000)


class Slow:
    """An upstream that takes three seconds to answer; counts its reads."""

    def __init__(self, clock_at):
        self.reads, self._clock_at = 0, clock_at

    def __call__(self):
        self.reads += 1
        read_at = clock.now_ms()
        self._clock_at(3)
        return Read(read_at, lambda: {"part": b"calls"})


@pytest.fixture
def slow(clock_at):
    return Slow(clock_at)


def served(cache, read):
    return cache.load(read, lambda generation: generation.part("part"))[0]


def test_those_who_waited_for_a_slow_read_do_not_each_read_again(table, slow):
    cache = SharedCache(table, "thing", POLICY)
    generations = [served(cache, slow) for _ in range(10)]
    assert slow.reads == 1
    assert [generation.stale for generation in generations] == [False] + [True] * 9, "older than it may be, and says so"


def test_it_is_read_again_once_its_pause_is_over(table, slow, clock_at):
    cache = SharedCache(table, "thing", POLICY)
    served(cache, slow)
    clock_at(2.1)
    assert not served(cache, slow).stale
    assert slow.reads == 2
    served(cache, slow)
    assert slow.reads == 2, "also where the content is the same again"


def test_an_action_since_the_slow_read_is_not_made_to_wait(table, slow):
    cache = SharedCache(table, "thing", POLICY)
    served(cache, slow)
    cache.invalidate()
    assert not served(cache, slow).stale
    assert slow.reads == 2


def test_a_quick_read_pauses_nothing(table, clock_at):
    cache = SharedCache(table, "thing", POLICY)
    reads = []

    def read():
        reads.append(clock.now_ms())
        return Read(reads[-1], lambda: {"part": b"calls"})

    served(cache, read)
    clock_at(1.9)
    served(cache, read)
    assert len(reads) == 2
