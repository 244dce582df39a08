"""The chunks of a snapshot: named parts of bytes, compressed, cut to fit DynamoDB's items."""

import time
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from supervision.base import aws

LARGEST_CHUNK = 350_000  # an item may hold 409,600 bytes, names and keys included
ITEMS_A_WRITE = 25
ITEMS_A_READ = 40  # 16 MB an answer
ATTEMPTS = 6
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
    """The chunk items of one snapshot."""

    def __init__(self, table: str, key: str) -> None:
        self._table, self._key = table, key

    def write(self, generation: str, packed: Packed, expiration: int) -> None:
        """Writes every chunk of `generation`; they are gone some time after `expiration` (seconds since the epoch)."""
        puts: list[Any] = [
            {
                "PutRequest": {
                    "Item": {
                        "pk": {"S": self._key},
                        "sk": {"S": self._sk(generation, name, number)},
                        "data": {"B": value[number * LARGEST_CHUNK : (number + 1) * LARGEST_CHUNK]},
                        "expiration": {"N": str(expiration)},
                    }
                }
            }
            for name, value in packed.items()
            for number in range(-(-len(value) // LARGEST_CHUNK))
        ]
        for attempt in range(ATTEMPTS * (1 + len(puts) // ITEMS_A_WRITE)):
            batch, puts = puts[:ITEMS_A_WRITE], puts[ITEMS_A_WRITE:]
            answer = aws.client("dynamodb").batch_write_item(RequestItems={self._table: batch})
            left = answer.get("UnprocessedItems", {}).get(self._table, [])
            puts += left
            if not puts:
                return
            if left:
                time.sleep(min(0.05 * 2**attempt, 1.0))
        raise TimeoutError("DynamoDB did not take every chunk")

    def read(self, generation: str, name: str, count: int) -> bytes:
        """One part's bytes, still compressed. Raises Gone where a chunk is missing."""
        keys = [{"pk": {"S": self._key}, "sk": {"S": self._sk(generation, name, number)}} for number in range(count)]
        # A chunk never changes, so an eventually consistent read is right whenever it finds it.
        found = self._fetch(keys, consistent=False)
        missing = [key for key in keys if key["sk"]["S"] not in found]
        if missing:
            found |= self._fetch(missing, consistent=True)
        try:
            return b"".join(found[key["sk"]["S"]] for key in keys)
        except KeyError:
            raise Gone(f"{self._key} {generation} {name}") from None

    def _fetch(self, keys: list[dict[str, Any]], *, consistent: bool) -> dict[str, bytes]:
        found = {}
        wanted: list[Any] = list(keys)
        for attempt in range(ATTEMPTS * (1 + len(keys) // ITEMS_A_READ)):
            batch, wanted = wanted[:ITEMS_A_READ], wanted[ITEMS_A_READ:]
            answer = aws.client("dynamodb").batch_get_item(
                RequestItems={self._table: {"Keys": batch, "ConsistentRead": consistent}}
            )
            for item in answer["Responses"].get(self._table, []):
                found[item["sk"]["S"]] = item["data"]["B"]
            unread = answer.get("UnprocessedKeys", {})
            left = unread[self._table]["Keys"] if self._table in unread else []
            wanted += left
            if not wanted:
                return found
            if left:
                time.sleep(min(0.05 * 2**attempt, 1.0))
        raise TimeoutError("DynamoDB did not answer for every chunk")

    @staticmethod
    def _sk(generation: str, name: str, number: int) -> str:
        return f"CHUNK#{generation}#{name}#{number}"
