"""DynamoDB's typed values: `{"S": "text"}`, `{"N": "1"}`; how they compare, how much room they take."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Value = Mapping[str, Any]
Item = dict[str, Any]

LARGEST_ITEM = 400 * 1024


def plain(value: Value) -> tuple[str, Any]:
    """A value's type and its content as Python compares it."""
    [(kind, content)] = value.items()
    match kind:
        case "N":
            return kind, Decimal(content)
        case "NS":
            return kind, frozenset(map(Decimal, content))
        case "SS" | "BS":
            return kind, frozenset(content)
        case "L":
            return kind, tuple(map(plain, content))
        case "M":
            return kind, frozenset((name, plain(one)) for name, one in content.items())
    return kind, content


def size_of(item: Mapping[str, Any]) -> int:
    """The bytes that an item takes, its names included."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Value) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return len(content) // 2 + 1
        case "SS" | "NS" | "BS":
            return sum(map(len, content))
        case "L":
            return 3 + sum(1 + _size(one) for one in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(one) for name, one in content.items())
    return 1


def twin(item: Mapping[str, Any]) -> Item:
    """A copy that shares nothing which can be changed in place."""
    return {name: _twin(value) for name, value in item.items()}


def _twin(value: Value) -> dict[str, Any]:
    [(kind, content)] = value.items()
    match kind:
        case "M":
            return {kind: twin(content)}
        case "L":
            return {kind: [_twin(one) for one in content]}
        case "SS" | "NS" | "BS":
            return {kind: list(content)}
    return {kind: content}
