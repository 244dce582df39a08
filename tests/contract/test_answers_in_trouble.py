"""Where Ytel is in trouble, the gateway refuses, or no key is needed, the answer is what is described too."""

import pytest

from supervision.base.problems import Forbidden, Problem
from tests.contract.conformance import PHONE, dial
from tests.harness.fake_ytel.faults import Html, Status
from tests.harness.gateway.core import LARGEST_BODY
from tests.harness.waiting import wait_until

LIST = "/conference"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Status(429, retry_after=60), "ytel_rate_limited"),
        (Status(401), "ytel_rejected"),
        (Html(), "ytel_invalid"),
        (Status(503), "ytel_unavailable"),
    ],
)
def test_ytel_in_trouble(api, system, call, fault, code):
    system.move_clock(120)  # nothing young enough is held
    system.ytel.faults.add("GET", LIST, fault, times=None)
    for answer in (
        api("GET", "/calls"),
        api("GET", "/calls/{confId}", confId=call),
        api("GET", "/calls/{confId}/plan", confId=call, query={"action": "listen"}),
        dial(api, call),
        api("POST", "/calls/{confId}/hangup", confId=call),
    ):
        assert answer.json()["code"] == code
    assert api("GET", "/supervisions").status_code == 200
    system.ytel.faults.clear()
    system.move_clock(120)
    wait_until(lambda: api("GET", "/calls").status_code == 200, what="the list again")


def secured(document):
    return [
        (method.upper(), route)
        for route, item in document["paths"].items()
        for method, operation in item.items()
        if operation["security"]
    ]


def test_whom_the_gateway_lets_in(api, document):
    ids = {"confId": "x", "id": "x", "clientId": "x"}
    for method, route in secured(document):
        assert api(method, route, key=None, **ids).status_code == 401
        assert api(method, route, key="nobody's", **ids).status_code == 403
        if method != "GET":
            assert api(method, route, key="reader-key-of-tests", **ids).status_code == 403


def test_a_body_with_a_member_that_is_not_described_is_refused(api, document):
    ids = {"confId": "x", "id": "x", "clientId": "x"}
    for route, item in document["paths"].items():
        for method, one in item.items():
            if "requestBody" in one:
                described = one["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                assert document["components"]["schemas"][described]["additionalProperties"] is False
                body = {"to": PHONE, "action": "listen", "reason": "because"}
                answer = api(method.upper(), route, body={**body, "misspelt": 1}, **ids)
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), route


def test_a_body_that_the_gateway_does_not_take(api, call, document):
    too_large = {"to": PHONE, "more": "x" * LARGEST_BODY}
    assert api("POST", "/calls/{confId}/whisper", confId=call, body=too_large).status_code == 413
    with_body = [one for item in document["paths"].values() for one in item.values() if "requestBody" in one]
    assert with_body == [
        one for item in document["paths"].values() for one in item.values() if "413" in one["responses"]
    ]


def test_what_takes_no_key(api):
    for route in ("/", "/docs", "/openapi.json", "/asyncapi.json"):
        answer = api("GET", route, key=None)
        assert api("GET", route, key=None, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert api("GET", "/openapi.json", key=None).json() == api.document


def test_every_problem_leads_to_the_docs(document):
    assert {f"/docs#{one['code']}" for one in document["x-problems"]} >= {
        kind("").as_dict()["type"]
        for kind in Problem.__subclasses__()
        if "code" in vars(kind) and kind is not Forbidden
    }
