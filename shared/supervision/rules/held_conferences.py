"""The conferences of the newest reading: of those whose bytes are what they were, none is read again. Pure.

A list is mostly what it was two seconds before, and mostly in the same order. So documents are held against those that
followed last time, and looked up by their bytes only where they differ. What decides is always that all bytes are
equal; what stood where only says which to try first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Raw

from supervision.base.runs import RUN, in_common
from supervision.rules.conferences import Conference, read_conferences, read_row


@dataclass(frozen=True, slots=True)
class Documents:
    """Conferences in the order of the list, and the bytes of each: its own, not those of the whole answer."""

    conferences: list[Conference] = field(default_factory=list)
    own: list[bytes] = field(default_factory=list)
    to_compare: list[Raw] = field(default_factory=list)

    def add(self, document: bytes) -> Any:
        """Reads one and adds it; the row that it is. What is odd is not added: it may hold what can be changed."""
        row = read_row(document)
        if isinstance(row, Conference) and isinstance(row.memberData, Raw):
            self.conferences.append(row)
            self.own.append(document)
            self.to_compare.append(Raw(document))
        return row

    def add_new(self, documents: list[bytes]) -> list[Any]:
        """The same of many at once."""
        read = read_conferences(documents)
        if read is None:
            return [*map(self.add, documents)]
        self.conferences.extend(read)
        self.own.extend(documents)
        self.to_compare.extend(map(Raw, documents))
        return read

    def add_all(self, others: "Documents", start: int = 0, end: int | None = None) -> None:
        """Adds those that stand in a part of another list."""
        self.conferences.extend(others.conferences[start:end])
        self.own.extend(others.own[start:end])
        self.to_compare.extend(others.to_compare[start:end])


class HeldConferences:
    """What one function remembers of the list that it read last; nothing of the lists before that."""

    def __init__(self) -> None:
        self.documents = Documents()
        self._places: dict[bytes, int] | None = None

    def reading(self) -> "Reading":
        """A new reading of the list."""
        return Reading(self)

    def place_of(self, document: bytes) -> int | None:
        """Where the conference of exactly these bytes stands."""
        if self._places is None:
            own = self.documents.own
            self._places = dict(zip(own, range(len(own)), strict=True))
        return self._places.get(document) if self._places else None

    def replace(self, documents: Documents) -> None:
        """From now on these are held, in this order, and no others."""
        self.documents, self._places = documents, None


class Reading:
    """One reading of the list, page by page. What it shows takes the place of what is held once `keep` is called."""

    def __init__(self, held: HeldConferences) -> None:
        self._held = held
        self._pages: list[Documents] = []

    def rows(self, documents: Sequence[Raw]) -> list[Any]:
        """The rows of a page, as `conferences.read_rows` gives them. Pages may be read at the same time."""
        held, page = self._held.documents, Documents()
        self._pages.append(page)
        if not held.own:
            return page.add_new([*map(bytes, documents)])
        found: list[Any] = []
        number, place = 0, 0
        while number < len(documents):
            run = held.to_compare[place : place + RUN]
            same = in_common(run, documents[number : number + RUN])
            page.add_all(held, place, place + same)
            found += held.conferences[place : place + same]
            number, place = number + same, place + same
            if same == RUN or number == len(documents):
                continue
            document = bytes(documents[number])
            known = self._held.place_of(document)
            if known is None:
                found.append(page.add(document))
                number, place = number + 1, place + 1
            else:
                place = known
        return found

    def keep(self) -> None:
        """The whole list was read: this is what is held from now on."""
        whole = Documents()
        for page in self._pages:
            whole.add_all(page)
        self._held.replace(whole)
