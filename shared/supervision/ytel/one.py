"""One thing out of an answer of Ytel's, whatever stands around it. Pure."""

from collections.abc import Iterator
from typing import Any

from supervision.rules.ids import same_id

DEEPEST = 3


# {"confId": "…", …} · {"status": true, "count": 1, "payload": [{"confId": "…", …}]} · {"conferences": [{…}]} · [{…}]
def object_of(document: Any, name: str, id_: str) -> dict[str, Any] | None:
    """The object of an answer whose field `name` is `id_`; None where the answer holds no such one.

    What a request for one thing answers is inferred: the object is looked for alone, in the envelope, in a list, and
    under any name. An answer about another thing, or about many, is never taken for it.
    """
    return next((one for one in _objects(document, DEEPEST) if _is(one.get(name), id_)), None)


def _objects(document: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        yield document
    if depth and isinstance(document, dict | list):
        for value in document.values() if isinstance(document, dict) else document:
            yield from _objects(value, depth - 1)


def _is(value: Any, id_: str) -> bool:
    return isinstance(value, str) and same_id(value, id_)
