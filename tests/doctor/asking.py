"""What the doctor asks: GETs, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from supervision.base.fast_json import loads
from supervision.base.problems import Problem
from supervision.ytel.transport import Transport


class OneToken:
    """The token from the environment; there is no other."""

    def __init__(self, token: str) -> None:
        self._token = token

    def bearer(self) -> str:
        """The token."""
        return self._token

    def renew(self, rejected: str) -> str:
        """The token."""
        return self._token


@dataclass(frozen=True)
class Answer:
    """What a GET answered: its JSON, also of an error, and the problem that it stands for."""

    document: Any
    problem: Problem | None = None


class Asking:
    """GETs at Ytel."""

    def __init__(self, bearer: OneToken, api_url: str, timeout: float) -> None:
        self._transport = Transport(bearer, timeout)
        self.api_url = api_url

    def get(self, url: str, query: Mapping[str, str] | None = None) -> Answer:
        """The answer at a URL, or at a path of the API's."""
        seen: list[Any] = []

        def parse(body: bytes) -> Any:
            document = loads(body)
            seen.append(document)
            return document

        try:
            return Answer(self._transport.read(url if "://" in url else self.api_url + url, query or {}, parse))
        except Problem as problem:
            return Answer(seen[-1] if seen else None, problem)

    def at_host(self, path: str) -> str:
        """A URL at the API's own host."""
        parts = urlsplit(self.api_url)
        return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def said(problem: Problem) -> str:
    """A problem in one line."""
    return f"{problem.title}: {problem.detail}"
