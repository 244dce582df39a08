"""Ytel's envelope, around what it answers and around its errors."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from tests.harness.fake_ytel.kinds import BY_HAND, Group, Number, Shape
from tests.harness.fake_ytel.paging import Page


@dataclass
class Answer:
    """An HTTP answer before it is sent."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


class Refused(Exception):
    """A request that is answered with an error; a complaint is one that a correct client never sends."""

    def __init__(self, status: int, message: str, *, complaint: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.complaint = complaint


class ErrorStyle(Group):
    """How errors are written.

    Ytel's `error` is a list or an object, its `code` text or a number, its `moreInfo` text, a list or null.
    `under_200`: the answer is HTTP 200, so that the envelope alone tells.
    """

    under_200: bool = False
    shape: Literal["list", "object"] = "list"
    code: Number = "text"
    more_info: Annotated[str | list[str] | None, BY_HAND] = None

    def answer(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Answer:
        code = str(status) if self.code == "text" else status
        error = {"code": code, "message": message, "moreInfo": self.more_info}
        envelope = {"status": False, "count": 0, "page": 0, "error": [error] if self.shape == "list" else error}
        answer = ok(envelope)
        answer.status = 200 if self.under_200 else status
        answer.headers |= headers or {}
        return answer


def ok(document: Any) -> Answer:
    """A JSON document, as it is."""
    return Answer(200, json.dumps(document, separators=(",", ":")).encode())


def listing(page: Page[str], shape: Shape, name: str, encoding: str = "utf-8") -> Answer:
    """One page of a list; items are JSON texts, and so cost nothing to list again.

    {"status":true,"count":126,"page":1,"nextKey":"eyJ…","payload":[…]}     [ … ]     {"users":[…],"count":126}
    """
    items = "[" + ",".join(page.items) + "]"
    count = "" if page.count is None else f'"count":{page.count},'
    next_key = f'"nextKey":{json.dumps(page.next_key)},' if page.has_keys else ""
    match shape:
        case "bare":
            text = items
        case "keyed":
            text = f'{{{count}{next_key}"{name}":{items}}}'
        case _:
            text = f'{{"status":true,{count}"page":{page.number},{next_key}"payload":{items}}}'
    return Answer(200, text.encode(encoding, "replace"))


def payload(*items: Any) -> Answer:
    """The answer to an action."""
    return ok({"status": True, "count": len(items), "page": 1, "payload": list(items)})


def texts(documents: Iterable[Any], encoding: str = "ascii") -> list[str]:
    """Documents as JSON, with other letters than ASCII's escaped or to be written in that encoding."""
    return [json.dumps(one, separators=(",", ":"), ensure_ascii=encoding == "ascii") for one in documents]
