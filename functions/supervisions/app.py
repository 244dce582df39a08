"""GET /supervisions, GET and DELETE /supervisions/{id}, GET /me: who supervises what, leaves, and may do what."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.api import csv_history, entry, http_api
from supervision.api.openapi import supervisions as described
from supervision.base.cold_start import built_once
from supervision.base.observability import logger
from supervision.base.problems import Problem, SupervisionNotFound
from supervision.base.settings import load
from supervision.rules.caller import Caller
from supervision.rules.supervision import Supervision
from supervision.table import history
from supervision.wiring import Services, ServiceSettings

# What is left of a function's time when no further page of a CSV is read.
TIME_TO_ANSWER_MS = 10_000

app = APIGatewayHttpResolver()
http_api.prepare(app, SupervisionNotFound)
services = built_once(lambda: Services(load(ServiceSettings)))


@app.get("/supervisions", **described.LIST_SUPERVISIONS)
def list_supervisions() -> Response[str]:
    """Lists the supervisions, newest first."""
    caller = http_api.caller_of(app)
    http_api.refuse_unknown_parameters(app.current_event.raw_event, described.LIST_SUPERVISIONS)
    asked = app.current_event.query_string_parameters or {}
    query = history.SupervisionQuery.of(asked)
    _look_at_the_floor()
    if csv_history.is_wanted(app.current_event.headers.get("accept", "")):
        return _as_csv(query, caller, asked)
    return http_api.json_answer(200, history.find(services().gateway, services().supervisions, query, caller))


def _as_csv(query: history.SupervisionQuery, caller: Caller, asked: Mapping[str, str]) -> Response[str]:
    """All that match, or `limit` of them; where one answer does not hold them, `Link` leads on."""
    a_page = query.limit if "limit" in asked else csv_history.ROWS_A_PAGE

    def page(after: history.Reached | None) -> tuple[list[Supervision], history.Reached | None]:
        wanted = query._replace(limit=a_page, after=after or query.after)
        return history.find_page(services().gateway, services().supervisions, wanted, caller)

    def may_go_on() -> bool:
        return "limit" not in asked and app.lambda_context.get_remaining_time_in_millis() > TIME_TO_ANSWER_MS

    text, after = csv_history.written(page, may_go_on=may_go_on)
    headers = {"Content-Disposition": 'attachment; filename="supervisions.csv"', "Vary": "Accept"}
    if after is not None:
        next_ = urlencode({**asked, "cursor": history.cursor_of(after)})
        headers["Link"] = f'</supervisions?{next_}>; rel="next"'
    return Response(200, csv_history.MEDIA_TYPE, text, headers)


@app.get("/supervisions/<id>", **described.GET_SUPERVISION)
def get_supervision(id: str) -> Response[str]:  # noqa: A002 - the path's own name
    """One supervision, under way or of the history."""
    caller = http_api.caller_of(app)
    http_api.refuse_unknown_parameters(app.current_event.raw_event, described.GET_SUPERVISION)
    found = services().supervisions.get(id_ := http_api.path_parameter(app, "id", id))
    if found is not None and found.watched and caller.sees(found.clientId):
        _look_at_the_floor()
        found = services().supervisions.get(id_)
    if found is None or not caller.sees(found.clientId):
        raise SupervisionNotFound("There is no such supervision.")
    return http_api.json_answer(200, found.to_json())


@app.get("/me", **described.ME)
def me() -> Response[str]:
    """What the key of this request may do."""
    http_api.refuse_unknown_parameters(app.current_event.raw_event, described.ME)
    return http_api.json_answer(200, http_api.caller_of(app).to_json())


@app.delete("/supervisions/<id>", **described.LEAVE)
def leave(id: str) -> Response[str]:  # noqa: A002 - the path's own name
    """Drops the supervisor's own leg; the call goes on."""
    return entry.answer(app, services(), "leave")


def _look_at_the_floor() -> None:
    """Has the states be what Ytel shows, where any can still change; while Ytel is down they stay as they were seen."""
    if not services().supervisions.open():
        return
    try:
        services().floor.held()
    except Problem as problem:
        logger.info("the states are as they were last seen", code=problem.code)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An HTTP API event, or a `Supervision Requested` that names a supervision."""
    return entry.handle(app, services, event, context, "leave")
