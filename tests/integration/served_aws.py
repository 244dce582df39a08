"""moto on a socket of its own, so that threads and processes meet at one table as functions do."""

import contextlib
import json
import math
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import moto.dynamodb.responses  # noqa: F401 - not inside the first request, where it takes a second
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import ThreadedWSGIServer

from tests.harness.local_aws.process import Handler
from tests.harness.local_aws.quicker import quicken


class ServedAws:
    """Its `url`, and what was asked of DynamoDB in `asked`: the operation, the request, the answer."""

    def __init__(self) -> None:
        quicken()
        self._app = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()
        self._server = ThreadedWSGIServer("127.0.0.1", 0, self._serve, Handler)
        self.asked: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def reset(self) -> None:
        """Empties it."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        urllib.request.urlopen(request).close()
        self.asked.clear()

    def operations(self, *names: str) -> list[str]:
        """The operations that were asked, all or those named."""
        return [operation for operation, _, _ in self.asked if not names or operation in names]

    def read_units(self) -> float:
        """What the reads cost: half a unit for each 4 KB begun, a whole one where consistency was asked for."""
        units = 0.0
        for operation, request, answer in self.asked:
            if operation == "GetItem":
                units += _units(answer.get("Item", {}), consistent=request.get("ConsistentRead", False))
            if operation == "BatchGetItem":
                for table, items in answer["Responses"].items():
                    consistent = request["RequestItems"][table].get("ConsistentRead", False)
                    units += sum(_units(item, consistent=consistent) for item in items)
            if operation == "Query":
                units += _units(answer["Items"], consistent=request.get("ConsistentRead", False))
        return units

    @contextlib.contextmanager
    def running(self) -> Iterator["ServedAws"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join(5)
            self._server.server_close()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Any:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if not target.startswith("DynamoDB"):
            return self._app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        environ["wsgi.input"] = _Again(body)
        with self._lock:  # moto checks a condition and writes in two steps
            answer = b"".join(self._app(environ, start_response))
            self.asked.append((target.partition(".")[2], json.loads(body), json.loads(answer or b"{}")))
        return [answer]


def _units(item: Any, *, consistent: bool) -> float:
    return max(1, math.ceil(_size(item) / 4096)) * (1 if consistent else 0.5)


def _size(value: Any) -> int:
    if isinstance(value, list):
        return sum(map(_size, value))
    if set(value) == {"B"} and isinstance(value["B"], str):
        return len(value["B"]) * 3 // 4
    return sum(len(name) + (len(one) if isinstance(one, str) else _size(one)) for name, one in value.items())


class _Again:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        taken, self._body = (self._body, b"") if size < 0 else (self._body[:size], self._body[size:])
        return taken
