"""Cross-origin answers from the template's CorsConfiguration, in place of any of the function's own."""

from collections.abc import Mapping
from typing import Any

from tests.harness.gateway.http import Request, Response


def preflight(cors: Mapping[str, Any] | None, request: Request) -> Response | None:
    """The answer to a preflight request, which no function sees; None for any other request."""
    headers = request.joined_headers
    if not cors or request.method != "OPTIONS" or not {"origin", "access-control-request-method"} <= headers.keys():
        return None
    granted = _origin(cors, request)
    if granted:
        for name, key in (("methods", "AllowMethods"), ("headers", "AllowHeaders")):
            if cors.get(key):
                granted.append((f"access-control-allow-{name}", ",".join(cors[key])))
        if cors.get("MaxAge") is not None:
            granted.append(("access-control-max-age", str(cors["MaxAge"])))
    return Response(204, tuple(granted))


def applied(cors: Mapping[str, Any] | None, request: Request, response: Response) -> Response:
    """`response` with the headers that let the asking origin read it."""
    if not cors:
        return response
    headers = [one for one in response.headers if not one[0].startswith("access-control-")]
    granted = _origin(cors, request)
    if granted and cors.get("ExposeHeaders"):
        granted.append(("access-control-expose-headers", ",".join(cors["ExposeHeaders"])))
    return Response(response.status, (*headers, *granted), response.body)


def _origin(cors: Mapping[str, Any], request: Request) -> list[tuple[str, str]]:
    origin = request.joined_headers.get("origin")
    allowed = cors.get("AllowOrigins") or []
    if not origin or not ("*" in allowed or origin in allowed):
        return []
    granted = [("access-control-allow-origin", "*" if "*" in allowed else origin)]
    if "*" not in allowed:
        granted.append(("vary", "origin"))
    if cors.get("AllowCredentials"):
        granted.append(("access-control-allow-credentials", "true"))
    return granted
