"""The history of the supervisions as CSV (RFC 4180), for a spreadsheet or an auditor. Pure.

A spreadsheet takes a cell that begins with one of `= + - @`, a tab or a carriage return for a formula, and runs it. So
such a cell has an apostrophe before it, phone numbers too.
"""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from supervision.floor.pages import LARGEST_BODY, answer_size
from supervision.rules.supervision import Supervision
from supervision.table.history import Reached, place_of

MEDIA_TYPE = "text/csv; charset=utf-8"
ROWS_A_PAGE = 1000
# Who asked, whom into which call of which agent, what became of it, who heard, and when. `hears` are the members that
# the dial let hear, `exposedBy` those who heard besides.
COLUMNS = (
    "id",
    "action",
    "requestedBy",
    "to",
    "confId",
    "clientId",
    "from",
    "state",
    "how",
    "endedBy",
    "hears",
    "noSpeakToList",
    "exposed",
    "exposedBy",
    "requestedAt",
    "joinedAt",
    "endedAt",
    "agentReleasedAt",
    "until",
    "replaces",
    "follow",
)
_RUNS_AS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def is_wanted(accept: str) -> bool:
    """Whether a client that sent this `Accept` would rather have CSV than JSON."""
    weights: dict[str, float] = {}
    for one in accept.lower().split(","):
        media, _, parameters = one.partition(";")
        weight = parameters.replace(" ", "").rpartition("q=")[2]
        try:
            weights[media.strip()] = float(weight) if "q=" in parameters else 1.0
        except ValueError:
            weights[media.strip()] = 0.0
    return weights.get("text/csv", 0.0) > 0 and weights["text/csv"] >= weights.get("application/json", 0.0)


def written(
    page: Callable[[Reached | None], tuple[list[Supervision], Reached | None]], *, may_go_on: Callable[[], bool]
) -> tuple[str, Reached | None]:
    """The supervisions, page after page, as many as one answer may hold; and the place of the last, if more follow.

    `page` gives those after a place, from the beginning for None, and the place after which the next page begins. It is
    asked for as long as there is a next one and `may_go_on` says so.
    """
    text = _line(dict(zip(COLUMNS, COLUMNS, strict=True)))
    parts, size, after = [text], answer_size(text.encode()), None
    while True:
        found, next_ = page(after)
        for one in found:
            line = _line({**one.to_json(), "hears": list(one.hears)})
            size += answer_size(line.encode())
            if size > LARGEST_BODY:
                return "".join(parts), after
            parts.append(line)
            after = place_of(one)
        after = next_
        if after is None or not may_go_on():
            return "".join(parts), after


def _line(row: Mapping[str, Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_cell(row[name]) for name in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_RUNS_AS_A_FORMULA) else text
