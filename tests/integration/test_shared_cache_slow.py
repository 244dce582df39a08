"""Reads that take longer than what they give may be old."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from supervision.base import clock
from supervision.base.problems import YtelUnavailable
from supervision.table.shared_cache import CachePolicy, Read, SharedCache
from tests.harness.waiting import wait_until
from tests.integration.test_shared_cache import Upstream, value_of

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


@pytest.fixture
def reading():
    """A read that goes on until its gate is opened; how many wait for it is told by who gets an answer."""
    upstream = Upstream()
    yield upstream
    upstream.gate.set()


def beside(table, upstream, clock_at, seconds, ask):
    """What `ask` gives while another function reads, `seconds` after it began."""
    upstream.gate.clear()
    reads = upstream.reads
    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(value_of, SharedCache(table, "thing", POLICY), upstream)
        wait_until(lambda: upstream.reads == reads + 1)
        clock_at(seconds)
        try:
            return ask()
        finally:
            upstream.gate.set()
            one.result(10)


def test_nobody_waits_for_the_read_after_one_that_was_slow(table, slow, reading, clock_at):
    served(SharedCache(table, "thing", POLICY), slow)
    clock_at(2.1)
    others = [SharedCache(table, "thing", POLICY) for _ in range(5)]
    found = beside(table, reading, clock_at, 0.0, lambda: [value_of(one, reading, within=60) for one in others])
    assert [(generation.stale, value) for generation, value in found] == [(True, b"calls")] * 5
    assert reading.reads == 1


def test_nobody_waits_on_for_a_read_that_has_become_slow(table, reading, clock_at):
    value_of(SharedCache(table, "thing", POLICY), reading)
    clock_at(2.5)
    other = SharedCache(table, "thing", POLICY)
    generation, _ = beside(table, reading, clock_at, 2.1, lambda: value_of(other, reading, within=60))
    assert generation.stale


def test_nobody_waits_for_the_read_after_one_that_failed(table, reading, clock_at):
    value_of(SharedCache(table, "thing", POLICY), reading)
    clock_at(2.5)
    reading.problem = YtelUnavailable("down")
    assert value_of(SharedCache(table, "thing", POLICY), reading)[0].stale
    clock_at(2.5)
    other = SharedCache(table, "thing", POLICY)
    generation, _ = beside(table, reading, clock_at, 0.0, lambda: value_of(other, reading, within=60))
    assert generation.stale


@pytest.mark.parametrize("terms", [{"stale": False}, {"after_an_action": True}])
def test_what_may_not_be_stale_is_waited_for(table, slow, reading, clock_at, monkeypatch, terms):
    """A look of the watcher's; the list after an action."""
    served(SharedCache(table, "thing", POLICY), slow)
    clock_at(2.1)
    other = SharedCache(table, "thing", POLICY)
    if terms.pop("after_an_action", False):
        other.invalidate()

    looks, look = [], other._item.look

    def looking():
        looks.append(look())
        return looks[-1]

    monkeypatch.setattr(other._item, "look", looking)

    def ask():
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(value_of, other, reading, within=10.0, **terms)
            wait_until(lambda: len(looks) >= 3)  # it looks again and again
            reading.gate.set()
            return asking.result(10)

    generation, value = beside(table, reading, clock_at, 0.0, ask)
    assert (generation.stale, value) == (False, b"one")
