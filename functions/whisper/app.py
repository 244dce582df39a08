"""POST /calls/{confId}/whisper, and the event that asks for the same."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.api import entry, http_api
from supervision.api.openapi import actions as described
from supervision.base.cold_start import built_once
from supervision.base.problems import CallNotFound
from supervision.base.settings import load
from supervision.wiring import Services, ServiceSettings

app = APIGatewayHttpResolver()
http_api.prepare(app, CallNotFound)
services = built_once(lambda: Services(load(ServiceSettings)))


@app.post("/calls/<confId>/whisper", **described.dial("whisper"))
def whisper(confId: str) -> Response[str]:  # noqa: N803 - Ytel's own spelling
    """Brings a supervisor in whom the agent alone hears."""
    return entry.answer(app, services(), "whisper")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An HTTP API event, or a `Supervision Requested` from the bus."""
    return entry.handle(app, services, event, context, "whisper")
