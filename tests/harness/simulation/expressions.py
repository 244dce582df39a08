"""DynamoDB's expressions, each compiled once: conditions (also of keys and filters), and updates.

A condition is a function of an item and of what its `#names` and `:values` stand for; an update gives a changed copy.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from tests.harness.simulation.values import Item, Value, plain, twin

_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),+\-]|[#:]?\w+|\S)")


class Malformed(Exception):
    """An expression that DynamoDB refuses."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the placeholders of an expression stand for."""

    names: Mapping[str, str]
    values: Mapping[str, Value]

    def name(self, token: str) -> str:
        """The attribute that is meant."""
        if not token.startswith("#"):
            return token
        if token not in self.names:
            raise Malformed(f"{token} is not defined")
        return self.names[token]

    def value(self, token: str) -> Value:
        """The value that is meant."""
        if token not in self.values:
            raise Malformed(f"{token} is not defined")
        return self.values[token]


Operand = Callable[[Item, Given], Value | None]
Condition = Callable[[Item, Given], bool]
Update = Callable[[Item, Given], Item]


@cache
def condition(text: str) -> Condition:
    """The condition that `text` states. Raises Malformed."""
    tokens = _Tokens(text)
    found = _either(tokens)
    tokens.end()
    return found


@cache
def update(text: str) -> Update:
    """The change that `text` states. Raises Malformed."""
    tokens = _Tokens(text)
    changes: list[Callable[[Item, Item, Given], None]] = []
    while tokens.left:
        clause = _CLAUSES.get(tokens.take().upper())
        if clause is None:
            raise Malformed(f"no update: {text}")
        changes.append(clause(tokens))
        while tokens.skip(","):
            changes.append(clause(tokens))

    def changed(item: Item, given: Given) -> Item:
        after = twin(item)
        for change in changes:
            change(item, after, given)
        return after

    return changed


def hash_value(text: str, key: str, given: Given) -> Value:
    """What a key condition wants `key`, the partition's attribute, to be. Raises Malformed where it does not say."""
    for name, value in _equalities(text):
        if given.name(name) == key:
            return given.value(value)
    raise Malformed(f"{key} is not given")


@cache
def _equalities(text: str) -> list[tuple[str, str]]:
    return re.findall(r"([#\w]+)\s*=\s*(:\w+)", text)


class _Tokens:
    """What is left to read of an expression."""

    def __init__(self, text: str) -> None:
        self.left: list[str] = _TOKEN.findall(text)
        self.text = text

    def take(self) -> str:
        if not self.left:
            raise Malformed(f"{self.text} ends too early")
        return self.left.pop(0)

    def skip(self, *words: str) -> bool:
        """Whether one of `words` is next; it is read over."""
        if self.left and self.left[0].upper() in words:
            self.left.pop(0)
            return True
        return False

    def want(self, word: str) -> None:
        if not self.skip(word):
            raise Malformed(f"{word} is wanted in {self.text}")

    def end(self) -> None:
        if self.left:
            raise Malformed(f"{self.left[0]} is too much in {self.text}")


def _either(tokens: _Tokens) -> Condition:
    parts = [_both(tokens)]
    while tokens.skip("OR"):
        parts.append(_both(tokens))
    return parts[0] if len(parts) == 1 else lambda item, given: any(part(item, given) for part in parts)


def _both(tokens: _Tokens) -> Condition:
    parts = [_negated(tokens)]
    while tokens.skip("AND"):
        parts.append(_negated(tokens))
    return parts[0] if len(parts) == 1 else lambda item, given: all(part(item, given) for part in parts)


def _negated(tokens: _Tokens) -> Condition:
    if tokens.skip("NOT"):
        inner = _negated(tokens)
        return lambda item, given: not inner(item, given)
    if tokens.skip("("):
        inner = _either(tokens)
        tokens.want(")")
        return inner
    return _test(tokens)


def _test(tokens: _Tokens) -> Condition:
    if tokens.left and tokens.left[0] in _TESTS:
        test = _TESTS[tokens.take()]
        arguments = _arguments(tokens)
        return lambda item, given: test(*(argument(item, given) for argument in arguments))
    left = _operand(tokens)
    word = tokens.take().upper()
    if word == "BETWEEN":
        low = _operand(tokens)
        tokens.want("AND")
        high = _operand(tokens)
        return lambda item, given: (
            _compared(">=", left(item, given), low(item, given))
            and _compared("<=", left(item, given), high(item, given))
        )
    if word == "IN":
        choices = _arguments(tokens)
        return lambda item, given: any(_compared("=", left(item, given), one(item, given)) for one in choices)
    if word not in ("=", "<>", "<", "<=", ">", ">="):
        raise Malformed(f"{word} compares nothing in {tokens.text}")
    right = _operand(tokens)
    return lambda item, given: _compared(word, left(item, given), right(item, given))


def _arguments(tokens: _Tokens) -> list[Operand]:
    tokens.want("(")
    found = [_operand(tokens)]
    while tokens.skip(","):
        found.append(_operand(tokens))
    tokens.want(")")
    return found


def _operand(tokens: _Tokens) -> Operand:
    token = tokens.take()
    if token.startswith(":"):
        return lambda item, given: given.value(token)
    if token == "size" and tokens.left[:1] == ["("]:
        [inner] = _arguments(tokens)
        return lambda item, given: _length(inner(item, given))
    if token == "if_not_exists":
        path, otherwise = _arguments(tokens)
        return lambda item, given: path(item, given) or otherwise(item, given)
    return lambda item, given: item.get(given.name(token))


def _length(value: Value | None) -> Value | None:
    if value is None:
        return None
    [(kind, content)] = value.items()
    return {"N": str(len(content.encode() if kind == "S" else content))}


def _compared(word: str, left: Value | None, right: Value | None) -> bool:
    if left is None or right is None:
        return word == "<>" and left is not right
    (kind, one), (other_kind, other) = plain(left), plain(right)
    if word in ("=", "<>"):
        return ((kind, one) == (other_kind, other)) is (word == "=")
    if kind != other_kind or kind not in ("S", "N", "B"):
        return False
    return bool({"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[word])


def _begins(value: Value | None, start: Value | None) -> bool:
    if value is None or start is None:
        return False
    (kind, text), (other, first) = plain(value), plain(start)
    return kind == other and kind in ("S", "B") and text.startswith(first)


def _contains(value: Value | None, part: Value | None) -> bool:
    if value is None or part is None:
        return False
    (kind, whole), (_, wanted) = plain(value), plain(part)
    return plain(part) in whole if kind == "L" else wanted in whole


_TESTS: dict[str, Callable[..., bool]] = {
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "begins_with": _begins,
    "contains": _contains,
}


def _set(tokens: _Tokens) -> Callable[[Item, Item, Given], None]:
    name = tokens.take()
    tokens.want("=")
    left, sign, right = _operand(tokens), "", None
    if tokens.left and tokens.left[0] in "+-":
        sign, right = tokens.take(), _operand(tokens)

    def change(before: Item, after: Item, given: Given) -> None:
        value = left(before, given)
        if right is not None:
            value = _sum(value, sign, right(before, given))
        if value is None:
            raise Malformed("the update names an attribute that is not there")
        after[given.name(name)] = value

    return change


def _remove(tokens: _Tokens) -> Callable[[Item, Item, Given], None]:
    name = tokens.take()

    def change(before: Item, after: Item, given: Given) -> None:
        after.pop(given.name(name), None)

    return change


def _add(tokens: _Tokens) -> Callable[[Item, Item, Given], None]:
    name, value = tokens.take(), tokens.take()

    def change(before: Item, after: Item, given: Given) -> None:
        attribute = given.name(name)
        after[attribute] = _sum(before.get(attribute, {"N": "0"}), "+", given.value(value))

    return change


def _sum(left: Value | None, sign: str, right: Value | None) -> Value:
    if left is None or right is None or "N" not in left or "N" not in right:
        raise Malformed("only numbers are added")
    total = Decimal(left["N"]) + (Decimal(right["N"]) if sign == "+" else -Decimal(right["N"]))
    return {"N": str(total)}


_CLAUSES = {"SET": _set, "REMOVE": _remove, "ADD": _add}
