"""What every HTTP door does alike: problems as `problem+json`, the correlation id, the caller."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.base.observability import CORRELATION, add_metric, correlation_of, invocation, logger
from supervision.base.problems import Forbidden, InvalidRequest, Problem
from supervision.rules.caller import Caller
from supervision.table import audit

# On every answer, unless it has its own. What a key is shown is kept nowhere, and is taken for nothing but what it is.
_ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

# Seconds until it is worth asking again, where Ytel does not say.
SOON = 2


def prepare(app: APIGatewayHttpResolver, not_found: type[Problem]) -> None:
    """Has `app` answer problems as documented, `not_found` for a path whose id is none it can have."""
    app.exception_handler(Problem)(problem_answer)
    app.not_found(lambda _: problem_answer(not_found("There is none of this id.")))


def serve(app: APIGatewayHttpResolver, event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The answer of `app` to an HTTP API event, with the correlation id on it and on every line that is logged."""
    correlation_id = correlation_of(event)
    with invocation(context, correlation_id):
        try:
            answer: dict[str, Any] = app.resolve(event, context)
        except Exception:
            logger.exception("an unforeseen error")
            add_metric("UnforeseenErrors")
            answer = dict(_UNFORESEEN)
    answer["headers"] = {**_ALWAYS, **answer.get("headers", {}), CORRELATION: correlation_id}
    return answer


def caller_of(app: APIGatewayHttpResolver) -> Caller:
    """Whom the authorizer let in."""
    caller = Caller.from_event(app.current_event.raw_event)
    logger.append_keys(client=caller.client)
    return caller


def problem_answer(problem: Problem) -> Response[str]:
    """The answer a problem stands for."""
    audit.refused(code=problem.code, status=problem.status)
    if isinstance(problem, Forbidden):
        # 403 looks the same whether the gateway or a door says it.
        return json_answer(403, {"message": "Forbidden"})
    wait = SOON if problem.retry_after is None and problem.status == 503 else problem.retry_after
    headers = {} if wait is None else {"Retry-After": str(wait)}
    add_metric("Refusals")
    if problem.status >= 500:
        add_metric("UpstreamAnswers")  # what the gateway counts as 5xx, and is Ytel's failure
    return Response(problem.status, "application/problem+json", json.dumps(problem.as_dict()), headers)


def json_answer(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response[Any]:
    """A JSON answer."""
    return Response(status, "application/json", json.dumps(body, ensure_ascii=False), dict(headers or {}))


def refuse_unknown_parameters(event: Mapping[str, Any], described: Mapping[str, Any] | None = None) -> None:
    """Raises InvalidRequest for a query parameter that the route's description does not name."""
    parameters = described["openapi_extensions"]["x-parameters"] if described else ()
    known = {one["name"] for one in parameters if one["in"] == "query"}
    for name in event.get("queryStringParameters") or {}:
        if name not in known:
            raise InvalidRequest(f"{name[:64]} is no parameter here.")


def path_parameter(app: APIGatewayHttpResolver, name: str, matched: str) -> str:
    """A path's parameter as the gateway decoded it; `matched` is what the path itself holds there."""
    return str(app.current_event.path_parameters.get(name, matched))


_UNFORESEEN = {
    "statusCode": 500,
    "headers": {"Content-Type": "application/problem+json"},
    "body": json.dumps(
        {
            "type": "/docs#internal_error",
            "title": "Something went wrong here",
            "status": 500,
            "detail": "It is logged under the correlation id.",
            "code": "internal_error",
        }
    ),
}
