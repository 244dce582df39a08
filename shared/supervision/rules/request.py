"""What is asked for, read from HTTP or from the bus, and what can come of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from supervision.base.problems import OutcomeUnknown, Problem
from supervision.rules.caller import Caller

Door = Literal["http", "bus", "follow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of a client.

    `name` is what the client named it by: its `Idempotency-Key`, or its `requestId`. `asked` is the body or the
    event's detail as it came. The call is `conf_id`, or the one call of the agent that `client_id` or `agent_number`
    names. `max_seconds` is how long the supervision may last; `until` is in milliseconds since the epoch.
    `follow_id` is the follow that is
    asked about, or that asks. `takes_back` is whether it ends what an earlier request for the same action began.
    """

    action: str
    caller: Caller
    correlation_id: str
    door: Door = "http"
    name: str | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    conf_id: str | None = None
    client_id: str | None = None
    agent_number: str | None = None
    to: str | None = None
    max_seconds: int | None = None
    supervision_id: str | None = None
    to_action: str | None = None
    calls: int | None = None
    until: int | None = None
    reason: str | None = None
    follow_id: str | None = None
    takes_back: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """It was done. `answer` is what the client gets; `replayed` is whether an earlier request did it."""

    answer: Mapping[str, Any]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done, or not wholly, and `problem` says why."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was sent, and its answer never came."""

    problem: OutcomeUnknown


type Outcome = Done | Refused | Unknown
