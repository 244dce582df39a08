from base64 import b64encode

import pytest

from tests.harness.gateway.answers import BadAnswerError, parse


def test_status_headers_and_body_are_the_functions():
    response = parse({"statusCode": 202, "headers": {"X-A": "1", "Content-Type": "text/html"}, "body": "é"})
    assert response.status == 202
    assert response.headers == (("x-a", "1"), ("content-type", "text/html"))
    assert response.body == "é".encode()


@pytest.mark.parametrize(
    ("payload", "body"),
    [({"a": "é"}, '{"a":"é"}'), ([1], "[1]"), (None, "null"), ("text", "text"), (3, "3")],
)
def test_without_a_status_code_it_is_200_and_json(payload, body):
    response = parse(payload)
    assert (response.status, response.body) == (200, body.encode())
    assert response.headers == (("content-type", "application/json"),)


def test_a_missing_content_type_is_json():
    assert ("content-type", "application/json") in parse({"statusCode": 200, "body": "{}"}).headers


def test_cookies_become_set_cookie_headers():
    headers = parse({"statusCode": 200, "cookies": ["a=1; Secure", "b=2"]}).headers
    assert [value for name, value in headers if name == "set-cookie"] == ["a=1; Secure", "b=2"]


def test_base64_bodies_are_decoded():
    body = b64encode(b"\x1f\x8b").decode()
    assert parse({"statusCode": 200, "body": body, "isBase64Encoded": True}).body == b"\x1f\x8b"


def test_a_status_code_may_be_text():
    assert parse({"statusCode": "204"}).status == 204


def test_numbers_and_flags_are_header_values_too():
    assert parse({"statusCode": 200, "headers": {"Retry-After": 3, "X": True}}).headers[:2] == (
        ("retry-after", "3"),
        ("x", "true"),
    )


def test_304_and_204_have_no_body():
    assert parse({"statusCode": 304, "headers": {"ETag": '"1"'}, "body": "x"}).body == b""


def test_the_connection_is_the_gateways_own():
    assert parse({"statusCode": 200, "headers": {"Content-Length": "9", "Connection": "close"}}).headers == (
        ("content-type", "application/json"),
    )


@pytest.mark.parametrize(
    "payload",
    [
        {"statusCode": None},
        {"statusCode": "ok"},
        {"statusCode": 99},
        {"statusCode": True},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": ["1"]}},
        {"statusCode": 200, "headers": {"a": "1\r\nb: 2"}},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
    ],
)
def test_other_shapes_are_refused(payload):
    with pytest.raises(BadAnswerError):
        parse(payload)
