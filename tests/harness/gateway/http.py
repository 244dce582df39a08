"""A request as it arrived and an answer as it leaves, free of any server."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Request:
    """`target` is the path and query as sent; `headers` in the order they came."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    protocol: str = "HTTP/1.1"
    source_ip: str = "127.0.0.1"

    @cached_property
    def path(self) -> str:
        """The path as sent, percent-encoding and all."""
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> str:
        """The query as sent."""
        return self.target.partition("?")[2]

    @cached_property
    def joined_headers(self) -> dict[str, str]:
        """Names in lower case, duplicates joined by commas; no cookies, which have a place of their own."""
        joined: dict[str, str] = {}
        for name, value in self.headers:
            name = name.lower()
            if name != "cookie":
                joined[name] = f"{joined[name]},{value}" if name in joined else value
        return joined

    @cached_property
    def joined_query(self) -> dict[str, str]:
        """Names and values decoded, duplicates joined by commas."""
        joined: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        return joined

    @cached_property
    def cookies(self) -> list[str]:
        """Each cookie of the request as `name=value`."""
        values = (value for name, value in self.headers if name.lower() == "cookie")
        return [cookie for value in values for cookie in map(str.strip, value.split(";")) if cookie]


@dataclass(frozen=True)
class Response:
    """What is sent to the client."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)


def message(status: int, text: str) -> Response:
    """An answer of the gateway's own."""
    return Response(status, (("content-type", "application/json"),), json.dumps({"message": text}).encode())
