"""The local system's three ports answer its own page and programs, and no page of another site."""

import http.client
from urllib.parse import urlsplit

import pytest

from tests.harness.own_site import is_foreign
from tests.integration.harness.conftest import sample_system

CRM = "https://crm.example"
PORTS = ("api", "aws", "ytel")
OURS = [
    {},
    {"Host": "localhost:{port}"},
    {"Host": "[::1]:{port}"},
    {"Host": "LOCALHOST:{port}"},
    {"Origin": "http://127.0.0.1:{port}"},
    {"Origin": "http://localhost:{port}", "Host": "localhost:{port}", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
]
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "https://127.0.0.1:{port}"},
    {"Origin": "http://127.0.0.1:{port}.evil.example"},
    {"Origin": "http://127.0.0.1:{port}@evil.example"},
    {"Host": "evil.example"},
    {"Host": "evil.example:{port}"},
    {"Host": "127.0.0.1"},
    {"Host": "127.0.0.1:1"},
    {"Host": "0.0.0.0:{port}"},
    {"Host": "127.0.0.1.evil.example:{port}"},
    {"Host": "localhost.:{port}"},
]


@pytest.fixture(scope="module")
def system():
    with sample_system(env={"EMBEDDED_BY": CRM}) as system:
        yield system


def status(url, headers, method="GET", path="/", body=None):
    port = urlsplit(url).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        given = {name: value.format(port=port) for name, value in headers.items()}
        connection.request(method, path, body, headers={"Host": f"127.0.0.1:{port}", **given})
        return connection.getresponse().status
    finally:
        connection.close()


def url(system, port):
    return {"api": system.url, "aws": system.aws_url, "ytel": system.ytel.url}[port]


@pytest.mark.parametrize("port", PORTS)
@pytest.mark.parametrize("headers", OURS, ids=str)
def test_what_is_ours_is_answered(system, port, headers):
    assert status(url(system, port), headers) not in (403, 500)


@pytest.mark.parametrize("port", PORTS)
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_is_foreign_is_refused_whatever_it_asks_for(system, port, headers):
    for method, path, body in (("GET", "/", None), ("POST", "/echo", "{}"), ("OPTIONS", "/echo", None)):
        assert status(url(system, port), headers, method, path, body) == 403


def test_what_another_sites_page_asks_of_aws_reaches_nothing(system):
    before = len(system.events)
    entry = '{"Entries": [{"Source": "x", "DetailType": "Try", "Detail": "{}", "EventBusName": "sample-bus"}]}'
    headers = {
        "X-Amz-Target": "AWSEvents.PutEvents",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "AWS4-HMAC-SHA256 Credential=any/20200101/us-east-1/events/aws4_request, Signature=0",
    }
    assert status(system.aws_url, {**headers, "Origin": "https://evil.example"}, "POST", "/", entry) == 403
    assert len(system.events) == before
    assert status(system.aws_url, headers, "POST", "/", entry) == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_page_loads_without_naming_its_site_is_refused_but_by_the_api(system, site):
    """An image, a script, a link: the API gives nothing of worth without a key, and its page may be linked to."""
    found = {port: status(url(system, port), {"Sec-Fetch-Site": site}) == 403 for port in PORTS}
    assert found == {"api": False, "aws": True, "ytel": True}


@pytest.mark.parametrize(
    "crm",
    [
        {"parameters": {"AllowedOrigins": CRM}},
        {"env": {"ALLOWED_ORIGINS": CRM}},
        {"env": {"EMBEDDED_BY": f"http://a.b {CRM}"}},
    ],
)
def test_the_sites_that_the_settings_name_may_ask_the_api_and_nothing_else(crm):
    from tests.harness.system import System

    with System(**crm) as system:
        assert status(system.url, {"Origin": CRM}, path="/me") == 401
        assert status(system.url, {"Origin": "https://else.example"}, path="/me") == 403
        assert status(system.aws_url, {"Origin": CRM}) == 403
        assert status(url(system, "ytel"), {"Origin": CRM}) == 403


def test_a_header_that_comes_twice_is_read_twice():
    host = ("Host", "127.0.0.1:3000")
    assert not is_foreign([host], 3000)
    assert is_foreign([host, ("host", "evil.example:3000")], 3000)
    assert not is_foreign([("Host", "localhost")], 80)
    assert not is_foreign([host, ("Origin", "https://any.example")], 3000, ["*"])
