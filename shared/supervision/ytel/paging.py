"""Walking a list of Ytel's by `offset`, without trusting it.

`count` is the total and `payload` one page of it. Page size, ordering and whether `offset` is honoured are unknown, so
a page that brings nothing new ends the walk, and a page that falls short of its place is filled up from where it ended.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import Any, NamedTuple

from supervision.base.problems import YtelInvalid
from supervision.rules.conferences import Conference

SIDE_BY_SIDE = 8
LONGEST_LIST = 250_000

Fetch = Callable[[int], dict[str, Any]]
Identity = Callable[[Any], Hashable]


class Page(NamedTuple):
    """One page: the offset it was asked at, its entries that are objects, how many stood on it, the total it states."""

    start: int
    entries: list[Any]
    length: int
    total: int | None


def walk(fetch: Fetch, identity: Identity) -> Iterator[Page]:
    """The pages of a list. `fetch` takes an offset and gives an envelope; `identity` tells entries apart.

    The first page is read alone; with the total known the others are read SIDE_BY_SIDE at a time, and given in order.
    The reader may stop at any page. Pages can overlap. Raises what `fetch` raises, and YtelInvalid where `payload` is
    no list, or the list has no end.
    """
    seen: set[Hashable] = set()

    def page_at(offset: int) -> Page:
        return _page(offset, fetch(offset))

    def brings_something(page: Page) -> bool:
        before = len(seen)
        seen.update(map(identity, page.entries))
        if len(seen) > LONGEST_LIST:
            raise YtelInvalid("Ytel's list has no end.")
        return len(seen) > before

    first = page_at(0)
    yield first
    if not brings_something(first) or (first.total is not None and first.total <= first.length):
        return
    if first.total is None:
        offset = first.length
        while brings_something(page := page_at(offset)):
            yield page
            offset += page.length
        return
    size, total = first.length, first.total
    ahead = ((start, min(start + size, total)) for start in range(size, total, size))
    short: deque[tuple[int, int]] = deque()  # what pages that fell short of their place left out
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        while batch := [*islice(chain(ahead, _taken_from(short)), SIDE_BY_SIDE)]:
            for (start, end), page in zip(batch, pool.map(lambda span: page_at(span[0]), batch), strict=True):
                if not brings_something(page):
                    return
                yield page
                if start + page.length < end:
                    short.append((start + page.length, end))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _taken_from(spans: deque[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    while spans:
        yield spans.popleft()


def _page(start: int, envelope: dict[str, Any]) -> Page:
    payload, count = envelope.get("payload"), envelope.get("count")
    if payload is None and count == 0:
        payload = []
    if not isinstance(payload, list):
        raise YtelInvalid("Ytel's list is not the JSON it documents.")
    entries = [entry for entry in payload if isinstance(entry, dict | Conference)]
    return Page(start, entries, len(payload), count if type(count) is int and count >= 0 else None)
