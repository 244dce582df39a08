"""Lists that are mostly the same, compared run by run. Pure."""

from collections.abc import Sequence
from itertools import compress, count
from operator import ne

# So many are compared at once.
RUN = 64


def in_common[T](one: Sequence[T], other: Sequence[T]) -> int:
    """How many of the values are equal from the beginning on."""
    if one == other:
        return len(one)
    return next(compress(count(), map(ne, one, other)), min(len(one), len(other)))
