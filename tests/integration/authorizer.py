"""The authorizer in this process, on a made-up Secrets Manager; and an identity provider on a port of its own."""

import importlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

CONTEXT = SimpleNamespace(function_name="authorize", aws_request_id="invocation-1")
FOLDER = Path(__file__).parents[2] / "functions" / "authorize"


@contextmanager
def loaded() -> Iterator[Any]:
    """The authorizer's `app`, imported anew, with nothing of it left behind."""
    before = set(sys.modules)
    own = {file.stem for file in FOLDER.glob("*.py")}
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("app")
    finally:
        sys.path.remove(str(FOLDER))
        for name in own & (set(sys.modules) - before):
            del sys.modules[name]


def event(authorization: str | None, route: str = "GET /calls") -> dict[str, Any]:
    """What the gateway asks the authorizer."""
    headers = {} if authorization is None else {"authorization": authorization}
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeKey": route,
        "identitySource": [authorization, route],
        "headers": {"host": "api.example.com", **headers},
        "requestContext": {"requestId": "request-1", "http": {"method": route.split()[0], "path": "/"}},
    }


class Issuer:
    """An identity provider: its discovery document, its keys, and how often they were asked for."""

    def __init__(self) -> None:
        self.keys: list[Mapping[str, Any]] = []
        self.asked: list[str] = []
        self.down = False
        self.named: str | None = None
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                documents: dict[str, Any] = {
                    "/.well-known/openid-configuration": {
                        "issuer": issuer.named or issuer.url,
                        "jwks_uri": f"{issuer.url}/keys",
                    },
                    "/keys": {"keys": issuer.keys},
                }
                found = not issuer.down and self.path in documents
                body = json.dumps(documents[self.path] if found else {}).encode()
                self.send_response(200 if found else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
