"""Values as lines of JSON: rendered once, put together into answers by joining. Pure."""

from collections.abc import Iterable
from typing import Any

from supervision.fast_json import dumps, loads

# A row is some 450 bytes. What is far larger was made so by hostile or broken fields, and may not crowd out the others.
LARGEST_ROW = 16_384
LONGEST_TEXT, LONGEST_LIST = 200, 500


def rendered(values: Iterable[Any], *, tame: bool = False) -> list[bytes]:
    """Each value as one line of JSON in UTF-8. With `tame`, one that is out of all proportion has its fields cut."""
    lines = [dumps(value) for value in values]
    if tame and any(len(line) > LARGEST_ROW for line in lines):
        lines = [dumps(_cut(loads(line))) if len(line) > LARGEST_ROW else line for line in lines]
    return lines


def lines_of(document: bytes) -> list[bytes]:
    """The lines again; JSON escapes whatever would break one."""
    return document.split(b"\n")


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cut(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_cut(one) for one in value[:LONGEST_LIST]]
    return value[:LONGEST_TEXT] if isinstance(value, str) else value
