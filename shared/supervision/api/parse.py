"""A request as it came, over HTTP or from the bus, read into one value. Pure: two parsers, no look at the table."""

import base64
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from supervision.api import http_api
from supervision.api.openapi import incoming
from supervision.base.fast_json import loads
from supervision.base.observability import correlation_of
from supervision.base.problems import InvalidRequest
from supervision.rules.actions import DIALLED, in_words
from supervision.rules.caller import Caller
from supervision.rules.request import Request

LONGEST_REQUEST_NAME = 255
# The body of each action's route. An action that is not here takes none.
BODIES: dict[str, type[BaseModel]] = {**dict.fromkeys(DIALLED, incoming.DialRequest), "switch": incoming.SwitchRequest}
BODIES |= {"help": incoming.HelpRequest, "follow": incoming.FollowRequest}
# Those whose body may be left out.
NO_BODY = frozenset({"help"})
# Those that a DELETE of their route takes back.
TAKEN_BACK = frozenset({"help", "follow"})
# The field of a request by the name that a body or an event has for it.
_FIELDS = {
    "confId": "conf_id",
    "clientId": "client_id",
    "agentNumber": "agent_number",
    "to": "to",
    "maxSeconds": "max_seconds",
    "supervisionId": "supervision_id",
    "toAction": "to_action",
    "followId": "follow_id",
    "calls": "calls",
    "until": "until",
    "reason": "reason",
}


def from_http(action: str, event: Mapping[str, Any], conf_id: str | None = None) -> Request:
    """The request of an HTTP API event for `action`. Raises InvalidRequest.

    `conf_id` is the call of the path, where the path names one.
    """
    http_api.refuse_unknown_parameters(event)
    name = event["headers"].get("idempotency-key")
    if name is not None and not 0 < len(name) <= LONGEST_REQUEST_NAME:
        raise InvalidRequest(f"Idempotency-Key must have 1 to {LONGEST_REQUEST_NAME} characters.")
    takes_back = action in TAKEN_BACK and event["requestContext"]["http"]["method"] == "DELETE"
    model = None if takes_back else BODIES.get(action)
    without = model is None or (action in NO_BODY and not event.get("body"))
    body = {} if without or model is None else _body(event, model)
    parameters = event.get("pathParameters") or {}
    return Request(
        action=action,
        caller=Caller.from_event(event),
        correlation_id=correlation_of(event),
        name=name,
        asked=body,
        takes_back=takes_back,
        **_known(
            {
                "confId": parameters.get("confId", conf_id),
                "clientId": parameters.get("clientId"),
                "followId" if action == "follow" else "supervisionId": parameters.get("id"),
                "toAction": body.get("action"),
                **body,
            }
        ),
    )


def from_event(
    event: Mapping[str, Any], actions: Collection[str], caller: Caller
) -> tuple[Request, InvalidRequest | None]:
    """The request of an event that `caller` put on the bus, and what is wrong with it, if anything is.

    `actions` are those that this function acts on. A request that asks for another one names no action, or several of
    which each function got one. Fields that mean nothing to this version are passed over.
    """
    detail = event["detail"] if isinstance(event["detail"], dict) else {}
    given = {name: value for name, value in detail.items() if value is not None}
    problem, asked = None, {}
    name = str(event["id"])
    try:
        follows = event["detail-type"] == incoming.FOLLOW_REQUESTED
        asked = _read(incoming.FollowDetail if follows else incoming.RequestDetail, given, extra="ignore")
        name = _name(asked.get("requestId"), name)
        if follows:
            asked = {**asked, "action": "follow", "toAction": asked["action"]}
        elif asked["action"] not in actions:
            raise InvalidRequest(f'"action" must be {in_words(sorted(actions))}.')
    except InvalidRequest as invalid:
        problem = invalid
        asked = {"action": "", "requestId": detail.get("requestId")}
        name = _name(asked["requestId"], name, strict=False)
    return (
        Request(
            action=asked["action"],
            caller=caller,
            correlation_id=name,
            door="bus",
            name=name,
            asked=detail,
            **_known(asked),
        ),
        problem,
    )


def time_of(event: Mapping[str, Any]) -> int | None:
    """When an event of the bus was put on it, in milliseconds since the epoch; None where it does not say."""
    try:
        return int(datetime.fromisoformat(event["time"]).timestamp() * 1000)
    except (LookupError, TypeError, ValueError):
        return None


def _body(event: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    raw = event.get("body") or ""
    try:
        text = base64.b64decode(raw) if event.get("isBase64Encoded") else raw
        body = loads(text)
    except ValueError:
        raise InvalidRequest("The body must be JSON.") from None
    if not isinstance(body, dict):
        raise InvalidRequest("The body must be a JSON object.")
    return _read(model, body)


def _read(model: type[BaseModel], value: Mapping[str, Any], **how: Any) -> dict[str, Any]:
    """The fields that were given, by their own names. Raises InvalidRequest, in words."""
    try:
        return model.model_validate(dict(value), **how).model_dump(by_alias=True, exclude_unset=True)
    except ValidationError as error:
        said = [f'"{".".join(map(str, one["loc"]))[:64]}": {one["msg"]}' for one in error.errors()[:5]]
        raise InvalidRequest("; ".join(said) + ".") from None


def _name(given: Any, otherwise: str, *, strict: bool = True) -> str:
    """The name of a request that the bus brought: its `requestId`, a text or a whole number, or the event's id."""
    if (
        isinstance(given, str | int)
        and not isinstance(given, bool)
        and 0 < len(name := str(given)) <= LONGEST_REQUEST_NAME
    ):
        return name
    if strict and given is not None:
        raise InvalidRequest(f'"requestId" must have 1 to {LONGEST_REQUEST_NAME} characters.')
    return otherwise


def _known(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {field: asked[name] for name, field in _FIELDS.items() if asked.get(name) is not None}
