"""The list as it is kept in the table: a whole one, and what changed in it since, piece by piece. Pure.

A whole list has the part `rows`, of a head and the rows, and the parts `c0`, `c1` …, of the rows' conferences in the
same order. A change has the same parts of the rows and conferences that are new or changed, and its head says where:

    {"absence": "proven", "agentsMissing": false, "version": "6b1f…", "othersCame": [], "othersWent": [],
     "left": [17, 40], "went": [["5555776a-…", 1106…, true, …], …], "at": [17, 40], "again": [3]}

`left` are the places of the list before that are left, and `went` the rows that stood there, as `history` has them.
`at` are the places of the new list where the change's rows stand. `again` are those whose row is the same and whose
conference is not. The conferences are those of the rows `at`, and then those of `again`.

Every line is one of JSON: a list is put together from lines, and one call's conference is read alone.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from supervision.base.fast_json import dumps, loads
from supervision.base.runs import RUN, in_common
from supervision.floor.content import ROW_BEGINS, Content, ids_of, spliced, start_of, start_of_call
from supervision.floor.history import HISTORY, Step, digests_of, step_of, went, with_step
from supervision.floor.rows import lines_of
from supervision.floor.versions import version_after, version_of
from supervision.rules.absence import Absence
from supervision.rules.calls import order

ROWS = "rows"
CONFERENCES_A_PART = 250

type Parts = dict[str, bytes]


class ListHead(NamedTuple):
    """What a list says beside its rows: as `Content` has it."""

    absence: Absence
    agents_missing: bool
    others: frozenset[str]

    def to_json(self) -> dict[str, Any]:
        """The fields that a whole list and a change have in common."""
        return {"absence": self.absence, "agentsMissing": self.agents_missing}


class Places(NamedTuple):
    """Where one list differs from the one before: `left` in that one, `at` and `again` in this one."""

    left: list[int]
    at: list[int]
    again: list[int]


class NewList(NamedTuple):
    """A list to be kept: its head, its rows, oldest first, and the conference of each."""

    head: ListHead
    rows: list[bytes]
    conferences: list[bytes]

    def places_after(self, before: Content, conferences: Sequence[bytes]) -> Places:
        """Where it differs from the list before, which has these conferences. Both are in one order."""
        left: list[int] = []
        at: list[int] = []
        again: list[int] = []
        old, new = 0, 0
        while old < len(before.lines) or new < len(self.rows):
            same = in_common(before.lines[old : old + RUN], self.rows[new : new + RUN])
            if same:
                stood, stand = conferences[old : old + same], self.conferences[new : new + same]
                if stood != stand:
                    again += [new + n for n, (one, other) in enumerate(zip(stood, stand, strict=True)) if one != other]
                old, new = old + same, new + same
            elif new == len(self.rows) or (old < len(before.lines) and _is_first(before.lines[old], self.rows[new])):
                left.append(old)
                old += 1
            else:
                at.append(new)
                new += 1
        return Places(left, at, again)

    def step(self, before: Content, places: Places) -> Step:
        """The step from the list before, for the history."""
        return step_of([before.lines[place] for place in places.left], [self.rows[place] for place in places.at])

    def whole(self, history: list[Step]) -> Parts:
        """The parts of the whole list."""
        version = version_of(self.rows)  # counted anew: no mistake of a change's outlasts it
        said = {**self.head.to_json(), "version": version, "others": sorted(self.head.others), HISTORY: history}
        return {ROWS: b"\n".join([dumps(said), *self.rows]), **_in_parts(self.conferences)}

    def change(self, before: Content, places: Places) -> Parts:
        """The parts of the change that makes it of the list before; none where it is the same."""
        head = self.head
        came, gone = sorted(head.others - before.others), sorted(before.others - head.others)
        same = (before.absence, before.agents_missing) == (head.absence, head.agents_missing)
        if same and not (any(places) or came or gone):
            return {}
        went_, _ = self.step(before, places)
        rows = [self.rows[place] for place in places.at]
        version = version_after(before.version, digests_of(went_), rows)
        said = {
            **head.to_json(),
            "version": version,
            "othersCame": came,
            "othersWent": gone,
            **places._asdict(),
            "went": went_,
        }
        changed = [self.conferences[place] for place in (*places.at, *places.again)]
        return {ROWS: b"\n".join([dumps(said), *rows]), **_in_parts(changed)}


class ListChange(NamedTuple):
    """A change as it was read: what its head says, and its rows."""

    head: dict[str, Any]
    rows: list[bytes]

    def applied(self, before: Content, generation: str) -> Content:
        """The list that it makes of the one before. Raises ValueError, LookupError or TypeError where it makes none."""
        head, left, at = self.head, self.head["left"], self.head["at"]
        gone = [start_of(before.lines[place]) for place in left]
        if gone != [start_of_call(fact.conf_id) for fact in went([head["went"], []])]:
            raise ValueError("a change of another list")
        others = before.others.difference(head["othersWent"]).union(head["othersCame"])
        history = with_step(before.history, [head["went"], [*ids_of(self.rows)]])
        lines = spliced(before.lines, left, at, self.rows)
        content = _content(generation, head, lines, others, history)
        content.carry_over(before, left, at)
        return content

    def conferences(self, before: list[bytes], changed: Sequence[bytes]) -> list[bytes]:
        """The conferences of the list that it makes, of those of the list before and of its own."""
        at = self.head["at"]
        found = spliced(before, self.head["left"], at, changed[: len(at)])
        for place, conference in zip(self.head["again"], changed[len(at) :], strict=True):
            found[place] = conference
        return found

    def number_of(self, place: int) -> int | None:
        """Which of its conferences is that of the call at `place` of the list that it makes; None where none is."""
        at: list[int] = self.head["at"]
        again: list[int] = self.head["again"]
        return at.index(place) if place in at else len(at) + again.index(place) if place in again else None

    def place_before(self, place: int) -> int:
        """Where the call that stands at `place`, and is none of the change's rows, stood in the list before."""
        kept: int = place - sum(one < place for one in self.head["at"])
        for left in self.head["left"]:
            kept += left <= kept
        return kept


def read_whole(part: bytes, generation: str) -> Content:
    """The list of the part `rows` of a whole one. Raises ValueError, LookupError or TypeError where it is none."""
    head, rows = _read(part)
    return _content(generation, head, rows, frozenset(head.get("others", ())), head.get(HISTORY, ()))


def read_change(part: bytes) -> ListChange:
    """The change of the part `rows` of one. Raises ValueError where it is none."""
    return ListChange(*_read(part))


def conference_part(number: int) -> tuple[str, int]:
    """The part that the conference of this number is in, and where in it."""
    part, place = divmod(number, CONFERENCES_A_PART)
    return f"c{part}", place


def _is_first(row: bytes, other: bytes) -> bool:
    return order(loads(row)) <= order(loads(other))


def _in_parts(conferences: Sequence[bytes]) -> Parts:
    starts = range(0, len(conferences), CONFERENCES_A_PART)
    return {f"c{n}": b"\n".join(conferences[at : at + CONFERENCES_A_PART]) for n, at in enumerate(starts)}


def _read(part: bytes) -> tuple[dict[str, Any], list[bytes]]:
    head, *rows = lines_of(part)
    if not all(row.startswith(ROW_BEGINS) for row in rows):
        raise ValueError("a row begins with its id")
    said = loads(head)
    if not isinstance(said, dict):
        raise TypeError("a head is an object")
    return said, rows


def _content(
    generation: str, head: dict[str, Any], rows: list[bytes], others: frozenset[str], history: Sequence[Step]
) -> Content:
    version = head.get("version") or ""
    int(version or "0", 16)  # what is no version could not be counted on from
    return Content(
        generation,
        Absence(head.get("absence", Absence.UNKNOWN)),
        rows,
        others,
        version,
        history,
        agents_missing=head.get("agentsMissing", False),
    )
