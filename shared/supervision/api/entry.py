"""The way of a request through a function, the same for HTTP and for the bus.

It is parsed into a value, opened under its name (new, being worked on, or answered), performed (done, refused, or not
known), closed, and rendered.

Over HTTP a refusal is answered and forgotten. Over the bus a request that can never work is answered by `Supervision
Failed`, once; one that may work later is raised, so that Lambda tries it again and then keeps it in the dead-letter
queue.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.api import http_api, parse, perform, render
from supervision.base import clock
from supervision.base.observability import add_metric, invocation, logger
from supervision.base.problems import (
    HangupIncomplete,
    InProgress,
    InvalidRequest,
    Problem,
    TooManyDials,
    TooManyRequests,
    TooOld,
    YtelInvalid,
    YtelRateLimited,
    YtelUnavailable,
)
from supervision.rules.actions import DIALLED
from supervision.rules.caller import SOURCE, Caller
from supervision.rules.request import Done, Outcome, Refused, Request, Unknown
from supervision.rules.scopes import SCOPES
from supervision.table import audit
from supervision.table.rate_limit import CountedAhead
from supervision.table.requests import Answered, BeingWorkedOn, OfAnother, Opened
from supervision.table.secret import SecretUnavailable
from supervision.table.writes import Write
from supervision.wiring import Services

MAY_WORK_LATER = (
    InProgress,
    TooManyDials,
    TooManyRequests,
    YtelRateLimited,
    YtelUnavailable,
    YtelInvalid,
    HangupIncomplete,
)

# As long as a function may live.
REQUEST_LEASE_MS = 29_000


def handle(
    app: APIGatewayHttpResolver, services: Callable[[], Services], event: dict[str, Any], context: Any, *actions: str
) -> dict[str, Any]:
    """What a function answers: to an HTTP API event by the routes of `app`, to a request of the bus by performing it.

    `actions` are those that this function acts on.
    """
    if "detail-type" in event:
        return _from_bus(event, context, services(), actions)
    return http_api.serve(app, event, context)


def answer(app: APIGatewayHttpResolver, services: Services, action: str) -> Response[str]:
    """The answer to the HTTP request at hand. Raises InvalidRequest where it cannot be read."""
    request = parse.from_http(action, app.current_event.raw_event)
    logger.append_keys(client=request.caller.client, action=action)
    if request.conf_id is not None:
        logger.append_keys(confId=request.conf_id)
    audit.asked(request)
    return render.to_response(request, act(request, services, app.lambda_context.get_remaining_time_in_millis()))


def act(request: Request, services: Services, lease_ms: int = REQUEST_LEASE_MS) -> Outcome:
    """What comes of a request over HTTP; `lease_ms` is what is left of this function's time."""
    if request.name is None:
        return perform.perform(request, services)
    if request.action not in DIALLED:
        return _act_once(request, services, lease_ms)
    with services.reads.ahead(request.caller) as reading:
        return _act_once(request, services, lease_ms, reading)


def _act_once(request: Request, services: Services, lease_ms: int, reading: CountedAhead | None = None) -> Outcome:
    """What comes of a request that has a name; `reading` is the one of its call, which is being counted."""
    match opening := services.requests.open(request, lease_ms):
        case OfAnother():
            return Refused(InvalidRequest("This Idempotency-Key was used for another request."))
        case BeingWorkedOn():
            return Refused(InProgress())
        case Answered({"done": done}):
            return Done(done, replayed=True)
        case Answered(kept):
            outcome = perform.perform_again(request, services, kept.get("unknown", {}))
            return Done(outcome.answer, replayed=True) if isinstance(outcome, Done) else outcome
        case Opened() as opening:
            opening.reading = reading
            outcome = _performed(request, services, opening)
            try:
                _settle(services, opening, outcome)
            except Exception:
                # What was done is done, and a refusal is one: that it could not be kept does not undo it.
                logger.exception("an answer could not be kept")
            return outcome


def _from_bus(event: Mapping[str, Any], context: Any, services: Services, actions: tuple[str, ...]) -> dict[str, Any]:
    with invocation(context, str(event["id"])):
        try:
            caller = _caller(str(event["source"]), services)
        except (SecretUnavailable, ValueError):
            add_metric("Retried")
            raise
        request, problem = parse.from_event(event, actions, caller)
        logger.append_keys(correlation_id=request.correlation_id, client=caller.client, action=request.action)
        audit.asked(request)
        match services.requests.open(request, context.get_remaining_time_in_millis()):
            case BeingWorkedOn():
                add_metric("Retried")
                raise InProgress()
            case Answered(kept):
                return {"acted": "before", **kept}
            case OfAnother():
                # Nothing is kept of it: each delivery tells it, with the id of this event.
                reused = Refused(InvalidRequest("This requestId was used for another request."))
                _tell(services, request, reused, f"{request.name}/{event['id']}")
                return {"refused": reused.problem.code}
            case Opened() as opened:
                stale = problem or _too_old(event, services)
                outcome = Refused(stale) if stale else _performed(request, services, opened)
                return _finish(request, services, opened, outcome)


def _caller(source: str, services: Services) -> Caller:
    """Whose a request from `source` is: the client's that names it as its own, or the source's.

    A source that is not heard has no scope. Raises SecretUnavailable, or ValueError, where the clients cannot be read:
    a source that is taken for nobody's would be without its client's bounds.
    """
    caller = services.clients.current().sources.get(source)
    if caller is not None:
        return caller
    return Caller(SOURCE + source, SCOPES if services.settings.bus_sources == "any" else frozenset())


def _finish(request: Request, services: Services, opened: Opened, outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Done(done):
            try:
                _settle(services, opened, outcome)
            except Exception:
                logger.exception("an answer could not be kept")
            return {"done": dict(done)}
        case Refused(problem) if isinstance(problem, MAY_WORK_LATER):
            services.requests.release(opened)
            add_metric("Retried")  # an error for Lambda, which asks again; no crash
            raise problem
        case Refused() | Unknown():
            # The holder of the request makes the event's id: another attempt at the same name tells another event.
            _tell(services, request, outcome, f"{request.name}/{opened.holder}", opened)
            return {"refused": outcome.problem.code}


def _tell(
    services: Services, request: Request, outcome: Refused | Unknown, subject: str, opened: Opened | None = None
) -> None:
    """Tells a failure. Its event and the closing of its request are written together, or neither is."""
    audit.refused(code=outcome.problem.code, confId=request.conf_id, supervision=request.supervision_id)
    add_metric("Refusals")
    failure = render.to_failure(request, outcome, subject)
    if opened is None:
        services.outbox.keep([failure])
    else:
        services.requests.close(opened, _kept(opened, outcome), services.outbox.writes([failure]))
    services.outbox.publish([failure])


def _performed(request: Request, services: Services, opened: Opened) -> Outcome:
    try:
        return perform.perform(request, services, opened)
    except Exception:
        # What is unforeseen says nothing of what was sent: a request that began something leads to it.
        if opened.supervision_id is None:
            services.requests.release(opened)
        raise


def _settle(services: Services, opened: Opened, outcome: Outcome) -> None:
    if opened.closed:
        return  # in one transaction with what was done
    if isinstance(outcome, Refused) and not isinstance(outcome.problem, HangupIncomplete):
        services.requests.release(opened)
    else:
        services.requests.close(opened, _kept(opened, outcome))


def _kept(opened: Opened, outcome: Outcome) -> Write:
    match outcome:
        case Done(done):
            return opened.done(done)
        case Refused(problem) if not isinstance(problem, HangupIncomplete):
            return opened.refused(problem.code)
        case Refused(problem) | Unknown(problem):
            return opened.unknown(problem.extra)


def _too_old(event: Mapping[str, Any], services: Services) -> Problem | None:
    """Whether the event's own time is longer ago than a request may be acted on."""
    asked_at = parse.time_of(event)
    oldest = clock.now_ms() - int(services.settings.request_max_age_seconds * 1000)
    if asked_at is None or asked_at >= oldest:
        return None
    return TooOld("It was asked for too long ago to be acted on now.")
