"""Values as lines of JSON: rendered once, put together into answers by joining. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from supervision.base.fast_json import dump_lines, dumps, loads
from supervision.rules.calls import Call

if TYPE_CHECKING:
    from supervision.rules.ordinary import OrdinaryRow

# A row is some 450 bytes. What is far larger was made so by hostile or broken fields, and may not crowd out the others.
LARGEST_ROW = 16_384
LONGEST_TEXT, MOST_IN_A_ROW = 200, 500


def row_line(call: Call) -> bytes:
    """A call as one line of JSON in UTF-8; of one that is out of all proportion the fields are cut."""
    return _bounded(dumps(call))


def row_lines(rows: "Sequence[OrdinaryRow]") -> list[bytes]:
    """The same of many rows at once."""
    return [line if len(line) <= LARGEST_ROW else _bounded(line) for line in dump_lines(rows)]


def lines_of(document: bytes) -> list[bytes]:
    """The lines again; JSON escapes whatever would break one."""
    return document.split(b"\n")


def _bounded(line: bytes) -> bytes:
    return line if len(line) <= LARGEST_ROW else dumps(_cut(loads(line)))


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cut(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_cut(one) for one in value[:MOST_IN_A_ROW]]
    return value[:LONGEST_TEXT] if isinstance(value, str) else value
