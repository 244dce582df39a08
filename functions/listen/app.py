"""POST /calls/{confId}/listen, and the event that asks for the same."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.api import events, http_api
from supervision.api.dial_door import DialDoor
from supervision.api.openapi import actions as described
from supervision.base.cold_start import at_start
from supervision.base.problems import CallNotFound

app = APIGatewayHttpResolver()
http_api.prepare(app, CallNotFound)
door = at_start(lambda: DialDoor("listen"))


@app.post("/calls/<confId>/listen", **described.dial("listen"))
def listen(confId: str) -> Response[str]:  # noqa: N803 - Ytel's own spelling
    """Brings a supervisor in whom nobody hears."""
    return door().over_http(app, http_api.path_parameter(app, "confId", confId))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An HTTP API event, or a `Supervision Requested` from the bus."""
    return door().from_bus(event, context) if events.is_from_bus(event) else http_api.serve(app, event, context)
