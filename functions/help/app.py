"""PUT and DELETE /calls/{confId}/help: an agent calls for a supervisor, or takes that back."""

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


@app.put("/calls/<confId>/help", **described.ASK_FOR_HELP)
def ask_for_help(confId: str) -> Response[str]:  # noqa: N803 - Ytel's own spelling
    """Has it stand on the call."""
    return entry.answer(app, services(), "help")


@app.delete("/calls/<confId>/help", **described.WITHDRAW_HELP)
def withdraw_help(confId: str) -> Response[str]:  # noqa: N803 - Ytel's own spelling
    """Takes it from the call."""
    return entry.answer(app, services(), "help")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """API Gateway's event in, its answer out."""
    return http_api.serve(app, event, context)
