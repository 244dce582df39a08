"""A shared cache of which only what changed is written, after what it changes: against DynamoDB as moto has it."""

import random
from math import ceil

import pytest

from supervision.base import aws, clock
from supervision.table.gateway import Gateway
from supervision.table.items import Key
from supervision.table.shared_cache import CachePolicy, Gone, PartOf, Read, SharedCache, Since
from supervision.table.shared_cache import cache as cache_module
from supervision.table.shared_cache.chunks import LARGEST_CHUNK, PARTITIONS
from supervision.table.writes import Change
from tests.integration.test_shared_cache import items

POLICY = CachePolicy(max_age=2_000, refresh_after=1_700, max_stale=30_000, retry=2_000, lease=8_000, lifetime=900_000)
CURRENT = Key("SNAPSHOT#thing", "CURRENT")


class Letters:
    """One function's environment. What is held is a text; what changed is what was added to it."""

    def __init__(self, table, filling=b"."):
        self.cache = SharedCache(table, "thing", POLICY)
        self.filling = filling
        self.told = []

    def decoded(self, generation):
        whole, *added = generation.parts([PartOf(one, "text") for one in generation.segments])
        return whole.split(b"|")[0] + b"".join(added), generation.id

    def read(self, text, of=...):
        """The content as of a new reading that gives `text`, added to what stands, or to the generation `of`."""
        read_at = clock.now_ms()

        def reading():
            stood = self.cache.standing(self.decoded)
            since = None
            if stood is not None and text.startswith(stood[0]):
                added = text.removeprefix(stood[0])
                since = Since(stood[1] if of is ... else of, {"text": added} if added else {})
            whole = text + b"|" + self.filling * 2_000
            return Read(read_at, lambda: {"text": whole}, lambda: self.told.append(text), since)

        return self.cache.load(reading, self.decoded, since=read_at, stale=False)[1][0]

    def held(self):
        def nobody():
            raise AssertionError("it is held")

        return self.cache.load(nobody, self.decoded)[1][0]


@pytest.fixture
def one(table):
    return Letters(table)


@pytest.fixture
def other(table):
    return Letters(table)


def pieces(table):
    """How many segments make what stands."""
    [current] = items(table, "CURRENT")
    return len(current["madeOf"]["S"].split(";"))


def put(made_up_aws):
    """The chunks that were written."""
    batches = [request for name, request, _ in made_up_aws.asked if name == "BatchWriteItem"]
    return [
        put["PutRequest"]["Item"] for request in batches for ones in request["RequestItems"].values() for put in ones
    ]


def fetched(made_up_aws):
    """The keys of the chunks that were asked for."""
    batches = [request for name, request, _ in made_up_aws.asked if name == "BatchGetItem"]
    return [key["sk"]["S"] for request in batches for one in request["RequestItems"].values() for key in one["Keys"]]


def test_what_changed_alone_is_written_and_whoever_holds_the_rest_fetches_no_more(
    one, other, table, made_up_aws, clock_at
):
    assert one.read(b"a") == b"a"
    assert other.held() == b"a"
    clock_at(1)
    made_up_aws.forget()
    assert one.read(b"ab") == b"ab"
    [written] = put(made_up_aws)
    assert len(written["data"]["B"]) < 30
    made_up_aws.forget()
    assert other.held() == b"ab"
    assert fetched(made_up_aws) == [written["sk"]["S"]]
    clock_at(1)
    assert other.read(b"abc") == b"abc"
    assert one.held() == b"abc"
    assert (pieces(table), Letters(table).held()) == (3, b"abc")
    assert (one.told, other.told) == ([b"a", b"ab"], [b"abc"])


def test_where_nothing_changed_nothing_is_written(one, other, table, made_up_aws, clock_at):
    one.read(b"a")
    clock_at(1)
    one.read(b"ab")
    generation = one.cache.newest().id
    made_up_aws.forget()
    for reader in (one, other, one):
        clock_at(3)
        assert reader.read(b"ab") == b"ab"
        assert reader.cache.newest().as_of == clock_at()
    assert reader.cache.newest().id == generation
    assert put(made_up_aws) == []


def test_what_is_of_a_generation_that_does_not_stand_is_written_whole(one, other, table, clock_at):
    one.read(b"a")
    old = one.cache.newest().id
    clock_at(1)
    one.read(b"ab")
    clock_at(1)
    assert one.read(b"abc", of=old) == b"abc"
    assert (pieces(table), other.held()) == (1, b"abc")


def once_written(letters, do, monkeypatch):
    """Does something once, between the next write of chunks and what comes after it."""
    write = letters.cache._chunks.write

    def written(*chunk):
        write(*chunk)
        monkeypatch.setattr(letters.cache._chunks, "write", write)
        do()

    monkeypatch.setattr(letters.cache._chunks, "write", written)


def test_a_late_writer_puts_nothing_after_what_it_did_not_see(one, other, table, clock_at, monkeypatch):
    """Another list is published between a change's chunks and the moment it is to stand."""
    one.read(b"a")
    clock_at(1)

    def another_is_published():
        clock_at(8.5)  # the lease is over
        assert other.read(b"xyz") == b"xyz"

    once_written(one, another_is_published, monkeypatch)
    assert one.read(b"ab") == b"xyz"  # it began earlier
    assert Letters(table).held() == b"xyz"


def test_a_late_writer_of_what_is_newer_writes_it_whole(one, other, table, clock_at, monkeypatch):
    one.read(b"a")
    clock_at(1)
    another = Change(CURRENT, "SET generationId = :g, madeOf = :g", {":g": "another 1 text=1"})
    once_written(one, lambda: Gateway(table).write(another), monkeypatch)
    assert one.read(b"ab") == b"ab"
    assert (pieces(table), Letters(table).held()) == (1, b"ab")


def test_pieces_are_folded_once_they_are_many(one, table, clock_at):
    text = b""
    most = 0
    for number in range(2 * cache_module.MOST_CHANGES + 5):
        text += b"%d," % number
        clock_at(1)
        assert one.read(text) == text
        most = max(most, pieces(table))
        assert len(items(table, "CURRENT")[0]["madeOf"]["S"]) < 3_000
    assert most <= cache_module.MOST_CHANGES + 1
    assert Letters(table).held() == text


def test_pieces_are_folded_once_they_are_as_large_as_the_whole(table, clock_at):
    one, text = Letters(table, filling=b""), b"first"
    one.read(text)
    for number in range(20):
        text += str(number).encode() * 30
        clock_at(1)
        assert one.read(text) == text
    assert pieces(table) < 5


def test_no_chunk_ends_before_what_refers_to_it(one, other, table, clock_at):
    text = b""
    for number in range(60):
        text += b"%d," % number
        clock_at(20)
        one.read(text)
        [current] = items(table, "CURRENT")
        named = [piece.split(" ")[0] for piece in current["madeOf"]["S"].split(";")]
        ends = {chunk["sk"]["S"].split("#")[1]: int(chunk["expiration"]["N"]) for chunk in items(table, "CHUNK#")}
        assert min(ends[name] for name in named) * 1000 >= int(current["keptUntil"]["N"]) - 1000
        assert int(current["keptUntil"]["N"]) > clock_at() + 400_000
    assert Letters(table).held() == text


def test_lost_pieces_are_read_anew(one, other, table, clock_at):
    one.read(b"a")
    clock_at(1)
    one.read(b"ab")
    for chunk in items(table, "CHUNK#"):
        aws.client("dynamodb").delete_item(TableName=table, Key={"pk": chunk["pk"], "sk": chunk["sk"]})
    clock_at(1)
    assert other.read(b"abc") == b"abc"
    assert (pieces(table), Letters(table).held()) == (1, b"abc")


@pytest.mark.parametrize("made_of", ["", "x", "x 1", "x y text=1", "x 1 text", "x 1 text=1;", "another 1 text=1"])
def test_what_another_version_of_this_code_wrote_is_read_anew(one, other, table, clock_at, made_of):
    one.read(b"a")
    Gateway(table).write(Change(CURRENT, "SET generationId = :g, madeOf = :of", {":g": "x", ":of": made_of}))
    with pytest.raises(Gone):
        other.cache.newest().part("text")
    clock_at(3)
    assert other.read(b"b") == b"b"
    assert Letters(table).held() == b"b"


def test_an_earlier_version_finds_no_chunks_and_forgets_it(one, table):
    """It goes by `chunkCounts`, and looks for the chunks beside CURRENT."""
    one.read(b"a")
    [current] = items(table, "CURRENT")
    assert "chunkCounts" not in current
    assert {chunk["pk"]["S"] for chunk in items(table, "CHUNK#")} != {"SNAPSHOT#thing"}


def test_what_is_written_at_once_is_spread_over_partitions(one, table, made_up_aws):
    parts = {f"p{n}": random.Random(n).randbytes(3 * LARGEST_CHUNK) for n in range(20)}
    one.cache.get(lambda: Read(clock.now_ms(), lambda: parts))
    on: dict[str, int] = {}
    for chunk in items(table, "CHUNK#"):
        on[chunk["pk"]["S"]] = on.get(chunk["pk"]["S"], 0) + ceil(len(chunk["data"]["B"]) / 1024)
    assert len(on) == PARTITIONS
    assert max(on.values()) <= 1.5 * sum(on.values()) / PARTITIONS
