"""The event door: `Supervision Requested` on the bus, and what becomes of it.

One that can never work is answered by `Supervision Failed` and is done with; one that may work later is raised, so that
Lambda tries it again and then keeps it in the dead-letter queue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from supervision.actions.call_reader import CallReader
from supervision.base.observability import correlation, logger, measured
from supervision.base.problems import (
    HangupIncomplete,
    InProgress,
    InvalidRequest,
    Problem,
    TooManyDials,
    YtelInvalid,
    YtelRateLimited,
    YtelUnavailable,
)
from supervision.rules.actions import ON_BUS, in_words
from supervision.rules.caller import Caller
from supervision.rules.scopes import SCOPES
from supervision.table.outbox import Outbox, of_failure
from supervision.table.requests import once

MAY_WORK_LATER = (InProgress, TooManyDials, YtelRateLimited, YtelUnavailable, YtelInvalid, HangupIncomplete)
LONGEST_TEXT = 255


@dataclass(frozen=True, slots=True)
class EventRequest:
    """A request as the bus brought it. `id` is its `requestId`, or the event's id."""

    detail: Mapping[str, Any]
    caller: Caller
    id: str

    def text(self, name: str) -> str | None:
        """The text under `name`, if there is any. Raises InvalidRequest where it is something else."""
        value = self.detail.get(name)
        if value is not None and not (isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT):
            raise InvalidRequest(f'"{name}" must be a text.')
        return value

    def conf_id(self, reader: CallReader) -> str:
        """The call that is meant. Raises InvalidRequest, CallNotFound or CallAmbiguous."""
        conf_id, client_id, number = self.text("confId"), self.text("clientId"), self.text("agentNumber")
        if conf_id is not None:
            return conf_id
        if client_id is None and number is None:
            raise InvalidRequest('The call must be named by "confId", or by its agent\'s "clientId" or "agentNumber".')
        return reader.of_agent(client_id, number)


def is_from_bus(event: Mapping[str, Any]) -> bool:
    """Whether this is an event of the bus, rather than a request over HTTP."""
    return "detail-type" in event


def on_request(
    event: Mapping[str, Any],
    context: Any,
    *,
    action: str,
    table: str,
    outbox: Outbox,
    act: Callable[[EventRequest], dict[str, Any]],
) -> dict[str, Any]:
    """Acts on a requested supervision, once however often it is delivered; gives what came of it.

    What asks for anything but `action` is refused: it names no action, or several, of which each function got one.
    Raises a Problem of MAY_WORK_LATER, and what is unforeseen, for Lambda to try again.
    """
    detail = event["detail"] if isinstance(event["detail"], dict) else {}
    given = detail.get("requestId")
    request_id = given if isinstance(given, str) and 0 < len(given) <= LONGEST_TEXT else event["id"]
    caller = Caller(f"{event['source']}", SCOPES)
    request = EventRequest(detail, caller, request_id)

    def work() -> dict[str, Any]:
        try:
            if detail.get("action") != action:
                raise InvalidRequest(f'"action" must be {in_words(ON_BUS)}.')
            return act(request)
        except MAY_WORK_LATER:
            measured("Retried")  # an error for Lambda, which asks again; no crash
            raise
        except Problem as problem:
            return refuse(problem, request_id)

    def refuse(problem: Problem, what: str) -> dict[str, Any]:
        logger.info("refused", code=problem.code)
        measured("Refusals")
        failure = of_failure(
            f"{event['source']}/{what}", detail, problem, requested_by=caller.client, correlation_id=request_id
        )
        outbox.keep([failure])
        outbox.tell([failure])
        return {"code": problem.code}

    with correlation(request_id, context):
        logger.append_keys(client=caller.client)
        try:
            return once(table, context, key=request_id, owner=f"bus {caller.client}", request=detail, work=work).answer
        except InvalidRequest as reused:
            return refuse(reused, f"{request_id}/{event['id']}")
