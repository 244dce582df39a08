"""Ytel's envelope, around what it answers and around its errors."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


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


@dataclass
class ErrorStyle:
    """How errors are written. Ytel's `error` is a list or an object, its `moreInfo` text, a list or null."""

    under_200: bool = False
    shape: Literal["list", "object"] = "list"
    more_info: Any = None

    def answer(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Answer:
        error = {"code": str(status), "message": message, "moreInfo": self.more_info}
        envelope = {"status": False, "count": 0, "page": 0, "error": [error] if self.shape == "list" else error}
        answer = ok(envelope)
        answer.status = 200 if self.under_200 else status
        answer.headers |= headers or {}
        return answer


def ok(document: Any) -> Answer:
    """A JSON document, as it is."""
    return Answer(200, json.dumps(document, separators=(",", ":")).encode())


def page(items: Iterable[str], count: int, page_number: int) -> Answer:
    """One page of a list; items are JSON texts, and so cost nothing to list again."""
    head = f'{{"status":true,"count":{count},"page":{page_number},"payload":['
    return Answer(200, (head + ",".join(items) + "]}").encode())


def payload(*items: Any) -> Answer:
    """The answer to an action."""
    return ok({"status": True, "count": len(items), "page": 1, "payload": list(items)})
