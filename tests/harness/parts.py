"""The parts of a template that the harness works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Function:
    """A function. `id` is its logical id in the template, `environment` what the template declares."""

    id: str
    name: str
    arn: str
    folder: Path
    handler: str
    timeout: float
    memory: int
    log_format: str
    environment: Mapping[str, str]
    retries: int
    on_failure: str | None
    dead_letters: str | None


@dataclass(frozen=True)
class Route:
    """A route of the HTTP API. `path` and `method` are None for `$default`, `authorizer` where it is open."""

    method: str | None
    path: str | None
    function: str
    authorizer: str | None

    @property
    def key(self) -> str:
        """The `routeKey`."""
        return "$default" if self.path is None else f"{self.method} {self.path}"


@dataclass(frozen=True)
class Authorizer:
    """A Lambda authorizer with simple responses. `ttl` is in seconds, 0 for none kept."""

    function: str
    identity_sources: tuple[str, ...]
    ttl: float


@dataclass(frozen=True)
class Rule:
    """An EventBridge rule with one function as its target."""

    name: str
    function: str
    bus: str
    pattern: Mapping[str, Any]
    dead_letters: str | None


@dataclass(frozen=True)
class Source:
    """A queue whose messages a function gets, one at a time. `delay` is that of its messages, in seconds."""

    function: str
    queue_arn: str
    delay: float
    visibility: float
    enabled: bool


@dataclass(frozen=True)
class Schedule:
    """A `rate(…)`, in seconds."""

    name: str
    function: str
    every: float
    enabled: bool
    input: str | None
