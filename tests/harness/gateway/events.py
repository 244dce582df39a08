"""The events API Gateway makes of a request: payload format 2.0, for an integration and for an authorizer."""

import time
import uuid
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.harness.cloudformation import ACCOUNT, REGION
from tests.harness.gateway.http import Request
from tests.harness.parts import Route

API_ID = "localapi00"
_TEXT = ("application/json", "application/javascript", "application/xml")


def context(request: Request, route: Route, now: float | None = None) -> dict[str, Any]:
    """The `requestContext`, before any authorizer."""
    now = time.time() if now is None else now
    host = request.joined_headers.get("host", "")
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": host,
        "domainPrefix": host.split(".")[0].split(":")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.joined_headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": route.key,
        "stage": "$default",
        "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now * 1000),
    }


def integration(
    request: Request, route: Route, parameters: Mapping[str, str], request_context: Mapping[str, Any]
) -> dict[str, Any]:
    """The event a function gets."""
    event = _common(request, route, parameters, request_context)
    body, encoded = _body(request)
    if body is not None:
        event["body"] = body
    event["isBase64Encoded"] = encoded
    return event


def authorization(
    request: Request,
    route: Route,
    parameters: Mapping[str, str],
    request_context: Mapping[str, Any],
    identity: Sequence[str],
) -> dict[str, Any]:
    """The event a Lambda authorizer gets."""
    path = request.path.lstrip("/")
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/$default/{request.method}/{path}"
    return {
        **_common(request, route, parameters, request_context),
        "type": "REQUEST",
        "routeArn": arn,
        "identitySource": list(identity),
    }


def _common(
    request: Request, route: Route, parameters: Mapping[str, str], request_context: Mapping[str, Any]
) -> dict[str, Any]:
    host, _, port = request.joined_headers.get("host", "").partition(":")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": {
            "content-length": str(len(request.body)),
            "x-amzn-trace-id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}",
            **request.joined_headers,
            "x-forwarded-for": ",".join(
                filter(None, [request.joined_headers.get("x-forwarded-for"), request.source_ip])
            ),
            "x-forwarded-port": port or "80",
            "x-forwarded-proto": "http",
            "host": f"{host}:{port}" if port else host,
        },
        "requestContext": dict(request_context),
    }
    # Absent, not null, where there are none.
    if request.cookies:
        event["cookies"] = request.cookies
    if request.joined_query:
        event["queryStringParameters"] = request.joined_query
    if parameters:
        event["pathParameters"] = dict(parameters)
    return event


def _body(request: Request) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    kind = request.joined_headers.get("content-type", "application/json").split(";")[0].strip().lower()
    text = kind in _TEXT or kind.startswith("text/") or kind.endswith(("+json", "+xml"))
    if text and "content-encoding" not in request.joined_headers:
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return b64encode(request.body).decode(), True
