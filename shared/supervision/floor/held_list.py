"""The list that stands, put together from its segments: of each only what is not in memory is fetched and read."""

from typing import NamedTuple

from supervision.floor.content import Content
from supervision.floor.rows import lines_of
from supervision.floor.stored import ROWS, ListChange, conference_part, read_change, read_whole
from supervision.table.shared_cache import Generation, Gone, PartOf, Segment


class Standing(NamedTuple):
    """A list that stands, with the conference of each row."""

    content: Content
    conferences: list[bytes]


class HeldList:
    """What one function holds of the newest list that it knows.

    Every method raises Gone where chunks are gone, and ValueError, LookupError or TypeError where they cannot be read.
    """

    def __init__(self) -> None:
        self._content: Content | None = None
        self._segments: list[str] = []  # of the content
        self._changes: list[ListChange] = []  # of its segments but the first
        self._conferences: list[bytes] = []
        self._conferences_of: list[str] = []  # the segments that these are of

    def of(self, generation: Generation) -> Content:
        """The list of this generation."""
        if self._content is not None and self._content.generation == generation.id:
            return self._content
        if not generation.segments:
            raise Gone(f"{generation.id} is of another version")
        ids = [one.id for one in generation.segments]
        content, changes = self._content, [*self._changes]
        if ids[: len(self._segments)] != self._segments:
            content, changes = None, []
        new = generation.segments[len(self._segments) if content else 0 :]
        for segment, part in zip(new, generation.parts([PartOf(one, ROWS) for one in new]), strict=True):
            if content is None:
                content = read_whole(part, segment.id)
            else:
                changes.append(read_change(part))
                content = changes[-1].applied(content, segment.id)
        if content is None:
            raise Gone(generation.id)
        self._content, self._segments, self._changes = content, ids, changes
        return content

    def conference(self, generation: Generation, place: int) -> bytes:
        """The conference of the call at `place` of the list of this generation, as Ytel gave it."""
        self.of(generation)
        whole, *changed = generation.segments
        for segment, change in zip(reversed(changed), reversed(self._changes), strict=True):
            number = change.number_of(place)
            if number is not None:
                return _conference(generation, segment, number)
            place = change.place_before(place)
        return _conference(generation, whole, place)

    def standing(self, generation: Generation) -> Standing:
        """The list of this generation with all its conferences."""
        content = self.of(generation)
        known, conferences = len(self._conferences_of), self._conferences
        if not known or self._segments[:known] != self._conferences_of:
            known, conferences = 1, _conferences(generation, generation.segments[:1])[0]
        changed = _conferences(generation, generation.segments[known:])
        for change, own in zip(self._changes[known - 1 :], changed, strict=True):
            conferences = change.conferences(conferences, own)
        if len(conferences) != len(content.lines):
            raise ValueError("not every row has a conference")
        self._conferences, self._conferences_of = conferences, [*self._segments]
        return Standing(content, conferences)


def _conference(generation: Generation, segment: Segment, number: int) -> bytes:
    name, place = conference_part(number)
    return lines_of(generation.parts([PartOf(segment, name)])[0])[place]


def _conferences(generation: Generation, segments: tuple[Segment, ...]) -> list[list[bytes]]:
    """All conferences of each segment, in order."""
    wanted = [PartOf(one, name) for one in segments for name in one.counts if name != ROWS]
    found: dict[str, list[bytes]] = {one.id: [] for one in segments}
    for part, document in zip(wanted, generation.parts(wanted), strict=True):
        found[part.segment.id] += lines_of(document)
    return [*found.values()]
