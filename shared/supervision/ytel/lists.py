"""One reader for every list of Ytel's, whatever its shape and however it is paged.

`count` was seen to be the total in one list and the number of entries on the page in another. Page size, ordering, and
whether `offset` or `nextKey` is honoured are unknown. So a list is read on while something new comes, and ends on an
empty page, on a page that repeats, or where Ytel says that no key leads on.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import Any

from supervision.base import clock
from supervision.base.problems import YtelInvalid, YtelRejected
from supervision.rules.absence import Absence
from supervision.ytel.answers import TokenRefused
from supervision.ytel.list_page import ListPage, rows_of

PAGES_AT_ONCE = 8
LONGEST_LIST = 250_000

Fetch = Callable[[Mapping[str, str]], Any]
Names = Callable[[list[Any]], Sequence[Hashable | None]]


class Habits:
    """What earlier readings of one list have shown of its pages, so that not every reading looks beyond the first.

    A first page whose `count` may be its own, or that has none, is looked beyond: again where its entries have changed
    and it is not less full than a page that nothing followed, and else every `look_every_ms`. It is one function's
    memory, and a reading without one always looks.
    """

    def __init__(self, look_every_ms: int = 30_000) -> None:
        self._look_every_ms = look_every_ms
        self._counts_all = False  # `count` was seen to be the total of several pages
        self._counts_page = False  # `count`, if any, was seen to be that of a page that others follow
        self._fullest = 0  # entries on the fullest page that was seen to be followed by nothing
        self._whole: frozenset[Hashable] = frozenset()
        self._whole_at = 0
        self.end_seen = False  # an empty page followed, and not the same again

    def is_whole(self, page: ListPage, seen: set[Hashable]) -> bool:
        """Whether this first page needs no look beyond it."""
        if self._counts_page:
            return False
        if (self._counts_all and page.stated is not None) or page.length < self._fullest:
            return True
        return 0 <= clock.now_ms() - self._whole_at < self._look_every_ms and seen == self._whole

    def learn(self, pages: Sequence[ListPage], seen: set[Hashable], *, end_seen: bool, adds_up: bool) -> None:
        """What a whole walk has shown: the pages that brought something."""
        first = pages[0]
        if len(pages) == 1:
            self._fullest = max(self._fullest, first.length)
            self._whole, self._whole_at, self.end_seen = frozenset(seen), clock.now_ms(), end_seen
        elif first.stated is None or first.stated <= first.length:
            self._counts_page = True
        else:
            self._counts_all = adds_up


class Walk:
    """The pages of a list, in turn; they can overlap. `absence` counts once all were taken.

    `fetch` takes the query of a page and gives Ytel's answer, parsed; `names` gives what the rows of a page are told
    apart by, None for one that has no name. A reader may stop at any page. Raises what `fetch` raises, but that a page
    which is not the first may be refused; and YtelInvalid where there is no list, or where it has no end.
    """

    def __init__(self, fetch: Fetch, names: Names, habits: Habits | None = None) -> None:
        self._fetch = fetch
        self._names = names
        self._habits = habits or Habits()
        self._seen: set[Hashable] = set()
        self._read: list[ListPage] = []  # the first, and those that brought something
        self._end_seen = False  # Ytel showed that the list ends: by an empty page, or by a key that leads nowhere
        self._cut_off = False  # a key was to lead on, and did not

    @property
    def several(self) -> bool:
        """Whether the entries came on more than one page."""
        return len(self._read) > 1

    @property
    def absence(self) -> Absence:
        """What it means that something is not among the entries."""
        if self._cut_off or not self._adds_up:
            return Absence.UNKNOWN
        return Absence.PROVEN if self._end_seen and not self.several else Absence.SUGGESTED

    @property
    def _adds_up(self) -> bool:
        counts = {page.stated for page in self._read if page.stated is not None}
        of_pages = self.several and all(page.stated == page.length for page in self._read)
        return not counts or of_pages or counts == {len(self._seen)}

    def __iter__(self) -> Iterator[ListPage]:
        first = self._page(0, self._fetch({}))
        self._read.append(first)
        something = self._brings_something(first)
        yield first
        if not something:
            self._end_seen = not first.length
            return
        if first.next_key:
            yield from self._by_key(first)
            if self._end_seen:
                return
        if not self.several and first.stated is not None and first.stated > first.length:
            yield from self._by_total(first.length, first.stated)
            if len(self._seen) < first.stated:
                return  # no page up to the total brings more
        looked = not self._looks_whole(first)
        if looked:
            yield from self._on_from(max(page.start + page.length for page in self._read))
        if (looked or self.several) and not self._cut_off:
            self._habits.learn(self._read, self._seen, end_seen=self._end_seen, adds_up=self._adds_up)

    def _looks_whole(self, first: ListPage) -> bool:
        """Whether no look beyond what was read is needed."""
        if self.several:
            # Nothing follows a page that is not full, where the total is reached with it.
            last = max(self._read, key=lambda page: page.start)
            return last.length < first.length and first.stated == len(self._seen)
        if first.next_key == "":
            self._end_seen = True
            return True
        if first.stated not in (None, first.length) or not self._habits.is_whole(first, self._seen):
            return False
        self._end_seen = self._habits.end_seen
        return True

    def _by_key(self, page: ListPage) -> Iterator[ListPage]:
        """The pages that each page's key leads to, until one leads nowhere."""
        keys: set[str | None] = set()
        while page.next_key and page.next_key not in keys:
            keys.add(page.next_key)
            following = self._further({"nextKey": page.next_key}, page.start + page.length)
            if following is None or not self._brings_something(following):
                self._end_seen = following is not None and not following.length
                self._cut_off = not self._end_seen
                return
            self._read.append(following)
            yield following
            page = following
        self._end_seen, self._cut_off = not page.next_key, bool(page.next_key)

    def _by_total(self, size: int, total: int) -> Iterator[ListPage]:
        """The pages up to the stated total, PAGES_AT_ONCE at a time, in order; short ones are filled up."""
        ahead = ((start, min(start + size, total)) for start in range(size, total, size))
        short: deque[tuple[int, int]] = deque()  # what pages that fell short of their place left out
        pool = ThreadPoolExecutor(PAGES_AT_ONCE)
        try:
            while batch := [*islice(chain(ahead, _taken_from(short)), PAGES_AT_ONCE)]:
                before = len(self._seen)
                pages = pool.map(lambda span: self._further({"offset": str(span[0])}, span[0]), batch)
                for (start, end), page in zip(batch, pages, strict=True):
                    length = page.length if page else 0
                    if page and self._brings_something(page):
                        self._read.append(page)
                        yield page
                    if start + length < end:
                        short.append((start + length, end))
                if len(self._seen) == before:
                    return
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _on_from(self, offset: int) -> Iterator[ListPage]:
        """The pages from `offset` on, one after the other, while they bring something."""
        while page := self._further({"offset": str(offset)}, offset):
            if not self._brings_something(page):
                self._end_seen = not page.length
                break
            self._read.append(page)
            yield page
            offset += page.length
        self._cut_off = self._cut_off and not self._end_seen

    def _further(self, query: Mapping[str, str], start: int) -> ListPage | None:
        """A page that is not the first; None where Ytel does not take the query, or answers it with no list."""
        try:
            return self._page(start, self._fetch(query))
        except TokenRefused:
            raise
        except (YtelRejected, YtelInvalid):
            return None

    def _page(self, start: int, document: Any) -> ListPage:
        about = document if isinstance(document, dict) else {}
        count, key = about.get("count"), about.get("nextKey")
        rows = rows_of(document)
        return ListPage(
            start,
            rows,
            self._names(rows),
            count if type(count) is int and count >= 0 else None,
            str(key or "") if "nextKey" in about and isinstance(key, str | int | None) else None,
        )

    def _brings_something(self, page: ListPage) -> bool:
        before = len(self._seen)
        self._seen.update(page.names)
        self._seen.discard(None)
        if len(self._seen) > LONGEST_LIST:
            raise YtelInvalid("Ytel's list has no end.")
        return len(self._seen) > before


def _taken_from(spans: deque[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    while spans:
        yield spans.popleft()
