"""What was asked of the fake, in order."""

import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

REQUESTS_KEPT = 200_000


@dataclass
class Request:
    """One request, its body read as JSON where it is JSON.

    `status` is what was answered; None while nothing was, and for ever where the answer was lost.
    """

    time: float
    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: Message = field(repr=False)
    raw: bytes = field(default=b"", repr=False)
    status: int | None = None


class RequestsLog:
    """Requests by method and path, as they came in; path expressions are searched for, not matched whole."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque(maxlen=REQUESTS_KEPT)
        self._lock = threading.Lock()

    def add(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)

    def of(self, method: str, path: str = "") -> list[Request]:
        """Those of a method ("*" for any) whose path matches."""
        return [one for one in self if method in ("*", one.method) and re.search(path, one.path)]

    def count(self, method: str, path: str = "") -> int:
        return len(self.of(method, path))

    def walks(self, path: str) -> int:
        """How often a list was begun to be read: its further pages, and looks beyond them, do not count."""
        return sum(not {"offset", "nextKey"} & one.query.keys() for one in self.of("GET", path))

    def reset(self) -> None:
        with self._lock:
            self._requests.clear()

    def __iter__(self) -> Iterator[Request]:
        with self._lock:
            return iter(list(self._requests))

    def __len__(self) -> int:
        return len(self._requests)

    def __getitem__(self, index: int) -> Request:
        return self._requests[index]


def parsed(raw: bytes) -> Any:
    """A body as JSON, or as text where it is none; None where there is none."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode("utf-8", "replace")
