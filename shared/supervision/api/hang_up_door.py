"""Both doors of the hang-up: over HTTP and from the bus, the same use case behind them."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.api import events, http_api
from supervision.base.observability import correlation_of, logger
from supervision.base.problems import CallNotFound, OutcomeUnknown
from supervision.base.settings import load
from supervision.rules.caller import Caller
from supervision.table.requests import once
from supervision.wiring import FloorNeeds, Parts


class HangUpDoor:
    """The doors. Made at start: raises SettingError."""

    def __init__(self) -> None:
        self.settings = load(FloorNeeds)
        self.parts = Parts(self.settings)

    def over_http(self, app: APIGatewayHttpResolver, conf_id: str) -> Response[str]:
        """The answer to a POST: 200 with who was disconnected. Raises a Problem."""
        event, caller = app.current_event, http_api.caller_of(app)
        correlation_id = correlation_of(event.raw_event)
        logger.append_keys(action="hangup", confId=conf_id)
        key = event.headers.get("idempotency-key")
        if key is None:
            return http_api.json_answer(200, self._hang_up(conf_id, caller, correlation_id))
        answer, replayed = once(
            self.settings.table_name,
            app.lambda_context,
            key=key,
            owner=f"http {caller.client}",
            request={"action": "hangup", "confId": conf_id},
            work=lambda: self._kept(conf_id, caller, correlation_id),
        )
        if "unknown" in answer:
            if not replayed:
                raise OutcomeUnknown(answer["unknown"], extra=answer["lists"])
            answer = self._finished(answer["lists"], conf_id, caller, correlation_id)
        return http_api.json_answer(200, answer, {"Idempotent-Replayed": "true"} if replayed else {})

    def from_bus(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Acts on a request from the bus."""

        def act(request: events.EventRequest) -> dict[str, Any]:
            conf_id = request.conf_id(self.parts.reader)
            logger.append_keys(action="hangup", confId=conf_id)
            return self._hang_up(conf_id, request.caller, request.id)

        return events.on_request(
            event, context, action="hangup", table=self.settings.table_name, outbox=self.parts.outbox, act=act
        )

    def _hang_up(self, conf_id: str, caller: Caller, correlation_id: str) -> dict[str, Any]:
        hung_up = self.parts.hang_up.hang_up(conf_id, caller, correlation_id)
        return {"confId": conf_id, "hungUp": hung_up, "failed": []}

    def _finished(self, lists: dict[str, Any], conf_id: str, caller: Caller, correlation_id: str) -> dict[str, Any]:
        """What becomes of a hang-up whose answers were lost: who is still there is disconnected."""
        try:
            return self._hang_up(conf_id, caller, correlation_id)
        except CallNotFound:
            return {"confId": conf_id, "hungUp": [*lists["hungUp"], *lists["failed"]], "failed": []}

    def _kept(self, conf_id: str, caller: Caller, correlation_id: str) -> dict[str, Any]:
        try:
            return self._hang_up(conf_id, caller, correlation_id)
        except OutcomeUnknown as problem:
            return {"unknown": problem.detail, "lists": problem.extra}
