"""One page of a list of Ytel's, and where its rows stand in an answer.

Shapes that are read (sample answers):

    [{"clientId": "…", "firstName": "Ann", …}, …]                                      bare, as the users were seen
    {"status": true, "count": 126, "page": 1, "payload": [{"confId": "…", …}, …]}      the documented envelope
    {"status": true, "count": 10, "nextKey": "eyJ…", "payload": […]}                   with a key that leads on
    {"users": [{"clientId": "…", …}, …]}                                               under one name
"""

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from supervision.base.problems import YtelInvalid
from supervision.rules.conferences import Conference

ENVELOPE = {"status", "count", "page", "nextKey", "error"}
NAMES = ("payload", "data", "items", "results", "users", "conferences", "contacts")


class ListPage(NamedTuple):
    """One page: the offset it stands at, its rows, of whatever kind, and what its `count` says.

    `names` are what its rows are told apart by. `next_key` leads on; it is empty where Ytel says that nothing follows,
    and None where Ytel says nothing of keys.
    """

    start: int
    rows: list[Any]
    names: Sequence[Hashable | None]
    stated: int | None
    next_key: str | None = None

    @property
    def entries(self) -> list[Any]:
        """The rows that are objects."""
        return [*filter(is_object, self.rows)]

    @property
    def length(self) -> int:
        """How many rows stood on it."""
        return len(self.rows)


def rows_of(document: Any) -> list[Any]:
    """The list in an answer, wherever it stands. Raises YtelInvalid where there is none, or several could be it."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        if isinstance(payload := document.get("payload"), dict):
            return rows_of(payload)
        lists = {name: value for name, value in document.items() if isinstance(value, list) and name != "error"}
        for name in NAMES:
            if name in lists:
                return lists[name]
        # One entry that is no list at all has lists in it too, of roles or of other texts: these are no rows.
        of_objects = [value for value in lists.values() if any(map(is_object, value))]
        if len(of_objects) == 1:
            return of_objects[0]
        if len(lists) == 1 and document.keys() - ENVELOPE == lists.keys():
            return next(iter(lists.values()))
        if not lists and payload is None and document.get("count") == 0:
            return []
    raise YtelInvalid("Ytel's list is not the JSON it documents.")


# {"status": true, "count": 1, "page": 1, "payload": [{…}]} · {"payload": {…}} · [{…}] · {…}
def one_of(document: Any) -> dict[str, Any] | None:
    """The one object that an answer about one thing is about: flat, or in the envelope; None where there is none."""
    if isinstance(document, dict) and "payload" in document:
        document = document["payload"]
    if isinstance(document, list):
        document = document[0] if document else None
    return document if isinstance(document, dict) else None


def is_object(entry: Any) -> bool:
    """Whether a row of a list is an object, read or not."""
    return isinstance(entry, dict | Conference)
