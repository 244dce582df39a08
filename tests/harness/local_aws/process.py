"""The process that moto lives in, apart from the gateway's, whose threads it would slow down."""

import io
import json
import os
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.exceptions import Forbidden
from werkzeug.serving import ThreadedWSGIServer
from werkzeug.test import run_wsgi_app

from tests.harness import framing
from tests.harness.cloudformation import REGION
from tests.harness.local_aws.faults import Struck
from tests.harness.local_aws.permissions import Permissions
from tests.harness.local_aws.put_events import PutEvents
from tests.harness.local_aws.schemas import SchemaRegistry
from tests.harness.local_aws.tables import drop_expired
from tests.harness.own_site import is_foreign

EXPIRED_DROPPED_EVERY_SECONDS = 60


def main(argument: dict[str, Any], fds: list[int]) -> None:
    """Serve on the listening socket `fds[0]` until the socket `fds[1]` closes; the harness is told of events on it."""
    listener, harness = socket.socket(fileno=fds[0]), socket.socket(fileno=fds[1])
    lock = threading.Lock()

    def tell(message: dict[str, Any]) -> None:
        with lock:
            framing.send(harness, json.dumps(message).encode())

    # Imported late: it makes moto quicker for all of a process.
    from tests.harness.local_aws.warm import MOTO

    host, port = listener.getsockname()
    moto = Serial(MOTO)
    schemas = SchemaRegistry(moto, argument["registries"])
    app = Struck(PutEvents(Permissions(schemas, argument["permissions"]), argument["rules"], tell), tell)
    server = ThreadedWSGIServer(host, port, app, Handler, fd=listener.fileno())
    listener.listen(512)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Thread(target=_drop_expired, args=(moto,), daemon=True).start()
    _make(argument["calls"], f"http://{host}:{port}")
    tell({"ready": True})
    while (order := framing.receive(harness)) is not None:
        app.obey(json.loads(order))
    os._exit(0)


def _drop_expired(moto: "Serial") -> None:
    while True:
        time.sleep(EXPIRED_DROPPED_EVERY_SECONDS)
        with moto.lock:
            drop_expired()


def _make(calls: Iterable[tuple[str, str, dict[str, Any]]], endpoint: str) -> None:
    import botocore.session
    from botocore import xform_name

    session = botocore.session.get_session()
    clients: dict[str, Any] = {}
    for service, operation, parameters in calls:
        if service not in clients:
            clients[service] = session.create_client(service, region_name=REGION, endpoint_url=endpoint)
        getattr(clients[service], xform_name(operation))(**parameters)


class Serial:
    """One DynamoDB request at a time: moto checks a write's condition and writes in two steps."""

    def __init__(self, app: Any, lock: threading.Lock | None = None) -> None:
        self._app = app
        self.lock = lock or threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB"):
            with self.lock:
                return list(self._app(environ, start_response))
        return self._app(environ, start_response)


class Handler(MotoRequestHandler):
    """Keeps connections open and answers in one packet, which werkzeug's own does not."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        self.environ = environ = self.make_environ()
        if "wsgi.input_terminated" in environ:
            body = environ["wsgi.input"].read()
        else:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        foreign = is_foreign(self.headers.items(), self.server.port, programs_only=True)
        parts, status, headers = run_wsgi_app(Forbidden() if foreign else self.server.app, environ, buffered=True)
        answer = b"".join(parts)
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() not in ("content-length", "connection")]
        length = headers.get("content-length", "0") if self.command == "HEAD" else len(answer)
        lines.append(f"Content-Length: {length}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        self.wfile.write(head if self.command == "HEAD" else head + answer)

    def log_request(self, *_: Any) -> None:
        """Log nothing."""
