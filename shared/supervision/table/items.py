"""An item of the table, and how one is read that may be over, or of another version.

An item is a plain dictionary: texts, whole numbers, booleans and bytes by name, with the key under `pk` and `sk`.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from supervision.base import clock
from supervision.base.observability import logger

type Value = str | int | bool | bytes
type Item = dict[str, Value]


class Key(NamedTuple):
    """The key of one item."""

    pk: str
    sk: str


def each_readable[T](items: Iterable[Item], read: Callable[[Item], T]) -> list[T]:
    """What `read` makes of each item that is not over. One that it cannot read is logged once, and hides no other."""
    found = []
    for item in items:
        if not has_expired(item) and (one := readable(item, read)) is not None:
            found.append(one)
    return found


def has_expired(item: Item) -> bool:
    """Whether the time an item is kept for is over: the table tidies up days later."""
    expiration = item.get("expiration")
    return type(expiration) is int and expiration <= clock.now_ms() // 1000


def readable[T](item: Item, read: Callable[[Item], T]) -> T | None:
    """What `read` makes of an item, or None where it cannot read it; that is logged once an environment."""
    try:
        return read(item)
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        key = (str(item.get("pk")), str(item.get("sk")))
        if key not in _logged and len(_logged) < _LOGGED_AT_MOST:
            _logged.add(key)
            logger.error("an item cannot be read", extra={"item": " ".join(key), "why": type(error).__name__})
        return None


_logged: set[tuple[str, str]] = set()
_LOGGED_AT_MOST = 1000
