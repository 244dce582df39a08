"""How one of Ytel's lists comes: its shape, what leads from page to page, what its `count` counts."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from supervision.base import clock
from supervision.base.problems import Problem
from supervision.ytel.list_page import ENVELOPE, is_object, rows_of
from supervision.ytel.lists import Walk
from tests.doctor.asking import Answer
from tests.doctor.report import Report

Get = Callable[[Mapping[str, str]], Answer]


@dataclass(frozen=True)
class Listed:
    """What was seen of a list. None: it could not be told. `count` is "total", "page" or None."""

    rows: list[Any]
    shape: str
    complete: bool
    several: bool
    by_offset: bool | None
    by_key: bool | None
    count: str | None


def look_at_list(report: Report, name: str, get: Get, identity: Callable[[Any], Hashable]) -> Listed:
    """Reads a list whole, as the product does, and tries what leads on. Raises the Problem where it cannot be read.

    A floor moves while it is looked at, so a line that says "unlike" is worth a second run.
    """
    began = clock.now_ms()
    first = _document(get({}))
    head = rows_of(first)
    about = first if isinstance(first, dict) else {}
    walk = Walk(lambda query: _document(get(query)), lambda rows: [identity(row) for row in rows if is_object(row)])
    rows = [row for page in sorted(walk, key=lambda page: page.start) for row in page.rows]
    took = clock.now_ms() - began
    shape = _shape(first)
    stated = about.get("count")
    by_key = _leads_on(get({"nextKey": str(about["nextKey"])}), head, identity) if about.get("nextKey") else None
    by_offset = _moves(get({"offset": "1"}), head, identity) if len(head) > 1 else None
    listed = Listed(
        rows=rows,
        shape=shape,
        complete=walk.absence.complete,
        several=walk.several,
        by_offset=by_offset,
        by_key=by_key,
        count=_counts(stated, len(head), len(rows)) if walk.several else None,
    )
    pages = "on several pages" if walk.several else "on one page"
    report.ok(f"{name}: {len(rows)} {pages}, as {shape}, in {took} ms; count says {_count_said(stated, listed)}")
    _say_how_it_pages(report, name, listed)
    strange = sorted(set(about) - ENVELOPE - {"payload"}) if "payload" in about else []
    if strange:
        report.unlike(f"{name}: the envelope has fields that are not documented: {', '.join(strange)[:200]}")
    if not listed.complete:
        report.unlike(f"{name}: cut off, or the pages do not add up to what count says; some may be missing")
    return listed


def _say_how_it_pages(report: Report, name: str, listed: Listed) -> None:
    if listed.by_key is not None:
        said = "leads on" if listed.by_key else "leads nowhere"
        (report.ok if listed.by_key else report.unlike)(f"{name}: paging: nextKey {said}")
    if listed.by_offset is None:
        report.unseen(f"{name}: paging: too few just now to tell whether offset is honoured")
    elif listed.by_offset:
        report.ok(f"{name}: paging: offset counts entries, as assumed")
    elif listed.by_key:
        report.ok(f"{name}: paging: offset is not honoured")
    elif listed.shape != "a bare array":
        report.unlike(
            f"{name}: paging: offset is not honoured (or the list moved); a longer list may not be read whole"
        )
    else:
        report.unseen(f"{name}: paging: offset changes nothing; it may be that the whole list always comes at once")


def _document(answer: Answer) -> Any:
    if answer.problem is not None:
        raise answer.problem
    return answer.document


def _shape(document: Any) -> str:
    if isinstance(document, list):
        return "a bare array"
    if "payload" in document:
        return "the documented envelope"
    rows = rows_of(document)
    return f"an object with the list under {next((name for name, one in document.items() if one is rows), '?')}"


def _ids(answer: Answer, identity: Callable[[Any], Hashable]) -> list[Hashable] | None:
    try:
        return [identity(row) for row in rows_of(_document(answer))]
    except Problem:
        return None


def _moves(answer: Answer, head: list[Any], identity: Callable[[Any], Hashable]) -> bool:
    moved = _ids(answer, identity)
    return moved is not None and moved[: len(head) - 1] == [identity(row) for row in head[1:]]


def _leads_on(answer: Answer, head: list[Any], identity: Callable[[Any], Hashable]) -> bool:
    following = _ids(answer, identity)
    return bool(following) and not set(following or ()) <= {identity(row) for row in head}


def _counts(stated: Any, on_page: int, in_all: int) -> str | None:
    return {on_page: "page", in_all: "total"}.get(stated) if type(stated) is int else None


def _count_said(stated: Any, listed: Listed) -> str:
    if type(stated) is not int:
        return "nothing"
    meaning = {"page": ", the number on its page", "total": ", the total"}.get(listed.count or "", "")
    return f"{stated}{meaning}"
