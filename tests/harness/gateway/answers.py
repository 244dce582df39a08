"""What API Gateway makes of a function's answer."""

import binascii
import json
from base64 import b64decode
from typing import Any

from tests.harness.gateway.http import Response

_HOP_BY_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}


class BadAnswerError(Exception):
    """The function's answer has a shape that API Gateway answers with 500."""


def parse(payload: Any) -> Response:
    """The answer to the client. Raises BadAnswerError."""
    if not isinstance(payload, dict) or "statusCode" not in payload:
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        return Response(200, (("content-type", "application/json"),), text.encode())
    status = _status(payload["statusCode"])
    headers = [
        (name.lower(), _scalar(value))
        for name, value in _mapping(payload.get("headers")).items()
        if name.lower() not in _HOP_BY_HOP
    ]
    body = _body(payload)
    if status not in (204, 304) and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    cookies = payload.get("cookies") or []
    if not isinstance(cookies, list):
        raise BadAnswerError("cookies are not a list")
    headers += [("set-cookie", _scalar(cookie)) for cookie in cookies]
    return Response(status, tuple(headers), b"" if status in (204, 304) else body)


def _status(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 100 <= value <= 599:
        raise BadAnswerError(f"statusCode is {value!r}")
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadAnswerError("headers are not an object")
    return value


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str) or "\r" in value or "\n" in value:
        raise BadAnswerError(f"{value!r} cannot be a header")
    return value


def _body(payload: dict[str, Any]) -> bytes:
    body = payload.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise BadAnswerError("body is not text")
    if not payload.get("isBase64Encoded"):
        return body.encode()
    try:
        return b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswerError("body is not base64") from None
