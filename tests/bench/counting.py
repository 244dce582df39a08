"""Stands between the functions and the local AWS, and counts the units of what is read from and written to DynamoDB."""

import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.bench import writes

UNIT = 4096  # bytes


class Exchange(NamedTuple):
    """One request, and when it began and was answered, in seconds of `time.perf_counter`."""

    name: str
    began: float
    ended: float


class CountingAws:
    """A forwarder to the local AWS.

    `units` are the read units so far, `written` the write units, as DynamoDB would charge for them; `log` are all
    requests.
    """

    def __init__(self) -> None:
        self.units = self.written = 0.0
        self.log: list[Exchange] = []
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    def in_front_of(self, url: str) -> str:
        """The URL to use in place of `url`."""
        with self._lock:
            if self._server is None:
                target, counter = urlsplit(url).netloc, self

                class Handler(_Forwarder):
                    netloc = target

                    def count(self, operation: str, asked: Any, answered: Any) -> None:
                        counter._add(units(operation, asked, answered), writes.units(operation, asked, answered))

                    def took(self, exchange: Exchange) -> None:
                        counter.log.append(exchange)

                self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
                self._server.daemon_threads = True
                threading.Thread(target=self._server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Forward no more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def _add(self, units: float, written: float) -> None:
        with self._lock:
            self.units += units
            self.written += written


class _Forwarder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer is two packets, of which the second would wait 40 ms
    netloc = ""

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection(self.netloc, timeout=30)

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kept = {name: value for name, value in self.headers.items() if name.lower() not in ("expect", "host")}
        headers = {**kept, "Host": self.netloc}  # the local AWS answers under its own name alone
        began = time.perf_counter()
        self._upstream.request("POST", self.path, body, headers)
        answer = self._upstream.getresponse()
        content = answer.read()
        self.took(Exchange(self.headers.get("X-Amz-Target", ""), began, time.perf_counter()))
        service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
        if service.startswith("DynamoDB") and answer.status == 200:
            self.count(operation, json.loads(body), json.loads(content))
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def count(self, operation: str, asked: Any, answered: Any) -> None:
        raise NotImplementedError

    def took(self, exchange: Exchange) -> None:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        """Nothing is said of requests."""


def units(operation: str, asked: Any, answered: Any) -> float:
    """The read units of one answered request; an item's size is that of its JSON, which is a little more."""
    if operation == "GetItem":
        return _read([answered.get("Item")]) * _factor(asked)
    if operation == "BatchGetItem":
        found = answered.get("Responses", {})
        return sum(
            sum(_read([item]) for item in found.get(table, [])) * _factor(one)
            for table, one in asked["RequestItems"].items()
        )
    if operation in ("Query", "Scan"):
        return _read(answered.get("Items", [])) * _factor(asked)
    if operation == "TransactGetItems":
        return 2 * sum(_read([one.get("Item")]) for one in answered["Responses"])
    return 0.0


def _factor(asked: Any) -> float:
    return 1.0 if asked.get("ConsistentRead") else 0.5


def _read(items: list[Any]) -> int:
    return max(1, ceil(sum(len(json.dumps(item)) for item in items if item) / UNIT))
