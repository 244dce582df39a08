"""What changed from one list to the next, of the last few: kept with the list that stands. Pure.

A version is the sum of the digests of the rows that match. So the version of any earlier list, under any filter, is
found by walking back from the list that stands: for each row that a step touched, what it is after the step is taken
off, and what it was before is added. Whoever holds the list that stands can answer for each version on the way.

A step, as JSON: the rows that went, each as it was, and the ids of the rows that came. A row that changed is in both.

    [[["5555776a-…", 11068046444225730969, true, "Ann Lee", "c91f9b77-…", false, true]], ["5555776a-…", "7c1e…"]]
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from supervision.base.fast_json import dumps, loads
from supervision.floor.versions import row_digest

# Lists come every two seconds at most: what is kept reaches back three quarters of a minute, or more.
STEPS = 24
LARGEST_HISTORY = 200_000  # bytes of JSON

# The fields of a row that a filter looks at. Of the last two it matters whether there is something.
MATCHED_ON = ("inbound", "username", "clientId", "supervisors", "help")
_THERE = frozenset({"supervisors", "help"})
# What the history stands under beside the list: one of other fields is not read.
HISTORY = f"history of {len(MATCHED_ON)}"

Step = list[Any]


class Fact(NamedTuple):
    """A row as far as a version and a filter need it."""

    conf_id: str
    digest: int
    fields: dict[str, Any]


def fact_of(line: bytes) -> Fact:
    """What is kept of a row."""
    row = loads(line)
    fields = {name: bool(row.get(name)) if name in _THERE else row.get(name) for name in MATCHED_ON}
    return Fact(row["confId"], row_digest(line), fields)


def step_of(gone: Sequence[bytes], new: Sequence[bytes]) -> Step:
    """The step in which these rows went, and these came."""
    facts = map(fact_of, gone)
    return [
        [[fact.conf_id, fact.digest, *fact.fields.values()] for fact in facts],
        [loads(line)["confId"] for line in new],
    ]


def went(step: Step) -> list[Fact]:
    """The rows that went, or changed, as they were."""
    return [Fact(conf_id, digest, dict(zip(MATCHED_ON, fields, strict=True))) for conf_id, digest, *fields in step[0]]


def digests_of(gone: Sequence[Sequence[Any]]) -> Iterable[int]:
    """The digests of the rows that went, or changed: of a step's first half, as it is kept."""
    return (digest for _, digest, *_ in gone)


def came(step: Step) -> list[str]:
    """The ids of the rows that came, or changed."""
    return list(step[1])


def with_step(history: Sequence[Step], step: Step) -> list[Step]:
    """The history with one step more, oldest first, as far back as is kept. A step in which nothing changed is none."""
    steps = [*history, step] if any(step) else list(history)
    kept = _as_many_as_fit(reversed(steps[-STEPS:]))
    return kept[::-1]


def _as_many_as_fit(newest_first: Iterable[Step]) -> list[Step]:
    kept, size = [], 0
    for step in newest_first:
        size += len(dumps(step))
        if size > LARGEST_HISTORY:
            break
        kept.append(step)
    return kept
