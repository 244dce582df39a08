"""What may be written into the table: one item, or several together, each under a condition.

An expression names an attribute as `#name` and a value as `:value`.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct, field

from supervision.base.problems import Problem
from supervision.table.items import Item, Key, Value

# How often a change of a record is tried where others changed it first.
RECORD_ATTEMPTS = 4


class When(Struct, frozen=True):
    """The condition of a write, with the values that it names."""

    condition: str
    values: Mapping[str, Value] = field(default_factory=dict)


class Put(Struct, frozen=True):
    """Writes a whole item in the place of what stands there."""

    item: Item
    when: When | None = None


class Change(Struct, frozen=True):
    """Changes attributes of an item, as an update expression says."""

    key: Key
    expression: str
    values: Mapping[str, Value] = field(default_factory=dict)
    when: When | None = None


class Delete(Struct, frozen=True):
    """Removes an item."""

    key: Key
    when: When | None = None


class Check(Struct, frozen=True):
    """Writes nothing: the others of its transaction are written only if this item is so."""

    key: Key
    when: When


type Write = Put | Change | Delete | Check


class Guarded(NamedTuple):
    """A write, and the problem that it stands for where its condition does not hold."""

    write: Write
    problem: Problem


class Written(NamedTuple):
    """What came of one write: whether its condition held, and the item.

    The item is as it is after a change; where the condition did not hold, it is as the winner of the race left it.
    """

    done: bool
    item: Item
