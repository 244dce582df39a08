"""The conferences of the newest reading: of those whose bytes are what they were, none is read again. Pure.

A list is mostly what it was two seconds before, and mostly in the same order. So documents are held against those that
followed last time, and looked up by their bytes only where they differ. What decides is always that all bytes are
equal; what stood where only says which to try first.
"""

from collections.abc import Sequence
from itertools import compress, count
from operator import attrgetter, ne
from typing import Any

from msgspec import Raw

from supervision.rules.conferences import Conference, read_row

# So many documents are compared at once.
RUN = 64


class HeldConferences:
    """What one function remembers of the list that it read last; nothing of the lists before that.

    `documents` are the bytes of each of `conferences`: its own, not of the whole answer that they came in.
    """

    def __init__(self) -> None:
        self.conferences: list[Conference] = []
        self.documents: list[Raw] = []
        self._places: dict[bytes, int] | None = None

    def reading(self) -> "Reading":
        """A new reading of the list."""
        return Reading(self)

    def place_of(self, document: Raw) -> int | None:
        """Where the conference of exactly these bytes stands."""
        if self._places is None:
            own = map(attrgetter("document"), self.conferences)
            self._places = dict(zip(own, range(len(self.conferences)), strict=True))
        return self._places.get(bytes(document)) if self._places else None

    def replace(self, conferences: list[Conference], documents: list[Raw]) -> None:
        """From now on these are held, in this order, and no others."""
        self.conferences, self.documents, self._places = conferences, documents, None


class Reading:
    """One reading of the list, page by page. What it shows takes the place of what is held once `keep` is called."""

    def __init__(self, held: HeldConferences) -> None:
        self._held = held
        self._pages: list[tuple[list[Conference], list[Raw]]] = []

    def rows(self, documents: Sequence[Raw]) -> list[Any]:
        """The rows of a page, as `conferences.read_rows` gives them. Pages may be read at the same time."""
        held = self._held
        found: list[Any] = []
        seen: tuple[list[Conference], list[Raw]] = ([], [])
        conferences, own = seen
        number, place = 0, 0
        while number < len(documents):
            run = held.documents[place : place + RUN]
            same = _in_common(run, documents[number : number + RUN])
            found += held.conferences[place : place + same]
            conferences += held.conferences[place : place + same]
            own += run[:same]
            number, place = number + same, place + same
            if same == RUN or number == len(documents):
                continue
            known = held.place_of(documents[number])
            if known is None:
                document = bytes(documents[number])
                row = read_row(document)
                found.append(row)
                # What is odd is read anew each time: it may be made of parts that can be changed.
                if isinstance(row, Conference) and isinstance(row.memberData, Raw):
                    conferences.append(row)
                    own.append(Raw(document))
                number, place = number + 1, place + 1
            else:
                place = known
        self._pages.append(seen)
        return found

    def keep(self) -> None:
        """The whole list was read: this is what is held from now on."""
        conferences = [one for page, _ in self._pages for one in page]
        self._held.replace(conferences, [one for _, page in self._pages for one in page])


def _in_common(one: Sequence[Raw], other: Sequence[Raw]) -> int:
    """How many are the same from the beginning on."""
    if one == other:
        return len(one)
    return next(compress(count(), map(ne, one, other)), min(len(one), len(other)))
