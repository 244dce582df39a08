import pytest

from tests.harness.gateway.routing import Router
from tests.harness.parts import Route


def route(key: str) -> Route:
    method, _, path = key.partition(" ")
    return Route(None if key == "$default" else method, path or None, "F", None)


ROUTES = [
    "$default",
    "ANY /{proxy+}",
    "GET /calls/{confId}",
    "GET /calls/{proxy+}",
    "ANY /calls/{confId}",
    "GET /calls/mine",
    "GET /calls",
    "POST /calls/{confId}/listen",
    "GET /",
]


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/calls", "GET /calls", {}),
        ("GET", "/", "GET /", {}),
        ("GET", "/calls/mine", "GET /calls/mine", {}),
        ("GET", "/calls/7", "GET /calls/{confId}", {"confId": "7"}),
        ("DELETE", "/calls/7", "ANY /calls/{confId}", {"confId": "7"}),
        ("GET", "/calls/a%2Fb%20c", "GET /calls/{confId}", {"confId": "a/b c"}),
        ("GET", "/calls/7/more", "GET /calls/{proxy+}", {"proxy": "7/more"}),
        ("POST", "/calls/7/listen", "POST /calls/{confId}/listen", {"confId": "7"}),
        ("GET", "/calls/", "ANY /{proxy+}", {"proxy": "calls/"}),
        ("PUT", "/what/ever", "ANY /{proxy+}", {"proxy": "what/ever"}),
        ("POST", "/", "$default", {}),
    ],
)
@pytest.mark.parametrize("order", [ROUTES, ROUTES[::-1]], ids=["as listed", "reversed"])
def test_the_most_specific_route_wins(order, method, path, key, parameters):
    found = Router(map(route, order)).match(method, path)
    assert found is not None
    assert (found[0].key, found[1]) == (key, parameters)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/call"), ("POST", "/calls"), ("GET", "/calls/"), ("GET", "//calls")]
)
def test_what_is_no_route_is_none(method, path):
    assert Router(map(route, ["GET /calls", "GET /calls/{confId}"])).match(method, path) is None


def test_a_path_is_literal_where_the_template_says_so():
    assert Router([route("GET /openapi.json")]).match("GET", "/openapi_json") is None
