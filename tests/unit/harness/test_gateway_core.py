"""The gateway as a whole, with functions that are plain Python."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.harness.gateway.core import LARGEST_BODY, Gateway
from tests.harness.gateway.http import Request
from tests.harness.runtime import BusyError, Failure, Result
from tests.harness.template import Template

TEMPLATE = Path(__file__).parents[2] / "integration/harness/samples/template.yaml"
OK = Result({"statusCode": 200, "body": "fine"})
ALLOWED = Result({"isAuthorized": True, "context": {"client": "crm", "scopes": "calls:read"}})
CRASHED = Result(failure=Failure("ValueError", "secret detail"))


class World:
    """Answers for the functions, and remembers what they were asked."""

    def __init__(self) -> None:
        self.answers = {"Allow": ALLOWED, "Echo": OK, "Open": OK}
        self.asked: list[tuple[str, Any]] = []
        self.now = 1000.0
        self.gateway = Gateway(Template(TEMPLATE), self._invoke, lambda: self.now)

    def _invoke(self, function, event, deadline):
        assert time.monotonic() < deadline <= time.monotonic() + 30
        self.asked.append((function, event))
        answer = self.answers[function]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get(self, target="/echo", *, key="k", method="GET", headers=(), body=b""):
        own = (("Authorization", key),) if key is not None else ()
        return self.gateway.answer(Request(method, target, (*own, *headers), body))

    def functions(self):
        return [name for name, _ in self.asked]


@pytest.fixture
def world():
    return World()


def said(response):
    return response.status, json.loads(response.body)


def test_an_allowed_request_reaches_the_function_with_the_authorizers_context(world):
    assert world.get().body == b"fine"
    assert world.functions() == ["Allow", "Echo"]
    assert world.asked[1][1]["requestContext"]["authorizer"] == {"lambda": {"client": "crm", "scopes": "calls:read"}}


def test_an_answer_carries_the_requests_id(world):
    headers = dict(world.get().headers)
    assert headers["apigw-requestid"] == world.asked[1][1]["requestContext"]["requestId"]


@pytest.mark.parametrize("key", [None, ""])
def test_without_an_identity_it_is_401_and_nobody_is_asked(world, key):
    assert said(world.get(key=key)) == (401, {"message": "Unauthorized"})
    assert world.asked == []


def test_a_denied_request_is_403(world):
    world.answers["Allow"] = Result({"isAuthorized": False})
    assert said(world.get()) == (403, {"message": "Forbidden"})
    assert world.functions() == ["Allow"]


@pytest.mark.parametrize(
    "answer",
    [CRASHED, Result(None), Result({}), Result({"isAuthorized": "true"}), Result({"isAuthorized": True, "context": 1})],
)
def test_an_authorizer_that_crashes_or_babbles_is_500_and_is_asked_again(world, answer):
    world.answers["Allow"] = answer
    assert said(world.get()) == (500, {"message": "Internal Server Error"})
    world.answers["Allow"] = ALLOWED
    assert world.get().status == 200


def test_an_open_route_asks_no_authorizer(world):
    assert world.get("/open", key=None).status == 200
    assert world.functions() == ["Open"]
    assert "authorizer" not in world.asked[0][1]["requestContext"]


@pytest.mark.parametrize("allowed", [True, False])
def test_the_authorizers_answer_is_kept_for_its_time(world, allowed):
    world.answers["Allow"] = Result({"isAuthorized": allowed})
    for _ in range(2):
        world.get()
        world.now += 59
    assert world.functions().count("Allow") == 1
    world.now += 2
    world.get()
    assert world.functions().count("Allow") == 2


def test_answers_are_kept_per_identity_and_route(world):
    for key, target in [("a", "/echo"), ("b", "/echo"), ("a", "/echo/1"), ("a", "/echo/2"), ("a", "/echo")]:
        world.get(target, key=key)
    assert world.functions().count("Allow") == 3


def test_no_route_is_404(world):
    assert said(world.get("/nowhere")) == (404, {"message": "Not Found"})
    assert said(world.get("/echo", method="DELETE")) == (404, {"message": "Not Found"})
    assert world.asked == []


@pytest.mark.parametrize(
    "answer", [CRASHED, Result(failure=Failure("Sandbox.Timedout", "…")), Result({"statusCode": "no"})]
)
def test_a_crash_a_timeout_and_a_bad_shape_are_500_and_say_nothing_more(world, answer):
    world.answers["Echo"] = answer
    assert said(world.get()) == (500, {"message": "Internal Server Error"})


def test_no_free_environment_is_503(world):
    world.answers["Echo"] = BusyError("Echo")
    assert said(world.get()) == (503, {"message": "Service Unavailable"})


def test_a_body_larger_than_the_gateway_takes_is_413(world):
    assert said(world.get(body=b"x" * (LARGEST_BODY + 1))) == (413, {"message": "Request Entity Too Large"})


def test_a_preflight_is_answered_from_the_template_alone(world):
    asked = (("Origin", "https://crm.example"), ("Access-Control-Request-Method", "GET"))
    response = world.get(method="OPTIONS", key=None, headers=asked)
    headers = dict(response.headers)
    assert response.status == 204
    assert headers["access-control-allow-origin"] == "https://crm.example"
    assert headers["access-control-allow-methods"] == "GET,POST"
    assert headers["access-control-allow-headers"] == "authorization"
    assert headers["access-control-max-age"] == "600"
    assert world.asked == []


def test_answers_say_which_origin_may_read_them(world):
    world.answers["Echo"] = Result({"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}})
    headers = dict(world.get(headers=(("Origin", "https://crm.example"),)).headers)
    assert headers["access-control-allow-origin"] == "https://crm.example"
    assert headers["access-control-expose-headers"] == "etag"
    other = dict(world.get(headers=(("Origin", "https://else.example"),)).headers)
    assert "access-control-allow-origin" not in other
