"""A function's door in this process, as the runtime loads it, for events as API Gateway makes them."""

import base64
import gzip
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

FUNCTIONS = Path(__file__).parents[2] / "functions"


@contextmanager
def loaded(function: str) -> Iterator[Any]:
    """The function's `app`, imported anew with its own folder first, and nothing of it left behind."""
    folder = FUNCTIONS / function
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("app")
    finally:
        sys.path.remove(str(folder))
        for name in {file.stem for file in folder.glob("*.py")} & (set(sys.modules) - before):
            del sys.modules[name]


class Context:
    """Lambda's context, as far as a door looks at it."""

    function_name = "function"
    aws_request_id = "request-1"

    def __init__(self, seconds: float = 20.0) -> None:
        self._left = int(seconds * 1000)

    def get_remaining_time_in_millis(self) -> int:
        return self._left


class Answer(NamedTuple):
    """What a client would get."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def text(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body


def get(
    app: Any,
    route: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    seconds: float = 20.0,
    *,
    agents: str = "",
) -> Answer:
    """GETs `target` of the route template `route`, as a client bound to `agents`, where there are any."""
    url = urlsplit(target)
    query: dict[str, str] = {}
    for pair in filter(None, url.query.split("&")):
        name, _, value = pair.partition("=")
        name, value = unquote(name), unquote(value)
        query[name] = f"{query[name]},{value}" if name in query else value
    parameters = {
        part[1:-1]: unquote(value)
        for part, value in zip(route.split("/"), url.path.split("/"), strict=True)
        if part.startswith("{")
    }
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"GET {route}",
        "rawPath": url.path,
        "rawQueryString": url.query,
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": "GET", "path": url.path},
            "authorizer": {"lambda": {"client": "crm", "scopes": "calls:read", "agents": agents, "phones": ""}},
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = query
    if parameters:
        event["pathParameters"] = parameters
    answer = json.loads(json.dumps(app.lambda_handler(event, Context(seconds))))
    body = answer.get("body") or ""
    return Answer(
        int(answer["statusCode"]),
        {name.lower(): value for name, value in answer["headers"].items()},
        base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode(),
    )
