"""What is told on the bus: one event, its id, and where it is kept until it is sent."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from supervision.base import clock
from supervision.base.problems import Problem
from supervision.rules.supervision import Supervision
from supervision.table.items import Key

EVENT_SOURCE = "ytel.supervision"
OUTBOX = "OUTBOX"
# What happens at one moment is told in this order.
_IN_TURN = ("Call Started", "Call Running Long", "Supervision Started", "Supervision Joined", "Supervision Exposed")


class Event(NamedTuple):
    """One event; `subject` names what it is about, and alone makes its id. `at` is when it was seen to happen (ms)."""

    detail_type: str
    subject: str
    data: Mapping[str, Any]
    requested_by: str
    correlation_id: str
    at: int

    @property
    def id(self) -> str:
        """The same for the same happening, however often it is told."""
        return str(uuid5(NAMESPACE_URL, f"{EVENT_SOURCE}/{self.detail_type}/{self.subject}"))

    @property
    def key(self) -> Key:
        """Where it is kept: in the order of what happened."""
        turn = _IN_TURN.index(self.detail_type) if self.detail_type in _IN_TURN else len(_IN_TURN)
        return Key(OUTBOX, f"{self.at:013}#{turn}#{self.id}")

    def detail(self) -> str:
        """The JSON that stands in the event's `detail`."""
        metadata = {
            "version": "1",
            "id": self.id,
            "at": self.at,
            "correlationId": self.correlation_id,
            "requestedBy": self.requested_by,
        }
        return json.dumps({"metadata": metadata, "data": self.data})


def of_supervision(detail_type: str, supervision: Supervision) -> Event:
    """What happened to a supervision: `Supervision Started`, `Joined`, `Ended`, `Exposed`, `Agent Released`.

    It begins once, but may join and end several times: these are told apart by the version of the record.
    """
    subject = supervision.id if detail_type == "Supervision Started" else f"{supervision.id}/{supervision.version}"
    seen = {
        "Supervision Started": supervision.requestedAt,
        "Supervision Joined": supervision.joinedAt,
        "Supervision Ended": supervision.endedAt,
        "Agent Released": supervision.agentReleasedAt,
    }.get(detail_type)
    data = supervision.to_json()
    if detail_type == "Supervision Started" and supervision.gapMs is not None:
        data["gapMs"] = supervision.gapMs
    return Event(
        detail_type,
        subject,
        data,
        supervision.requestedBy,
        supervision.correlationId,
        seen if seen is not None else clock.now_ms(),
    )


def of_failure(
    subject: str, request: Mapping[str, Any], problem: Problem, *, requested_by: str, correlation_id: str
) -> Event:
    """A request that came to nothing: the request, and the problem as the API would put it."""
    data = {"request": dict(request), "problem": problem.as_dict()}
    return Event("Supervision Failed", subject, data, requested_by, correlation_id, clock.now_ms())
