"""One DynamoDB table in memory: its items, its indexes, and what an item was a moment ago."""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.harness.simulation.values import Item, Value, plain

Key = tuple[Any, ...]
LARGEST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of a table's or an index's key: the partition's, and the one that items are ordered by, if any."""

    partition: str
    order: str | None

    @classmethod
    def of(cls, schema: Iterable[Mapping[str, str]]) -> "Keys":
        """Reads a `KeySchema`."""
        names = {one["KeyType"]: one["AttributeName"] for one in schema}
        return cls(names["HASH"], names.get("RANGE"))

    def __iter__(self) -> Any:
        return iter(name for name in (self.partition, self.order) if name is not None)

    def of_item(self, item: Mapping[str, Value]) -> Key | None:
        """An item's key, or None where it has no such attributes."""
        if any(name not in item for name in self):
            return None
        return tuple(plain(item[name])[1] for name in self)


@dataclass
class Table:
    """The items of a table made with `properties`, as CloudFormation states them.

    `now` gives milliseconds. A reading that may be `lagging` does not see what changed less than `lag_ms` ago.
    """

    name: str
    properties: Mapping[str, Any]
    now: Callable[[], int]
    keys: Keys = field(init=False)
    indexes: dict[str, Keys] = field(init=False)
    _items: dict[Key, Item] = field(default_factory=dict)
    _before: dict[Key, tuple[int, Item | None]] = field(default_factory=dict)
    _partitions: dict[Any, list[Key]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = Keys.of(self.properties["KeySchema"])
        indexes = self.properties.get("GlobalSecondaryIndexes", ())
        self.indexes = {one["IndexName"]: Keys.of(one["KeySchema"]) for one in indexes}

    def key_of(self, item: Mapping[str, Value]) -> Key:
        """An item's key. Raises KeyError."""
        key = self.keys.of_item(item)
        if key is None:
            raise KeyError(self.keys.partition)
        return key

    def get(self, key: Key, *, lag_ms: int = 0) -> Item | None:
        """The item, as it is or as it was `lag_ms` ago. Not to be changed."""
        if lag_ms and key in self._before:
            changed_at, before = self._before[key]
            if changed_at > self.now() - lag_ms:
                return before
        return self._items.get(key)

    def put(self, key: Key, item: Item | None) -> None:
        """Writes an item, or deletes it."""
        before = self._items.get(key)
        self._before[key] = (self.now(), before)
        if item is not None:
            self._items[key] = item
            if before is None:
                insort(self._partitions.setdefault(key[0], []), key)
        elif before is not None:
            del self._items[key]
            self._partitions[key[0]].remove(key)

    def items(self) -> Sequence[Item]:
        """All of them."""
        return list(self._items.values())

    def partition(self, value: Value, index: str | None, *, lag_ms: int = 0) -> list[Item]:
        """The items of a partition in the order of their keys."""
        wanted = plain(value)[1]
        if index is None:
            keys: Iterable[Key] = self._partitions.get(wanted, ())
            if lag_ms:
                keys = sorted({*keys, *(key for key in self._before if key[0] == wanted)})
            return [item for key in keys if (item := self.get(key, lag_ms=lag_ms)) is not None]
        names = self.indexes[index]
        seen = (self.get(key, lag_ms=lag_ms) for key in {*self._items, *self._before})
        found = [(key, item) for item in seen if item is not None and (key := names.of_item(item)) is not None]
        return [item for key, item in sorted(found, key=lambda one: (one[0], self.key_of(one[1]))) if key[0] == wanted]

    def drop_expired(self, attribute: str) -> None:
        """Deletes what is past its time to live."""
        seconds = self.now() / 1000
        for key, item in list(self._items.items()):
            if attribute in item and float(item[attribute]["N"]) < seconds:
                self.put(key, None)
