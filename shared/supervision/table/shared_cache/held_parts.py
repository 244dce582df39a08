"""What one function holds of a shared cache: the parts of the newest generation's segments, still compressed."""

from collections.abc import Iterable

from msgspec import Struct

from supervision.table.shared_cache.chunks import Chunks, Gone, Packed, PartOf, Segment, unpack


class HeldParts:
    """The parts that were read or written; of segments that are no longer asked for, none is kept."""

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks
        self._packed: dict[str, Packed] = {}  # by segment

    def read(self, parts: list[PartOf], segments: Iterable[Segment]) -> list[bytes]:
        """Parts of these segments, from memory or from their chunks. Raises Gone where these are gone."""
        held = {(one.segment.id, one.name): self._packed.get(one.segment.id, {}).get(one.name) for one in parts}
        missing = [one for one in parts if held[one.segment.id, one.name] is None]
        if missing:
            read = self._chunks.read(missing)
            held |= read
            self._keep_only(segments)
            for (segment, name), value in read.items():
                self._packed.setdefault(segment, {})[name] = value
        return [unpack(held[one.segment.id, one.name] or b"") for one in parts]

    def keep(self, segment: str, packed: Packed, segments: Iterable[Segment]) -> None:
        """Keeps what this function wrote as one of these segments."""
        self._packed[segment] = packed
        self._keep_only(segments)

    def _keep_only(self, segments: Iterable[Segment]) -> None:
        self._packed = {one.id: self._packed[one.id] for one in segments if one.id in self._packed}


class Generation(Struct, frozen=True):
    """One generation, whole. `stale` where something newer was due and could not be had.

    `segments` are what it is made of: a whole content, and what changed it since, in turn.
    """

    id: str
    as_of: int
    stale: bool
    segments: tuple[Segment, ...]
    _held: HeldParts

    def part(self, name: str) -> bytes:
        """One part of the only segment. Raises Gone where its chunks are gone, or where there are several segments."""
        if len(self.segments) != 1:
            raise Gone(f"{self.id} is of {len(self.segments)} segments")
        return self.parts([PartOf(self.segments[0], name)])[0]

    def parts(self, parts: Iterable[PartOf]) -> list[bytes]:
        """Parts of its segments, from memory or from their chunks. Raises Gone where these are gone."""
        return self._held.read(list(parts), self.segments)
