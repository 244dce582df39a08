from base64 import b64encode

import pytest

from tests.harness.gateway import events
from tests.harness.gateway.http import Request
from tests.harness.parts import Route

ROUTE = Route("POST", "/calls/{confId}/listen", "Listen", "Keys")


def event_of(*, method="POST", target="/calls/c1/listen", headers=(), body=b"", route=ROUTE, parameters=None, now=None):
    request = Request(method, target, tuple(headers), body)
    return events.integration(request, route, parameters or {}, events.context(request, route, now))


def test_it_is_of_version_2_and_names_the_route():
    event = event_of()
    assert event["version"] == "2.0"
    assert event["routeKey"] == event["requestContext"]["routeKey"] == "POST /calls/{confId}/listen"
    assert event_of(route=Route(None, None, "F", None))["routeKey"] == "$default"


def test_path_and_query_are_as_they_were_sent():
    event = event_of(target="/calls/a%20b/listen?x=%31&x=2&y")
    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/calls/a%20b/listen"
    assert event["rawQueryString"] == "x=%31&x=2&y"


def test_header_names_are_in_lower_case_and_duplicates_joined_by_commas():
    event = event_of(headers=[("X-One", "1"), ("Accept", "a"), ("x-one", "2")])
    assert event["headers"]["x-one"] == "1,2"
    assert event["headers"]["accept"] == "a"


def test_cookies_stand_in_a_list_of_their_own():
    event = event_of(headers=[("Cookie", "a=1; b=2"), ("cookie", "c=3")])
    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


def test_query_values_are_decoded_and_joined_by_commas():
    assert event_of(target="/x?a=1%2C5&b=&a=2+3")["queryStringParameters"] == {"a": "1,5,2 3", "b": ""}


def test_what_there_is_none_of_is_absent():
    event = event_of()
    for name in ("cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"):
        assert name not in event
    assert event["rawQueryString"] == ""
    assert event["isBase64Encoded"] is False
    assert "authorizer" not in event["requestContext"]


def test_path_parameters_are_there_where_the_route_has_them():
    assert event_of(parameters={"confId": "c 1"})["pathParameters"] == {"confId": "c 1"}


def test_the_context_says_who_asked_how_and_when():
    context = event_of(headers=[("User-Agent", "curl/8"), ("Host", "127.0.0.1:3000")], now=1_583_348_638.39)[
        "requestContext"
    ]
    assert context["http"] == {
        "method": "POST",
        "path": "/calls/c1/listen",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "curl/8",
    }
    assert context["time"] == "04/Mar/2020:19:03:58 +0000"
    assert context["timeEpoch"] == 1_583_348_638_390
    assert context["stage"] == "$default"
    assert context["domainName"] == "127.0.0.1:3000"


def test_every_request_has_its_own_id_and_time():
    first, second = event_of()["requestContext"], event_of()["requestContext"]
    assert first["requestId"] != second["requestId"]
    assert second["timeEpoch"] >= first["timeEpoch"] > 1_700_000_000_000


def test_the_gateway_adds_who_forwarded():
    headers = event_of(headers=[("X-Forwarded-For", "10.0.0.1"), ("Host", "h:8080")])["headers"]
    assert headers["x-forwarded-for"] == "10.0.0.1,127.0.0.1"
    assert headers["x-forwarded-port"] == "8080"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-amzn-trace-id"].startswith("Root=1-")


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "text/plain", "application/problem+json", None]
)
def test_text_bodies_are_text(kind):
    event = event_of(headers=[("content-type", kind)] if kind else [], body='{"to": "é"}'.encode())
    assert (event["body"], event["isBase64Encoded"]) == ('{"to": "é"}', False)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("content-type", "application/octet-stream")], b"text"),
        ([("content-type", "application/x-www-form-urlencoded")], b"a=1"),
        ([("content-type", "application/json")], b"\xff\xfe"),
        ([("content-type", "application/json"), ("content-encoding", "gzip")], b"{}"),
    ],
)
def test_other_bodies_are_base64_and_say_so(headers, body):
    event = event_of(headers=headers, body=body)
    assert (event["body"], event["isBase64Encoded"]) == (b64encode(body).decode(), True)


def test_an_authorizer_gets_the_request_without_its_body():
    request = Request("POST", "/calls/c1/listen", (("Authorization", "Bearer k"),), b"{}")
    event = events.authorization(request, ROUTE, {"confId": "c1"}, events.context(request, ROUTE), ["Bearer k"])
    assert event["type"] == "REQUEST"
    assert event["version"] == "2.0"
    assert event["identitySource"] == ["Bearer k"]
    assert event["routeArn"].endswith("/$default/POST/calls/c1/listen")
    assert event["pathParameters"] == {"confId": "c1"}
    assert not {"body", "isBase64Encoded"} & event.keys()
