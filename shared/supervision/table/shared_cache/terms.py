"""What a shared cache is given: a new content, and how old one may be."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec import Struct


class Since(NamedTuple):
    """What makes a new content of the generation `of`: parts by name; none where the content is the same."""

    of: str
    parts: Mapping[str, bytes]


class Read(NamedTuple):
    """A new content: when the read began, and what gives its parts by name.

    Where it says what changed `since` the generation that stands, that alone is written, after what it changes. `after`
    is done once the content is published, by the function that read it, also where it could not be published.
    """

    read_at: int
    parts: Callable[[], Mapping[str, bytes]]
    after: Callable[[], object] | None = None
    since: Since | None = None


class CachePolicy(Struct, frozen=True, kw_only=True):
    """How old a shared cache may be, in milliseconds.

    It is read anew from `refresh_after` on by whoever comes first, while the others are served what is held until it is
    `max_age` old. While reads fail it is served until it is `max_stale` old, None for ever, and tried again every
    `retry`. A read that takes longer than `max_age` is followed by a pause as long, in which what it gave is served as
    stale, and then while the next one goes on: nobody waits for it but who makes it. A lease ends after `lease`, a
    chunk `lifetime` after it was written.
    """

    max_age: int
    refresh_after: int
    max_stale: int | None
    retry: int
    lease: int
    lifetime: int
