"""Ytel refuses, is busy, or wants another token: what is asked again, and what is raised."""

import pytest
import responses

from supervision.base.problems import YtelInvalid, YtelProblem, YtelRateLimited, YtelRejected, YtelUnavailable
from supervision.rules.phone_numbers import PhoneNumber
from tests.integration.ytel_clients import API, Tokens, client

CONFERENCES = f"{API}/conference"
PARTICIPANT = f"{API}/conference/c1/participant"
YES = {"status": True, "count": 1, "page": 1, "payload": [{}]}
NOTHING = {"status": True, "count": 0, "page": 1, "payload": []}


@pytest.fixture
def http():
    with responses.RequestsMock() as mock:
        yield mock


# ---------------------------------------------------------------- failures under HTTP 200, tokens


@pytest.mark.parametrize("error", [[{"code": "400", "message": "No."}], {"code": "400", "message": "No."}])
def test_a_no_under_200_is_a_failure(http, error):
    no = {"status": False, "count": 0, "page": 0, "error": error}
    http.get(CONFERENCES, json=no)
    http.post(PARTICIPANT, json=no)
    with pytest.raises(YtelRejected, match="No"):
        client().conferences()
    with pytest.raises(YtelRejected, match="No"):
        client().bring_in("c1", caller="+1", to=PhoneNumber("+2"), mute=False, no_speak_to=())


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_is_renewed_once(http, status):
    tokens = Tokens("old", "new")
    for url, act in ((CONFERENCES, lambda ytel: ytel.conferences()), (PARTICIPANT, _bring_in)):
        tokens.tokens = ["old", "new"]
        method = "GET" if url == CONFERENCES else "POST"
        http.add(method, url, status=status, json={"status": False})
        http.add(method, url, json=NOTHING if url == CONFERENCES else YES)
        act(client(tokens=tokens))
        sent = [call.request.headers["Authorization"] for call in http.calls if call.request.url.startswith(url)]
        assert sent[-2:] == ["Bearer old", "Bearer new"]


def test_a_token_that_is_refused_and_has_no_other_is_tried_once_more_and_then_a_refusal(http):
    tokens = Tokens("old")
    http.post(PARTICIPANT, status=401, json={"status": False})
    with pytest.raises(YtelRejected, match="token"):
        _bring_in(client(tokens=tokens))
    assert tokens.refused == ["old"]
    assert len(http.calls) == 2


def test_a_refusal_that_passes_costs_nobody_anything(http):
    http.post(PARTICIPANT, status=401, json={"status": False})
    http.post(PARTICIPANT, json=YES)
    _bring_in(client(tokens=Tokens("the only one")))
    assert len(http.calls) == 2


def test_a_renewed_token_that_is_refused_too_is_the_end(http):
    http.get(CONFERENCES, status=401, json={"status": False})
    with pytest.raises(YtelRejected):
        client(tokens=Tokens("old", "new", "newer")).conferences()
    assert len(http.calls) == 2


# ---------------------------------------------------------------- reading again


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_that_failed_is_made_again_with_back_off(http, status):
    waits: list[float] = []
    http.get(CONFERENCES, status=status)
    http.get(CONFERENCES, status=status)
    http.get(CONFERENCES, json=NOTHING)
    assert client(waits=waits).conferences().complete
    assert len(waits) == 2
    assert 0.1 <= waits[0] <= 0.2 <= waits[1] <= 0.4


def test_ytels_own_wait_is_kept_to(http):
    waits: list[float] = []
    http.get(CONFERENCES, status=429, headers={"Retry-After": "1"})
    http.get(CONFERENCES, json=NOTHING)
    client(waits=waits).conferences()
    assert waits == [1.0]


@pytest.mark.parametrize(
    ("status", "kind", "wait"), [(429, YtelRateLimited, 30), (503, YtelUnavailable, 30), (500, YtelUnavailable, None)]
)
def test_what_does_not_pass_is_raised_with_ytels_wait(http, status, kind, wait):
    http.get(CONFERENCES, status=status, headers={"Retry-After": "30"} if wait else {})
    with pytest.raises(kind) as problem:
        client().conferences()
    assert problem.value.retry_after == wait
    assert len(http.calls) == (1 if wait else 3)


@pytest.mark.parametrize("status", [400, 404, 422, 301])
def test_what_will_not_pass_is_asked_once(http, status):
    http.get(CONFERENCES, status=status, json={"status": False}, headers={"Location": "https://elsewhere.example.com"})
    with pytest.raises(YtelProblem):
        client().conferences()
    assert len(http.calls) == 1, "a token follows no one elsewhere"


@pytest.mark.parametrize("body", [b"<html>", b"{", b"7", b'{"status": true}', b'{"status": true, "payload": {}}'])
def test_a_list_that_is_not_as_documented_is_invalid(http, body):
    http.get(CONFERENCES, body=body)
    with pytest.raises(YtelInvalid):
        client().conferences()
    assert len(http.calls) == 1


def _bring_in(ytel):
    ytel.bring_in("c1", caller="+15555280600", to=PhoneNumber("+12125550142"), mute=False, no_speak_to=["503"])


def test_a_refused_token_and_a_list_cut_off_are_counted(http, monkeypatch):
    counted = []
    for module in ("transport",):
        monkeypatch.setattr(f"supervision.ytel.{module}.add_metric", lambda name, *_: counted.append(name))
    http.post(PARTICIPANT, status=401, json={"status": False})
    with pytest.raises(YtelRejected):
        _bring_in(client(tokens=Tokens("old")))
    with pytest.raises(YtelRejected):
        _bring_in(client(tokens=Tokens("old", "new")))
    assert counted.count("TokensRefused") == 2
