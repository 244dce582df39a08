"""The API's authorizer: who is it, and does the route's scope cover them. Its answers are cached for a minute."""

from typing import Any

from callers import Callers

from supervision.base.cold_start import built_once
from supervision.base.observability import correlation_of, invocation, logger
from supervision.base.settings import AuthSettings, load
from supervision.rules.scopes import opens

callers = built_once(lambda: Callers(load(AuthSettings)))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Whether the route is open to the bearer, and the caller for the doors.

    Raises where that cannot be told: the gateway then answers 500, and nobody is let in.
    """
    route = event["routeKey"]
    with invocation(context, correlation_of(event)):
        caller = callers().of_bearer(_bearer(event["headers"]))
        allowed = caller is not None and opens(route, caller.scopes)
        logger.info("allowed" if allowed else "denied", route=route, client=caller and caller.client)
    return {"isAuthorized": allowed, "context": caller.to_context() if caller and allowed else {}}


def _bearer(headers: dict[str, str]) -> str:
    value = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    scheme, _, bearer = value.strip().partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else ""
