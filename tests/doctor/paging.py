"""Whether Ytel's list of conferences pages as this project assumes."""

from collections.abc import Callable, Iterator
from typing import Any

Fetch = Callable[[int | None], dict[str, Any]]


def look_at_paging(fetch: Fetch) -> Iterator[str]:
    """What is found, a line each; `fetch` reads the list from an offset, or as documented, without one.

    A floor moves while it is looked at, so a line that says "unlike" is worth a second run.
    """
    first = fetch(None)
    ids, count = _ids(first), first.get("count")
    yield f"ok      conferences: {len(ids)} on the first page, count says {count}"
    unknown = sorted(set(first) - {"status", "count", "page", "payload"})
    if unknown:
        yield f"unlike  the envelope has fields that are not documented: {', '.join(unknown)}"
    if type(count) is not int:
        yield "unlike  count is no number; pages are read one by one until one brings nothing new"
        return
    if len(set(ids)) != len(ids):
        yield "unlike  a page names a conference twice; the later one counts"
    if len(ids) < 2:
        yield "ok      paging: too few calls just now to tell whether offset is honoured"
        return
    yield _offset_of_one(ids, _ids(fetch(1)))
    if count > len(ids):
        second = _ids(fetch(len(ids)))
        if not second or set(second) <= set(ids):
            yield f"unlike  the second page brings nothing new, so {count - len(ids)} conferences cannot be reached"
        else:
            yield f"ok      paging: the second page brings {len(set(second) - set(ids))} more"


def _offset_of_one(ids: list[str], moved: list[str]) -> str:
    if moved[: len(ids) - 1] == ids[1:]:
        return "ok      paging: offset counts conferences, as assumed"
    if moved[: len(ids)] == ids:
        return "unlike  offset is not honoured: every page is the first; a larger floor cannot be read whole"
    return "unlike  offset=1 does not begin at the second conference (or the floor moved); look again"


def _ids(envelope: dict[str, Any]) -> list[str]:
    payload = envelope.get("payload")
    entries = payload if isinstance(payload, list) else []
    return [str(entry.get("confId")) for entry in entries if isinstance(entry, dict)]
