"""What can go wrong on the way to Ytel and back, put on a route for the next requests or until it is taken away.

    faults.add("POST", "/participant$", Status(503, retry_after=2))
    faults.add("POST", "/participant$", Reset(processed=True))         # dialled, and the answer lost
    faults.add("GET", "/conference$", Html(), times=None)              # until cleared
    faults.add("POST", "/participant$", Run(lambda: floor.join(call))) # a third party joins just before the dial

`processed` says whether the work was done before it went wrong.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that goes wrong."""

    processed: bool = False


@dataclass(frozen=True)
class Status(Fault):
    """An HTTP status, with Ytel's error envelope; `retry_after` in seconds, or an HTTP date."""

    status: int
    retry_after: int | str | None = None
    message: str = "Scripted failure"


@dataclass(frozen=True)
class EnvelopeFailure(Fault):
    """`"status": false` under HTTP 200."""

    code: int = 500
    message: str = "Scripted failure"


@dataclass(frozen=True)
class Body(Fault):
    """Any body at all."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


@dataclass(frozen=True)
class Html(Fault):
    """A web page, as proxies answer."""

    status: int = 200


@dataclass(frozen=True)
class Json(Fault):
    """A JSON document that is not what is documented."""

    document: Any
    status: int = 200


@dataclass(frozen=True)
class Truncated(Fault):
    """Half of the answer, of which the whole was announced; then the connection ends."""

    processed: bool = field(default=True, kw_only=True)


@dataclass(frozen=True)
class Endless(Fault):
    """A list that goes on until the client gives up."""


@dataclass(frozen=True)
class Drip(Fault):
    """The answer, so many bytes at a time."""

    seconds: float = 0.05
    size: int = 1
    processed: bool = field(default=True, kw_only=True)


@dataclass(frozen=True)
class Delay(Fault):
    """The answer, late. The work is done first, unless `processed` is false: then it is done late too."""

    seconds: float
    processed: bool = field(default=True, kw_only=True)


@dataclass(frozen=True)
class Reset(Fault):
    """The connection is reset; no answer."""


@dataclass(frozen=True)
class Hang(Fault):
    """No answer, and the connection stays open."""


@dataclass(frozen=True)
class Run(Fault):
    """Nothing goes wrong: this is done just before the request is, or, `processed`, just before its answer is sent."""

    act: Callable[[], object]


@dataclass
class Script:
    """A fault on a route."""

    method: str
    path: str
    fault: Fault
    left: int | None
    skip: int
    used: int = 0


class Faults:
    """The faults that stand. The first that fits a request is the one that strikes it."""

    def __init__(self) -> None:
        self._scripts: list[Script] = []
        self._lock = threading.Lock()

    def add(self, method: str, path: str, fault: Fault, *, times: int | None = 1, skip: int = 0) -> Script:
        """Strike the next `times` requests of this method ("*" for any) and path expression, after `skip` of them."""
        script = Script(method, path, fault, times, skip)
        with self._lock:
            self._scripts.append(script)
        return script

    def clear(self, script: Script | None = None) -> None:
        """Take away one, or all."""
        with self._lock:
            self._scripts = [one for one in self._scripts if script is not None and one is not script]

    def strike(self, method: str, path: str) -> Fault | None:
        """What goes wrong with this request."""
        with self._lock:
            for script in self._scripts:
                if script.method not in ("*", method) or not re.search(script.path, path) or script.left == 0:
                    continue
                if script.skip:
                    script.skip -= 1
                    continue
                script.left = None if script.left is None else script.left - 1
                script.used += 1
                return script.fault
        return None
