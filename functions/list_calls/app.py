"""The active calls, one of them, what an action would do on it, and the agents.

GET /calls, /calls/{confId} and /agents are served from what is held; /calls/{confId}/plan is read from Ytel each time.
"""

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from answers import revalidated
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.api import http_api
from supervision.api.openapi import calls as described
from supervision.base.cold_start import built_once
from supervision.base.fast_json import dumps, loads
from supervision.base.observability import logger
from supervision.base.problems import CallNotFound
from supervision.base.settings import load
from supervision.floor.listing import Listing
from supervision.floor.pages import one_call
from supervision.floor.queries import CallQuery
from supervision.wiring import Services, ServiceSettings

if TYPE_CHECKING:
    from supervision.rules.follow import Follow

# What a function needs to read the floor itself, should another's reading not come.
OWN_READING_SECONDS = 9.0
ANSWER_WITHIN_SECONDS = 9.0

app = APIGatewayHttpResolver()
http_api.prepare(app, CallNotFound)
listing = Listing()


@built_once
def services() -> Services:
    """What this function works with."""
    return Services(load(ServiceSettings))


@app.get("/calls", **described.LIST_CALLS)
def list_calls() -> Response[str]:
    """The page that was asked for, of what is held."""
    http_api.refuse_unknown_parameters(app.current_event.raw_event, described.LIST_CALLS)
    query = CallQuery.of(app.current_event.query_string_parameters, http_api.caller_of(app).bound)
    held = services().floor.held(_patience())
    page = listing.page(held, query)
    return revalidated(page.body(held.as_of, stale=held.stale), page.tag(stale=held.stale), app.current_event.headers)


@app.get("/calls/<confId>", **described.GET_CALL)
def get_call(confId: str) -> Response[str]:  # noqa: N803 - the route's own name for it
    """The call's row, and `userConference`."""
    http_api.refuse_unknown_parameters(app.current_event.raw_event, described.GET_CALL)
    caller = http_api.caller_of(app)
    services().reads.count(caller)
    found = services().floor.call(http_api.path_parameter(app, "confId", confId), _patience())
    if found is None or not caller.sees(loads(found[0]).get("clientId")):
        raise CallNotFound("There is no such active call.")
    body = one_call(*found)
    return revalidated(body, f'W/"{blake2b(body, digest_size=12).hexdigest()}"', app.current_event.headers)


@app.get("/calls/<confId>/plan", **described.PLAN)
def plan_action(confId: str) -> Response[str]:  # noqa: N803 - the route's own name for it
    """Whom the action would keep out and who would hear; dials nobody."""
    from supervision.actions.plan import plan  # what reads one call is not paid for by everybody's cold start

    http_api.refuse_unknown_parameters(app.current_event.raw_event, described.PLAN)
    action = app.current_event.query_string_parameters.get("action", "")
    return http_api.json_answer(
        200,
        plan(services().reader, http_api.caller_of(app), action, http_api.path_parameter(app, "confId", confId)),
    )


@app.get("/agents", **described.LIST_AGENTS)
def list_agents() -> Response[str]:
    """Every WebRTC user that is there for the caller, with the call that they are on."""
    from supervision.floor.roster import body_of, roster_of

    http_api.refuse_unknown_parameters(app.current_event.raw_event, described.LIST_AGENTS)
    caller, held = http_api.caller_of(app), services().floor.held(_patience())
    users = [user for user in services().users.by_id().values() if caller.sees(user.clientId)]
    follows = _follows()
    whole = held.complete and services().users.complete() and follows is not None
    agents, complete = body_of(roster_of(users, held.rows, follows or ()), complete=whole)
    said = dumps({"stale": held.stale, "complete": complete})
    tag = f'W/"{blake2b(agents + said, digest_size=12).hexdigest()}"'
    body = b'{"agents":' + agents + b',"asOf":' + str(held.as_of).encode() + b"," + said[1:]
    return revalidated(body, tag, app.current_event.headers)


def _follows() -> "list[Follow] | None":
    """Those that run; None where the table does not say, and the roster is answered all the same."""
    try:
        return services().follows.running()
    except Exception:
        logger.exception("the follows cannot be read")
        return None


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """API Gateway's event in, its answer out."""
    return http_api.serve(app, event, context)


def _patience() -> float:
    left = app.lambda_context.get_remaining_time_in_millis() / 1000
    return max(0.0, min(ANSWER_WITHIN_SECONDS, left - OWN_READING_SECONDS))
