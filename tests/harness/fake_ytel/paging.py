"""How a list is cut into pages, well or badly. Nobody outside Ytel knows what its limits are."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Paging:
    """One list's pages. The switches are what a client must survive.

    `offset_ignored`: every page is the first. `empty_from`: pages that start there or later hold nothing, whatever the
    count says. `count`: said in place of the true one. `shrink`: each page holds so many fewer than the one before it.
    `newest_first`: the order is turned round.
    """

    size: int = 100
    offset_ignored: bool = False
    empty_from: int | None = None
    count: int | None = None
    shrink: int = 0
    newest_first: bool = False

    def cut[Item](self, items: Sequence[Item], offset: int) -> tuple[Sequence[Item], int, int]:
        """The page's items, the count said with it, and its number."""
        count = len(items) if self.count is None else self.count
        number = offset // self.size + 1
        if self.newest_first:
            items = items[::-1]
        if self.empty_from is not None and offset >= self.empty_from:
            return [], count, number
        size = max(1, self.size - self.shrink * (offset // self.size))
        start = 0 if self.offset_ignored else offset
        return items[start : start + size], count, number
