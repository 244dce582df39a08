"""A Lambda authorizer with simple responses: when it is asked, what its answer means, how long that is kept."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.harness.gateway.http import Request, Response, message
from tests.harness.parts import Authorizer, Route
from tests.harness.runtime import Result

type Ask = Callable[[tuple[str, ...]], Result]


@dataclass(frozen=True)
class Decision:
    """`refusal` is what the client gets in place of the function's answer; `context` what the function gets."""

    context: Mapping[str, Any]
    refusal: Response | None = None


class Guard:
    """One authorizer of the API, with what it has answered. `now` is a clock in seconds."""

    def __init__(self, authorizer: Authorizer, now: Callable[[], float] = time.monotonic) -> None:
        self.authorizer = authorizer
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], tuple[float, Decision]] = {}

    def decide(self, request: Request, route: Route, ask: Ask) -> Decision:
        """The decision for `request`; `ask` invokes the authorizer's function with the identity sources' values."""
        identity = tuple(_source(one, request, route) for one in self.authorizer.identity_sources)
        if not all(identity):
            return Decision({}, message(401, "Unauthorized"))
        if kept := self._held(identity):
            return kept
        decision = _read(ask(identity))
        if decision.refusal is None or decision.refusal.status == 403:
            with self._lock:
                self._kept[identity] = (self._now() + self.authorizer.ttl, decision)
        return decision

    def forget(self) -> None:
        """Drop every answer that is held."""
        with self._lock:
            self._kept.clear()

    def _held(self, identity: tuple[str, ...]) -> Decision | None:
        with self._lock:
            until, decision = self._kept.get(identity, (0.0, None))
            return decision if self._now() < until else None


def _source(source: str, request: Request, route: Route) -> str:
    kind, _, name = source.removeprefix("$").partition(".")
    if kind == "context":
        return {"routeKey": route.key, "httpMethod": request.method, "path": request.path, "stage": "$default"}[name]
    place, _, name = name.partition(".")
    values = request.joined_headers if place == "header" else request.joined_query
    return values.get(name.lower() if place == "header" else name, "")


def _read(result: Result) -> Decision:
    answer = result.payload
    if result.failure or not isinstance(answer, dict) or not isinstance(answer.get("isAuthorized"), bool):
        return Decision({}, message(500, "Internal Server Error"))
    context = answer.get("context") or {}
    if not isinstance(context, dict):
        return Decision({}, message(500, "Internal Server Error"))
    return Decision(context, None if answer["isAuthorized"] else message(403, "Forbidden"))
