"""From a request to an answer: route, authorizer, function. No sockets here."""

import time
from collections.abc import Callable
from typing import Any

from tests.harness.gateway import answers, cors, events
from tests.harness.gateway.authorizing import Guard
from tests.harness.gateway.http import Request, Response, message
from tests.harness.gateway.routing import Router
from tests.harness.runtime import BusyError, Result
from tests.harness.template import Template

LARGEST_BODY = 10 * 1024 * 1024
LONGEST_SECONDS = 30

type Invoke = Callable[[str, Any, float], Result]
"""Runs a function, by its logical id, with an event, waiting for a free environment until a deadline."""


class Gateway:
    """The HTTP API of a template. `now` is the clock by which authorizers' answers are kept."""

    def __init__(self, template: Template, invoke: Invoke, now: Callable[[], float] = time.monotonic) -> None:
        self._router = Router(template.routes)
        self._cors = template.cors
        self._invoke = invoke
        self.guards = {name: Guard(one, now) for name, one in template.authorizers.items()}

    def answer(self, request: Request) -> Response:
        """The answer to `request`."""
        preflight = cors.preflight(self._cors, request)
        if preflight:
            return preflight
        response = self._routed(request)
        return cors.applied(self._cors, request, response)

    def _routed(self, request: Request) -> Response:
        if len(request.body) > LARGEST_BODY:
            return message(413, "Request Entity Too Large")
        found = self._router.match(request.method, request.path)
        if not found:
            return message(404, "Not Found")
        route, parameters = found
        deadline = time.monotonic() + LONGEST_SECONDS
        context = events.context(request, route)
        try:
            if route.authorizer:
                guard = self.guards[route.authorizer]
                decision = guard.decide(
                    request,
                    route,
                    lambda identity: self._invoke(
                        guard.authorizer.function,
                        events.authorization(request, route, parameters, context, identity),
                        deadline,
                    ),
                )
                if decision.refusal:
                    return decision.refusal
                context["authorizer"] = {"lambda": dict(decision.context)}
            result = self._invoke(route.function, events.integration(request, route, parameters, context), deadline)
        except BusyError:
            return message(503, "Service Unavailable")
        if result.failure:
            return message(500, "Internal Server Error")
        try:
            response = answers.parse(result.payload)
        except answers.BadAnswerError:
            return message(500, "Internal Server Error")
        return Response(response.status, (*response.headers, ("apigw-requestid", context["requestId"])), response.body)
