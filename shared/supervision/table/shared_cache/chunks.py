"""The chunks of a shared cache: named parts of bytes, compressed, cut to fit an item, spread over partitions."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from supervision.table.gateway import Gateway
from supervision.table.items import Key

LARGEST_CHUNK = 100_000  # an item may hold 409,600 bytes; small ones spread more evenly
SMALL = 1_000_000
# DynamoDB takes 1,000 write units a second of one partition key: what is written at once stands under this many.
PARTITIONS = 16

Packed = dict[str, bytes]


class Gone(Exception):
    """A generation's chunks are no longer there: another has taken its place long since, or they were lost."""


class Segment(NamedTuple):
    """What one function wrote at once: its parts, by how many chunks each takes, and how many bytes these are.

    It never changes once it is written.
    """

    id: str
    size: int
    counts: Mapping[str, int]

    @classmethod
    def of(cls, id_: str, packed: Packed) -> "Segment":
        """The segment of these parts."""
        counts = {name: -(-len(value) // LARGEST_CHUNK) for name, value in packed.items()}
        return cls(id_, sum(map(len, packed.values())), counts)


class PartOf(NamedTuple):
    """One part of one segment."""

    segment: Segment
    name: str


def pack(parts: Mapping[str, bytes]) -> Packed:
    """The parts, compressed."""
    # Each KB is paid for, on the way in and out; 15 % less costs 3 ms of a small value, and of a large one 100.
    level = 6 if sum(map(len, parts.values())) < SMALL else 1
    return {name: zlib.compress(value, level) for name, value in parts.items()}


def unpack(value: bytes) -> bytes:
    """One part again, as it was."""
    return zlib.decompress(value)


def digest_of(packed: Packed) -> str:
    """What tells one content from another."""
    digest = blake2b(digest_size=16)
    for name, value in packed.items():
        digest.update(f"{name} {len(value)} ".encode())
        digest.update(value)
    return digest.hexdigest()


class Chunks:
    """The chunk items of one shared cache."""

    def __init__(self, gateway: Gateway, partition: str) -> None:
        self._gateway, self._partition = gateway, partition

    def write(self, segment: Segment, packed: Packed, expiration: int) -> None:
        """Writes every chunk of `segment`; they are gone some time after `expiration` (seconds since the epoch)."""
        self._gateway.put_many(
            {
                **key._asdict(),
                "data": packed[name][number * LARGEST_CHUNK : (number + 1) * LARGEST_CHUNK],
                "expiration": expiration,
            }
            for name, number, key in self._keys(segment)
        )

    def read(self, parts: Iterable[PartOf]) -> dict[tuple[str, str], bytes]:
        """The bytes of parts, still compressed, by segment and name. Raises Gone where a chunk is missing."""
        keys = {(one.segment.id, one.name): self._keys_of(one) for one in parts}
        wanted = [key for of_part in keys.values() for key in of_part]
        # A chunk never changes, so an eventually consistent read is right whenever it finds it.
        found = self._fetch(wanted, consistent=False)
        if missing := [key for key in wanted if key.sk not in found]:
            found |= self._fetch(missing, consistent=True)
        try:
            return {part: b"".join(found[key.sk] for key in of_part) for part, of_part in keys.items()}
        except KeyError as chunk:
            raise Gone(f"{self._partition} {chunk}") from None

    def _fetch(self, keys: list[Key], *, consistent: bool) -> dict[str, bytes]:
        items = self._gateway.get_many(keys, consistent=consistent)
        return {str(item["sk"]): data for item in items if isinstance(data := item.get("data"), bytes)}

    def _keys_of(self, part: PartOf) -> list[Key]:
        keys = [key for name, _, key in self._keys(part.segment) if name == part.name]
        if not keys:
            raise Gone(f"{self._partition} {part.segment.id} {part.name}")
        return keys

    def _keys(self, segment: Segment) -> Iterator[tuple[str, int, Key]]:
        """Each chunk of a segment: of which part, its number there, and its key. One after the other on its own key."""
        turn = zlib.crc32(segment.id.encode())
        for name, count in segment.counts.items():
            for number in range(count):
                pk = f"{self._partition}#{turn % PARTITIONS}"
                yield name, number, Key(pk, f"CHUNK#{segment.id}#{name}#{number}")
                turn += 1
