"""Versions of the list: what stands for exactly these rows, whoever renders them and in whatever order. Pure."""

from collections.abc import Iterable
from hashlib import blake2b

_LARGEST = 2**64


def row_digest(line: bytes) -> int:
    """64 bits that stand for one row."""
    return int.from_bytes(blake2b(line, digest_size=8).digest())


def version_of(lines: Iterable[bytes]) -> str:
    """The version of a list of these rows: the sum of their digests, so that it follows from what changed."""
    return version(sum(map(row_digest, lines)))


def version_after(before: str, gone: Iterable[int], came: Iterable[bytes]) -> str:
    """The version of the list that comes of one of version `before`: rows of these digests went, and these came."""
    return version(int(before, 16) - sum(gone) + sum(map(row_digest, came)))


def version(total: int) -> str:
    """A sum of digests as it is written."""
    return f"{total % _LARGEST:016x}"
