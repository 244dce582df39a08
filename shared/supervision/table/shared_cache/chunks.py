"""The chunks of a shared cache: named parts of bytes, compressed, cut to fit DynamoDB's items."""

import zlib
from collections.abc import Mapping
from hashlib import blake2b

from supervision.table.gateway import Gateway, Key

LARGEST_CHUNK = 350_000  # an item may hold 409,600 bytes, names and keys included
SMALL = 1_000_000

Packed = dict[str, bytes]


class Gone(Exception):
    """A generation's chunks are no longer there: another has taken its place long since, or they were lost."""


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


def counts(packed: Packed) -> dict[str, int]:
    """How many chunks each part takes."""
    return {name: -(-len(value) // LARGEST_CHUNK) for name, value in packed.items()}


class Chunks:
    """The chunk items of one shared cache."""

    def __init__(self, gateway: Gateway, partition: str) -> None:
        self._gateway, self._partition = gateway, partition

    def write(self, generation: str, packed: Packed, expiration: int) -> None:
        """Writes every chunk of `generation`; they are gone some time after `expiration` (seconds since the epoch)."""
        self._gateway.put_many(
            {
                **self._key(generation, name, number)._asdict(),
                "data": value[number * LARGEST_CHUNK : (number + 1) * LARGEST_CHUNK],
                "expiration": expiration,
            }
            for name, value in packed.items()
            for number in range(-(-len(value) // LARGEST_CHUNK))
        )

    def read(self, generation: str, name: str, count: int) -> bytes:
        """One part's bytes, still compressed. Raises Gone where a chunk is missing."""
        keys = [self._key(generation, name, number) for number in range(count)]
        # A chunk never changes, so an eventually consistent read is right whenever it finds it.
        found = self._fetch(keys, consistent=False)
        if missing := [key for key in keys if key.sk not in found]:
            found |= self._fetch(missing, consistent=True)
        try:
            return b"".join(found[key.sk] for key in keys)
        except KeyError:
            raise Gone(f"{self._partition} {generation} {name}") from None

    def _fetch(self, keys: list[Key], *, consistent: bool) -> dict[str, bytes]:
        items = self._gateway.get_many(keys, consistent=consistent)
        return {str(item["sk"]): data for item in items if isinstance(data := item.get("data"), bytes)}

    def _key(self, generation: str, name: str, number: int) -> Key:
        return Key(self._partition, f"CHUNK#{generation}#{name}#{number}")
