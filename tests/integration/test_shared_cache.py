"""Snapshots against DynamoDB as moto has it, over a socket: whole swaps, one reader of Ytel at a time, failures."""

import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from supervision.base import aws, clock
from supervision.base.problems import YtelInvalid, YtelRateLimited, YtelUnavailable
from supervision.table.gateway import Gateway
from supervision.table.shared_cache import CachePolicy, Gone, Read, SharedCache
from supervision.table.shared_cache.chunks import LARGEST_CHUNK
from supervision.table.shared_cache.pointer import Pointer, PointerItem
from tests.harness.waiting import wait_until

POLICY = CachePolicy(max_age=2_000, refresh_after=1_700, max_stale=30_000, retry=2_000, lease=8_000, lifetime=900_000)


class Upstream:
    """What is read: `value`, at `clock`'s time, or the `problem`. Counts its reads; may be held up by `gate`."""

    def __init__(self, value=b"one"):
        self.value, self.problem, self.reads = value, None, 0
        self.gate, self.reading = threading.Event(), threading.Event()
        self.gate.set()

    def __call__(self):
        self.reads += 1
        read_at = clock.now_ms()
        value, problem = self.value, self.problem
        self.reading.set()
        assert self.gate.wait(10)
        if problem:
            raise problem
        return Read(read_at, lambda: {"part": value})


def value_of(cache, upstream, **terms):
    return cache.load(upstream, lambda generation: generation.part("part"), **terms)


@pytest.fixture
def cache(table):
    return SharedCache(table, "thing", POLICY)


@pytest.fixture
def other(table):
    return SharedCache(table, "thing", POLICY)


def items(table, prefix):
    pages = (
        aws.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table,
            FilterExpression="begins_with(pk, :pk) AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": "SNAPSHOT#thing"}, ":prefix": {"S": prefix}},
        )
    )
    return [item for page in pages for item in page["Items"]]


# ---------------------------------------------------------------- what is held


def test_what_one_function_read_serves_the_others(cache, other, clock_at):
    upstream = Upstream()
    generation, value = value_of(cache, upstream)
    assert (value, generation.stale, generation.as_of) == (b"one", False, clock_at())
    clock_at(1.5)
    assert value_of(other, upstream)[1] == b"one"
    assert upstream.reads == 1


def test_it_is_read_anew_before_it_is_too_old(cache, other, clock_at):
    upstream = Upstream()
    value_of(cache, upstream)
    upstream.value = b"two"
    clock_at(2.001)
    generation, value = value_of(other, upstream)
    assert (value, generation.as_of) == (b"two", clock_at())
    assert value_of(cache, upstream)[1] == b"two"
    assert upstream.reads == 2


def test_a_warm_poll_is_one_small_eventually_consistent_read(cache, clock_at, made_up_aws):
    upstream = Upstream(random.Random(1).randbytes(100_000))
    value_of(cache, upstream)
    made_up_aws.forget()
    for _ in range(10):
        value_of(cache, upstream)
    assert made_up_aws.operations() == ["GetItem"] * 10
    assert made_up_aws.read_units() == 5.0


def test_who_read_it_needs_no_chunk(cache, clock_at, made_up_aws):
    value_of(cache, Upstream())
    assert "BatchGetItem" not in made_up_aws.operations()


def test_unchanged_content_is_not_written_again(cache, other, clock_at, made_up_aws, table):
    upstream = Upstream()
    first, _ = value_of(cache, upstream)
    value_of(other, upstream)
    made_up_aws.forget()
    clock_at(5)
    again, _ = value_of(cache, upstream)
    assert again.id == first.id
    assert again.as_of == clock_at()
    assert upstream.reads == 2
    assert not made_up_aws.operations("BatchWriteItem", "PutItem")
    value_of(other, upstream)
    assert not made_up_aws.operations("BatchGetItem")


@pytest.mark.parametrize("size", [0, 1, LARGEST_CHUNK - 1, LARGEST_CHUNK, LARGEST_CHUNK + 1, 12_000_000])
def test_a_value_of_any_size_comes_back_whole(cache, other, table, size):
    value = random.Random(size).randbytes(size)
    upstream = Upstream(value)
    value_of(cache, upstream)
    assert value_of(other, upstream)[1] == value
    for chunk in items(table, "CHUNK#"):
        assert len(chunk["data"]["B"]) < 400_000


def test_parts_are_read_one_by_one(cache, other, made_up_aws):
    read = lambda: Read(clock.now_ms(), lambda: {"small": b"s", "large": random.Random(2).randbytes(2_000_000)})  # noqa: E731
    cache.get(read)
    made_up_aws.forget()
    assert other.get(read).part("small") == b"s"
    assert made_up_aws.read_units() == 1.0


def test_what_is_replaced_stays_for_a_while_and_then_goes(cache, clock_at, table):
    upstream = Upstream()
    value_of(cache, upstream)
    clock_at(5)
    upstream.value = b"two"
    value_of(cache, upstream)
    old, new = sorted(items(table, "CHUNK#"), key=lambda item: int(item["expiration"]["N"]))
    assert int(old["expiration"]["N"]) > clock_at() / 1000 + 60
    assert int(new["expiration"]["N"]) < clock_at() / 1000 + 3600


def test_what_stands_outlives_its_time_however_long_it_is_unchanged(cache, other, clock_at, table):
    upstream = Upstream()
    for _ in range(40):
        value_of(cache, upstream)
        [current] = items(table, "CURRENT")
        chunks = items(table, f"CHUNK#{current['generationId']['S']}")
        assert chunks
        assert all(int(chunk["expiration"]["N"]) > clock_at() / 1000 + 60 for chunk in chunks)
        clock_at(100)
    assert len(items(table, "CHUNK#")) < 12


# ---------------------------------------------------------------- chunks that are gone


def lose_chunks(table):
    for item in items(table, "CHUNK#"):
        aws.client("dynamodb").delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def test_a_reader_that_finds_chunks_missing_takes_what_stands_by_then(cache, other, clock_at, table):
    upstream = Upstream()
    value_of(cache, upstream)
    old = other.get(upstream)
    lose_chunks(table)
    clock_at(5)
    upstream.value = b"two"
    value_of(cache, upstream)
    with pytest.raises(Gone):
        old.part("part")
    assert value_of(other, upstream)[1] == b"two"
    assert upstream.reads == 2


def test_lost_chunks_are_read_anew(cache, other, clock_at, table):
    upstream = Upstream()
    value_of(cache, upstream)
    lose_chunks(table)
    assert value_of(other, upstream)[1] == b"one"
    assert upstream.reads == 2
    assert value_of(SharedCache(table, "thing", POLICY), upstream)[1] == b"one"
    assert upstream.reads == 2


# ---------------------------------------------------------------- one at a time


def test_many_at_once_ask_once(table):
    upstream = Upstream()
    upstream.gate.clear()
    with ThreadPoolExecutor(12) as pool:
        asking = [pool.submit(value_of, SharedCache(table, "thing", POLICY), upstream) for _ in range(12)]
        assert upstream.reading.wait(5)
        upstream.gate.set()
        assert {one.result(10)[1] for one in asking} == {b"one"}
    assert upstream.reads == 1


def test_the_others_are_served_what_is_held_while_one_reads(cache, other, clock_at):
    upstream = Upstream()
    value_of(cache, upstream)
    clock_at(1.8)
    upstream.value = b"two"
    upstream.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(value_of, cache, upstream)
        wait_until(lambda: upstream.reads == 2)
        generation, value = value_of(other, upstream, within=0.0)  # it may not wait for what is being read
        assert (value, generation.stale) == (b"one", False)
        upstream.gate.set()
        assert reading.result(5)[1] == b"two"
    assert upstream.reads == 2


def test_who_waits_too_long_is_served_what_is_stale_or_told_to_come_again(cache, other, clock_at):
    upstream = Upstream()
    upstream.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(value_of, cache, upstream)
        assert upstream.reading.wait(5)
        with pytest.raises(YtelUnavailable) as refused:
            value_of(other, upstream, within=0.2)
        assert refused.value.retry_after == 1
        upstream.gate.set()
        reading.result(5)
        clock_at(5)
        upstream.gate.clear()
        reading = pool.submit(value_of, cache, upstream)
        wait_until(lambda: upstream.reads == 2)
        assert value_of(other, upstream, within=0.2)[0].stale
        upstream.gate.set()
        reading.result(5)
    assert upstream.reads == 2


def test_a_lease_ends_by_itself(cache, other, clock_at):
    slow, quick = Upstream(b"old"), Upstream(b"new")
    slow.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(value_of, cache, slow)
        assert slow.reading.wait(5)
        clock_at(8.5)
        assert value_of(other, quick)[1] == b"new"
        slow.gate.set()
        assert reading.result(5)[1] == b"new"  # the late one does not overwrite, and gives what stands
    assert value_of(other, quick)[1] == b"new"
    assert quick.reads == 1


def test_a_late_writer_does_not_end_the_lease_of_another(cache, other, table, clock_at):
    slow, next_ = Upstream(b"first"), Upstream(b"second")
    slow.gate.clear()
    next_.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(value_of, cache, slow)
        assert slow.reading.wait(5)
        clock_at(8.5)
        second = pool.submit(value_of, other, next_)
        assert next_.reading.wait(5)
        slow.gate.set()
        assert first.result(5)[1] == b"first"  # newer than nothing: it stands for the time being
        [current] = items(table, "CURRENT")
        assert "leaseHolder" in current
        next_.gate.set()
        assert second.result(5)[1] == b"second"
    [current] = items(table, "CURRENT")
    assert "leaseHolder" not in current
    assert next_.reads == 1


HOLDER = """
import sys, time
from supervision.table.shared_cache import SharedCache, CachePolicy
def read():
    print("reading", flush=True)
    time.sleep(60)
terms = CachePolicy(max_age=2_000, refresh_after=1_700, max_stale=30_000, retry=2_000, lease=1_500, lifetime=900_000)
SharedCache(sys.argv[1], "thing", terms).get(read)
"""


@pytest.mark.usefixtures("served_aws")
def test_a_holder_that_is_killed_is_followed_by_another(table):
    shared = Path(__file__).parents[2] / "shared"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, table],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(shared)},
        text=True,
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "reading\n"
        holder.kill()
    upstream = Upstream()
    with ThreadPoolExecutor(4) as pool:
        values = [pool.submit(value_of, SharedCache(table, "thing", POLICY), upstream) for _ in range(4)]
        assert {one.result(10)[1] for one in values} == {b"one"}
    assert upstream.reads == 1


def test_what_is_none_of_ytels_ends_the_lease_and_is_raised(cache, other):
    def broken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.get(broken)
    assert value_of(other, Upstream(), within=0.0)[1] == b"one"  # it may not wait for the lease to end by itself


def test_no_reader_ever_sees_half_of_an_update(table):
    """Writers swap values of many chunks as fast as they can, under readers of which each checks what it gets."""
    hasty = CachePolicy(max_age=1, refresh_after=0, max_stale=60_000, retry=1, lease=5_000, lifetime=900_000)
    stop = threading.Event()

    def read():
        filling = random.Random(time.perf_counter_ns()).randbytes(1)
        noise = random.Random(int.from_bytes(filling)).randbytes(800_000)
        return Read(clock.now_ms(), lambda: {"a": filling + noise, "b": filling})

    def write():
        cache = SharedCache(table, "thing", hasty)
        while not stop.is_set():
            cache.get(read, within=5)

    def check():
        cache = SharedCache(
            table, "thing", CachePolicy(**{**vars_of(hasty), "max_age": 60_000, "refresh_after": 60_000})
        )
        generations: set[str] = set()
        as_of = 0
        while len(generations) < 8:
            generation, (a, b) = cache.load(read, lambda generation: (generation.part("a"), generation.part("b")))
            assert a[:1] == b
            assert a[1:] == random.Random(b[0]).randbytes(800_000)
            assert generation.as_of >= as_of
            generations.add(generation.id)
            as_of = generation.as_of

    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(write) for _ in range(2)]
        checks = [pool.submit(check) for _ in range(3)]
        try:
            for one in checks:
                one.result(60)
        finally:
            stop.set()
        for writer in writers:
            writer.result(10)


def vars_of(terms):
    return {name: getattr(terms, name) for name in CachePolicy.__struct_fields__}


# ---------------------------------------------------------------- Ytel fails


def test_while_reads_fail_what_is_held_serves_and_says_so(cache, other, clock_at):
    upstream = Upstream()
    value_of(cache, upstream)
    upstream.problem = YtelUnavailable("down")
    clock_at(5)
    for reader in (cache, other):
        generation, value = value_of(reader, upstream)
        assert (value, generation.stale) == (b"one", True)
    clock_at(25)
    value_of(other, upstream)
    clock_at(0.5)
    with pytest.raises(YtelUnavailable) as refused:
        value_of(cache, upstream)
    assert refused.value.detail == "down"
    assert refused.value.retry_after


def test_all_together_try_again_once_in_a_while(table, clock_at):
    upstream = Upstream()
    upstream.problem = YtelUnavailable("down")
    for _ in range(40):
        with pytest.raises(YtelUnavailable):
            value_of(SharedCache(table, "thing", POLICY), upstream)
        clock_at(0.25)
    assert upstream.reads == 5


def test_a_retry_after_is_kept_to_by_all(cache, other, clock_at):
    upstream = Upstream()
    upstream.problem = YtelRateLimited("slow down", retry_after=7)
    with pytest.raises(YtelRateLimited) as refused:
        value_of(cache, upstream)
    assert refused.value.retry_after == 7
    upstream.problem = None
    clock_at(4)
    with pytest.raises(YtelRateLimited) as refused:
        value_of(other, upstream)
    assert (refused.value.retry_after, refused.value.detail) == (3, "slow down")
    clock_at(3)
    assert value_of(other, upstream)[1] == b"one"
    assert upstream.reads == 2


def test_a_retry_after_without_end_is_not_kept_to(cache, clock_at):
    upstream = Upstream()
    upstream.problem = YtelRateLimited("slow down", retry_after=10**9)
    with pytest.raises(YtelRateLimited):
        value_of(cache, upstream)
    upstream.problem = None
    clock_at(301)
    assert value_of(cache, upstream)[1] == b"one"


def test_a_problem_that_waiting_does_not_mend_names_no_time(cache, other, clock_at):
    upstream = Upstream()
    upstream.problem = YtelInvalid("no list")
    for reader in (cache, other):
        with pytest.raises(YtelInvalid) as refused:
            value_of(reader, upstream)
        assert refused.value.retry_after is None


def test_a_failure_is_forgotten_once_a_read_succeeds(cache, other, clock_at, table):
    upstream = Upstream()
    upstream.problem = YtelUnavailable("down")
    with pytest.raises(YtelUnavailable):
        value_of(cache, upstream)
    upstream.problem = None
    clock_at(3)
    assert not value_of(other, upstream)[0].stale
    [current] = items(table, "CURRENT")
    assert "failure" not in current


def test_what_is_still_young_is_not_stale_though_a_read_failed(cache, clock_at):
    upstream = Upstream()
    value_of(cache, upstream)
    upstream.problem = YtelUnavailable("down")
    clock_at(1.8)
    assert not value_of(cache, upstream)[0].stale
    assert upstream.reads == 2
    assert not value_of(cache, upstream)[0].stale
    assert upstream.reads == 2


def test_who_wants_no_stale_one_gets_the_problem(cache, clock_at):
    upstream = Upstream()
    value_of(cache, upstream)
    upstream.problem = YtelUnavailable("down")
    clock_at(3)
    with pytest.raises(YtelUnavailable):
        value_of(cache, upstream, stale=False)


def test_who_looked_before_another_failed_does_not_ask_all_the_same(cache, other, clock_at, monkeypatch):
    upstream = Upstream()
    upstream.problem = YtelUnavailable("down")
    before = other._item.look()
    with pytest.raises(YtelUnavailable):
        cache.get(upstream)
    monkeypatch.setattr(other._item, "look", lambda: before)
    with pytest.raises(YtelUnavailable):
        other.get(upstream)
    assert upstream.reads == 1


def test_a_late_writer_that_is_overtaken_while_it_writes_changes_nothing(table, monkeypatch):
    late, quick = (PointerItem(Gateway(table), "SNAPSHOT#thing", 8_000) for _ in range(2))
    change = late._change
    changes: list[Any] = []

    def overtaken(*asked):
        changed = change(*asked)
        changes.append(changed)
        if len(changes) == 1:
            assert quick.swap("quick", Pointer(generation="new", as_of=2_000), now=3_000)[0]
        return changed

    monkeypatch.setattr(late, "_change", overtaken)
    done, current = late.swap("late", Pointer(generation="old", as_of=1_000), now=3_000)
    assert (done, current.generation, len(changes)) == (False, "new", 2)
    assert quick.look().generation == "new"


# ---------------------------------------------------------------- DynamoDB fails


@pytest.fixture
def throttled(monkeypatch):
    """Makes every request to DynamoDB fail from now on."""
    client = aws.client("dynamodb")

    def refuse(operation, *_):
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, operation)

    return lambda: monkeypatch.setattr(client, "_make_api_call", refuse)


def test_while_dynamodb_fails_what_is_in_memory_serves(cache, throttled, clock_at):
    upstream = Upstream()
    value_of(cache, upstream)
    throttled()
    generation, value = value_of(cache, upstream)
    assert (value, generation.stale) == (b"one", False)
    clock_at(25)
    assert value_of(cache, upstream)[0].stale
    with pytest.raises(ClientError):
        value_of(cache, upstream, stale=False)
    clock_at(6)
    with pytest.raises(ClientError):
        value_of(cache, upstream)
    assert upstream.reads == 1


def test_with_nothing_in_memory_its_failure_is_raised_and_ytel_not_asked(cache, other, throttled):
    upstream = Upstream()
    value_of(cache, upstream)
    throttled()
    with pytest.raises(ClientError):
        value_of(other, upstream)
    assert upstream.reads == 1


# ---------------------------------------------------------------- out of date


def test_a_mark_has_it_read_anew_once(cache, other, clock_at):
    upstream = Upstream()
    value_of(cache, upstream)
    clock_at(0.1)
    other.invalidate()
    upstream.value = b"two"
    clock_at(0.01)
    assert value_of(cache, upstream)[1] == b"two"
    assert value_of(other, upstream)[1] == b"two"
    assert upstream.reads == 2


def test_a_read_that_began_before_the_mark_does_not_count(cache, other, clock_at):
    before, after = Upstream(b"before"), Upstream(b"after")
    before.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(value_of, cache, before)
        assert before.reading.wait(5)
        clock_at(0.1)
        other.invalidate()
        clock_at(0.1)
        before.gate.set()
        reading.result(5)
    assert value_of(other, after)[1] == b"after"


def test_an_older_mark_does_not_take_back_a_newer(cache, other, clock_at):
    upstream = Upstream()
    clock_at(0.8)
    value_of(cache, upstream)
    clock_at(0.2)
    cache.invalidate()
    clock_at(-0.5)
    other.invalidate()
    clock_at(0.6)
    value_of(cache, upstream)
    assert upstream.reads == 2


# ---------------------------------------------------------------- what lags behind


def test_an_answer_of_dynamodb_that_lags_behind_does_not_turn_time_back(cache, clock_at, monkeypatch):
    upstream = Upstream()
    value_of(cache, upstream)
    item = cache._item
    lagging = item.look()
    clock_at(0.5)
    upstream.value = b"two"
    value_of(cache, upstream, since=clock_at())
    monkeypatch.setattr(item, "look", lambda: lagging)
    generation, value = value_of(cache, upstream)
    assert (value, generation.as_of) == (b"two", clock_at())
    assert upstream.reads == 2


def test_unprocessed_chunks_are_written_and_read_in_the_end(cache, other, made_up_aws, monkeypatch):
    client = aws.client("dynamodb")
    write, get = client.batch_write_item, client.batch_get_item

    def lazy_write(RequestItems):  # noqa: N803
        [(table, puts)] = RequestItems.items()
        if len(puts) > 1:
            write(RequestItems={table: puts[:1]})
            return {"UnprocessedItems": {table: puts[1:]}}
        return write(RequestItems=RequestItems)

    def lazy_get(RequestItems):  # noqa: N803
        [(table, wanted)] = RequestItems.items()
        if len(wanted["Keys"]) > 1:
            one: Any = {**wanted, "Keys": wanted["Keys"][:1]}
            answer = get(RequestItems={table: one})
            return {**answer, "UnprocessedKeys": {table: {**wanted, "Keys": wanted["Keys"][1:]}}}
        return get(RequestItems=RequestItems)

    monkeypatch.setattr(client, "batch_write_item", lazy_write)
    monkeypatch.setattr(client, "batch_get_item", lazy_get)
    value = random.Random(3).randbytes(3 * LARGEST_CHUNK)
    upstream = Upstream(value)
    value_of(cache, upstream)
    assert value_of(other, upstream)[1] == value
    assert upstream.reads == 1
