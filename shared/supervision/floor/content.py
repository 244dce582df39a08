"""One list of active calls, as it is held: whoever read it from Ytel. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise

from supervision.base.fast_json import dumps, loads
from supervision.floor.history import Step
from supervision.floor.versions import version_of
from supervision.rules.absence import Absence
from supervision.rules.calls import Call
from supervision.rules.ids import id_key

ROW_BEGINS = b'{"confId":'


class Content:
    """The calls of one generation: `lines` are their rows as JSON, oldest first. It never changes.

    `absence` says what it means that a call is not among them. `others` are the ids of those that Ytel lists under
    another status than active: they are not shown, and not over. `version` is that of all the rows, where it is known,
    and `history` the steps that led to them. `agents_missing`: Ytel's list of users was cut off, and an agent is not on
    it. The content is `complete` where nothing was cut off that it would show.
    """

    def __init__(
        self,
        generation: str,
        absence: Absence,
        lines: list[bytes],
        others: frozenset[str] = frozenset(),
        version: str = "",
        history: Sequence[Step] = (),
        *,
        agents_missing: bool = False,
    ) -> None:
        self.generation = generation
        self.others = others
        self.absence = absence
        self.lines = lines
        self.version = version or version_of(lines)
        self.history = history
        self.agents_missing = agents_missing
        self.complete = absence.complete and not agents_missing

    @cached_property
    def rows(self) -> list[Call]:
        """The calls, parsed on first use."""
        return loads(b"[" + b",".join(self.lines) + b"]")  # type: ignore[no-any-return]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each call stands in `lines`, by the `id_key` of its id."""
        return {id_key(row["confId"]): position for position, row in enumerate(self.rows)}

    def position_of(self, conf_id: str) -> int | None:
        """Where the call of this id stands in `lines`, however the id is written."""
        line = self.line_of(conf_id)
        return self.positions.get(id_key(conf_id)) if line is None else self.lines.index(line)

    def line_of(self, conf_id: str) -> bytes | None:
        """The row of the call of exactly this id; no row is parsed for it."""
        return self.line_by_start.get(start_of_call(conf_id))

    @cached_property
    def line_by_start(self) -> Mapping[bytes, bytes]:
        """Each row by its `start_of`."""
        return {start_of(line): line for line in self.lines}

    def carry_over(self, before: "Content", left: Sequence[int], at: Sequence[int]) -> None:
        """Takes over what was made of the list before, but for its rows `left` and for those here that stand `at`."""
        came = [self.lines[place] for place in at]
        if "rows" in before.__dict__:
            self.__dict__["rows"] = spliced(before.rows, left, at, [loads(line) for line in came])
        if "line_by_start" in before.__dict__:
            lines = dict(before.line_by_start)
            for place in left:
                del lines[start_of(before.lines[place])]
            self.__dict__["line_by_start"] = lines | {start_of(line): line for line in came}


def spliced[T](before: Sequence[T], left: Sequence[int], at: Sequence[int], came: Sequence[T]) -> list[T]:
    """The list that comes of `before` once what stands at `left` has gone and each of `came` stands where `at` says.

    Both are in rising order. Raises ValueError where they are not, or are no places of the two lists.
    """
    size = len(before) - len(left) + len(came)
    if len(at) != len(came) or not (_rises(left, len(before)) and _rises(at, size)):
        raise ValueError("these are no places")
    kept: list[T] = []
    for start, end in pairwise(chain([-1], left, [len(before)])):
        kept += before[start + 1 : end]
    found: list[T] = []
    taken = 0
    for place, one in zip(at, came, strict=True):
        start, taken = taken, taken + place - len(found)
        found += kept[start:taken]
        found.append(one)
    return found + kept[taken:]


def _rises(places: Sequence[int], end: int) -> bool:
    return all(one < other for one, other in pairwise(chain([-1], places, [end])))


def start_of_call(conf_id: str) -> bytes:
    """The `start_of` of this call's row."""
    return start_of(ROW_BEGINS + dumps(conf_id) + b',"')


def start_of(line: bytes) -> bytes:
    """A row up to its second field: no two calls have the same, as a quote inside a text is escaped."""
    return line[: line.index(b',"')]


def ids_of(lines: Sequence[bytes]) -> Iterator[str]:
    """The id of each row's call."""
    return (loads(start_of(line) + b"}")["confId"] for line in lines)
