"""What can go wrong between a function and AWS: answers that fail, and requests that are kept waiting.

    faults.fail("TransactWriteItems", "ThrottlingException", times=2)
    with faults.held("PutEvents", processed=True) as hold:  # told, and the answer not yet given
        ...
        hold.wait()
        system.kill("watch_calls")
        hold.drop()

Only requests of functions are struck, never those of a test or a person.
"""

import contextlib
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

OF_A_FUNCTION = re.compile(r"Credential=FUNCTION")
LONGEST_HOLD_SECONDS = 60


@dataclass
class _Script:
    """A fault that stands, in the process of the local AWS. Without a `code` the request is held."""

    id: int
    operation: str
    text: str
    code: str | None
    status: int
    left: int | None
    processed: bool
    released: threading.Event = field(default_factory=threading.Event)
    dropped: bool = False


class Struck:
    """WSGI middleware: lets the scripted faults strike. `tell` reports each request that is held."""

    def __init__(self, app: Any, tell: Callable[[dict[str, Any]], None]) -> None:
        self._app = app
        self._tell = tell
        self._scripts: list[_Script] = []
        self._lock = threading.Lock()

    def obey(self, order: dict[str, Any]) -> None:
        """Do what a `Faults` ordered."""
        with self._lock:
            match order:
                case {"add": parameters}:
                    self._scripts.append(_Script(**parameters))
                case {"clear": _}:
                    for one in self._scripts:
                        one.released.set()
                    self._scripts = []
                case {"release": id_, "drop": dropped}:
                    for one in self._scripts:
                        if one.id == id_:
                            one.dropped = dropped
                            one.released.set()
                    self._scripts = [one for one in self._scripts if one.id != id_]
        self._tell({"obeyed": order["order"]})

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Pass the request on, unless a fault strikes it."""
        if not OF_A_FUNCTION.search(environ.get("HTTP_AUTHORIZATION", "")):
            return self._app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        script = self._strike(environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2], body.decode("utf-8", "replace"))
        if script is None:
            return self._app(environ, start_response)
        if script.code is not None:
            if script.processed:
                list(self._app(environ, lambda *_: None))
            return _failed(script, start_response)
        if script.processed:
            answer = list(self._app(environ, start_response))
            self._hold(script)
            return answer
        self._hold(script)
        return _failed(script, start_response) if script.dropped else self._app(environ, start_response)

    def _strike(self, operation: str, body: str) -> _Script | None:
        with self._lock:
            for script in self._scripts:
                if script.left != 0 and re.fullmatch(script.operation, operation) and script.text in body:
                    script.left = None if script.left is None else script.left - 1
                    return script
        return None

    def _hold(self, script: _Script) -> None:
        self._tell({"held": script.id})
        script.released.wait(LONGEST_HOLD_SECONDS)


def _failed(script: _Script, start_response: Any) -> list[bytes]:
    start_response(f"{script.status} Failed", [("Content-Type", "application/x-amz-json-1.0")])
    return [json.dumps({"__type": script.code or "InternalServerError", "message": "Scripted failure"}).encode()]


class Hold:
    """Requests that are kept waiting."""

    def __init__(self, faults: "Faults", id_: int) -> None:
        self._faults, self._id = faults, id_
        self._held = threading.Event()

    def wait(self, timeout: float = 20) -> None:
        """Return once one is."""
        if not self._held.wait(timeout):
            raise AssertionError(f"no request came to be held within {timeout:g} s")

    def drop(self) -> None:
        """Never carry them out; those that were carried out already stay so."""
        self._faults.order({"release": self._id, "drop": True})

    def let_go(self) -> None:
        """Carry them out, or give their answer."""
        self._faults.order({"release": self._id, "drop": False})


class Faults:
    """The faults of a local AWS, seen from the harness. `send` reaches the process."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self._ids = count(1)
        self._holds: dict[int, Hold] = {}
        self._obeyed: dict[int, threading.Event] = {}

    def fail(
        self,
        operation: str,
        code: str = "InternalServerError",
        *,
        status: int = 400,
        text: str = "",
        times: int | None = 1,
        processed: bool = False,
    ) -> None:
        """Fail the next `times` requests for this operation (an expression) in whose body `text` stands."""
        self._add(operation, code, status, text, times, processed)

    @contextlib.contextmanager
    def held(self, operation: str, *, text: str = "", processed: bool = False) -> Iterator[Hold]:
        """Keep such a request waiting, before it is carried out or, `processed`, before its answer is given."""
        id_ = self._add(operation, None, 500, text, 1, processed)
        try:
            yield self._holds[id_]
        finally:
            self._holds[id_].let_go()

    def clear(self) -> None:
        """Take away all, and let go what is held."""
        self.order({"clear": True})

    def order(self, order: dict[str, Any]) -> None:
        """Have the process do this, and wait until it is done."""
        number = next(self._ids)
        obeyed = self._obeyed[number] = threading.Event()
        self._send({**order, "order": number})
        if not obeyed.wait(10):
            raise AssertionError("the local AWS does not listen")

    def heard(self, told: dict[str, Any]) -> None:
        """Take in what the process told."""
        if "obeyed" in told:
            self._obeyed.pop(told["obeyed"]).set()
        if "held" in told:
            self._holds[told["held"]]._held.set()

    def _add(self, operation: str, code: str | None, status: int, text: str, times: int | None, processed: bool) -> int:
        id_ = next(self._ids)
        self._holds[id_] = Hold(self, id_)
        parameters = {
            "id": id_,
            "operation": operation,
            "text": text,
            "code": code,
            "status": status,
            "left": times,
            "processed": processed,
        }
        self.order({"add": parameters})
        return id_
