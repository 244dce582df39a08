"""Both doors of listen, whisper and barge: over HTTP and from the bus, the same use case behind them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision.actions.dial import DialRequest, Supervise
from supervision.api import events, http_api
from supervision.base.observability import correlation_of, logger
from supervision.base.problems import InvalidRequest, OutcomeUnknown
from supervision.base.settings import load
from supervision.table.requests import once
from supervision.wiring import DialNeeds, Parts

REPLAYED = {"Idempotent-Replayed": "true"}


@dataclass
class DialDoor:
    """The doors of one action. Made at start: raises SettingError."""

    action: str

    def __post_init__(self) -> None:
        self.settings = load(DialNeeds)
        self.parts = Parts(self.settings)

    @cached_property
    def supervise(self) -> Supervise:
        """The use case."""
        return self.parts.supervise(self.settings)

    def over_http(self, app: APIGatewayHttpResolver, conf_id: str) -> Response[str]:
        """The answer to a POST: 202 with the supervision. Raises a Problem."""
        event = app.current_event
        key = event.headers.get("idempotency-key")
        request = DialRequest(
            self.action,
            conf_id,
            http_api.field_of_body(app, "to"),
            http_api.caller_of(app),
            correlation_of(event.raw_event),
            key and f"http {key}",
        )
        logger.append_keys(action=self.action, confId=conf_id)
        if key is None:
            return http_api.json_answer(202, self.supervise.dial(request).to_json())
        asked = {"action": self.action, "confId": conf_id, "to": request.to}
        answer, replayed = once(
            self.settings.table_name,
            app.lambda_context,
            key=key,
            owner=f"http {request.caller.client}",
            request=asked,
            work=lambda: self._dial(request),
        )
        headers = REPLAYED if replayed else {}
        if "unknown" in answer:
            # Kept, and never dialled again; but what became of the phone is looked up each time.
            return self._unknown(answer, replayed)
        return http_api.json_answer(202, answer["supervision"], headers)

    def from_bus(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Acts on a request from the bus."""

        def act(request: events.EventRequest) -> dict[str, Any]:
            to = request.text("to")
            if to is None:
                raise InvalidRequest('"to", the supervisor\'s phone, is missing.')
            conf_id = request.conf_id(self.parts.reader)
            logger.append_keys(action=self.action, confId=conf_id)
            dial = DialRequest(self.action, conf_id, to, request.caller, request.id, f"bus {request.id}")
            return {"supervision": self.supervise.dial(dial).to_json()}

        return events.on_request(
            event, context, action=self.action, table=self.settings.table_name, outbox=self.parts.outbox, act=act
        )

    def _dial(self, request: DialRequest) -> dict[str, Any]:
        try:
            return {"supervision": self.supervise.dial(request).to_json()}
        except OutcomeUnknown as problem:
            return {"unknown": problem.extra["supervisionId"], "detail": problem.detail, "wait": problem.retry_after}

    def _unknown(self, answer: dict[str, Any], replayed: bool) -> Response[str]:
        if not replayed:
            raise OutcomeUnknown(
                answer["detail"], extra={"supervisionId": answer["unknown"]}, retry_after=answer["wait"]
            )
        return http_api.json_answer(202, self.supervise.look_again(answer["unknown"]).to_json(), REPLAYED)
