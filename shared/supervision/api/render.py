"""What came of a request, as the client gets it: a response over HTTP, or an event on the bus. Pure."""

import json
import math
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from supervision.api import http_api
from supervision.rules.actions import ACTIONS
from supervision.rules.request import Done, Outcome, Refused, Request, Unknown
from supervision.table.events import Event, of_failure

# EventBridge takes 256 KB an event. A request that is larger, or nested deeper than anything that is asked for, stands
# in its failure with as many of its small fields as there is room for.
LARGEST_REQUEST = 64_000
LARGEST_FIELD = 1_000
DEEPEST_FIELD = 20


def to_response(request: Request, outcome: Outcome) -> Response[str]:
    """The answer over HTTP."""
    match outcome:
        case Done(answer, replayed):
            headers = {"Idempotent-Replayed": "true"} if replayed else {}
            status = 200 if request.takes_back else ACTIONS[request.action].status
            return http_api.json_answer(status, answer, headers)
        case Refused(problem) | Unknown(problem):
            return http_api.problem_answer(problem)


def to_failure(request: Request, outcome: Refused | Unknown, subject: str) -> Event:
    """The event that tells that a request came to nothing; `subject` makes its id."""
    return of_failure(
        f"{request.caller.client}/{subject}",
        _as_told(request.asked),
        outcome.problem,
        requested_by=request.caller.client,
        correlation_id=request.correlation_id,
    )


def _as_told(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    if _size(asked) <= LARGEST_REQUEST:
        return asked
    told, room = {}, LARGEST_REQUEST
    for name, value in asked.items():
        size = _size({name: value})
        if size <= min(room, LARGEST_FIELD):
            told[name] = value
            room -= int(size)
    return told


def _size(value: Any) -> float:
    """How many bytes of JSON it takes; infinitely many where it is nested too deeply."""
    return len(json.dumps(value)) if _is_shallow(value, DEEPEST_FIELD) else math.inf


def _is_shallow(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inside)
