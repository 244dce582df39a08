"""PATCH /supervisions/{id}, and the event that asks for the same."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.api import entry, http_api
from supervision.api.openapi import actions as described
from supervision.base.cold_start import built_once
from supervision.base.problems import SupervisionNotFound
from supervision.base.settings import load
from supervision.wiring import Services, ServiceSettings

app = APIGatewayHttpResolver()
http_api.prepare(app, SupervisionNotFound)
services = built_once(lambda: Services(load(ServiceSettings)))


@app.patch("/supervisions/<id>", **described.SWITCH)
def switch(id: str) -> Response[str]:  # noqa: A002 - the path's own name
    """Drops the supervisor's leg, and dials the phone again for another action."""
    return entry.answer(app, services(), "switch")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An HTTP API event, or a `Supervision Requested` from the bus."""
    return entry.handle(app, services, event, context, "switch")
