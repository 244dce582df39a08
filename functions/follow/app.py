"""POST /agents/{clientId}/follow, GET /follows, DELETE /follows/{id}, and the event that asks for a follow."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.api import entry, http_api
from supervision.api.openapi import follows as described
from supervision.base.cold_start import built_once
from supervision.base.problems import FollowNotFound
from supervision.base.settings import load
from supervision.wiring import Services, ServiceSettings

app = APIGatewayHttpResolver()
http_api.prepare(app, FollowNotFound)
services = built_once(lambda: Services(load(ServiceSettings)))


@app.post("/agents/<clientId>/follow", **described.FOLLOW)
def follow(clientId: str) -> Response[str]:  # noqa: N803 - Ytel's own spelling
    """Has the phone asked into the agent's next calls."""
    return entry.answer(app, services(), "follow")


@app.get("/follows", **described.LIST_FOLLOWS)
def list_follows() -> Response[str]:
    """Those that run."""
    http_api.refuse_unknown_parameters(app.current_event.raw_event, described.LIST_FOLLOWS)
    return http_api.json_answer(200, services().follow_agents.running(http_api.caller_of(app)))


@app.delete("/follows/<id>", **described.WITHDRAW_FOLLOW)
def withdraw_follow(id: str) -> Response[str]:  # noqa: A002 - the path's own name
    """Ends it; its running supervision goes on."""
    return entry.answer(app, services(), "follow")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An HTTP API event, or a `Follow Requested` from the bus."""
    return entry.handle(app, services, event, context, "follow")
