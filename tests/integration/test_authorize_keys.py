import json
from unittest.mock import Mock

import pytest

from supervision.base import aws
from supervision.rules.caller import Caller
from supervision.rules.scopes import ROUTES, SCOPES
from supervision.table import clients
from tests.harness.template import Template
from tests.integration.authorizer import CONTEXT, event, loaded

SECRET = "clients"
FIRST = {
    "crm": {"key": "crm-key-of-sixteen", "scopes": ["calls:read", "calls:whisper"]},
    "bound": {
        "keys": ["old-key-of-sixteen", "new-key-of-sixteen"],
        "scopes": ["calls:listen"],
        "agents": ["a-1"],
        "phones": ["+12125550142"],
    },
}


def put(entries):
    text = entries if isinstance(entries, str) else json.dumps(entries)
    aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=text)


@pytest.fixture
def authorize(made_up_aws, clock_at, monkeypatch):
    monkeypatch.setenv("API_CLIENTS_SECRET", SECRET)
    for name in ("JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL"):
        monkeypatch.delenv(name, raising=False)
    aws.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(FIRST))
    with loaded() as app:
        yield lambda *args: app.lambda_handler(event(*args), CONTEXT)


def test_a_key_opens_the_routes_of_its_scopes_and_hands_the_caller_on(authorize):
    answer = authorize("Bearer bound", "POST /calls/{confId}/listen")
    assert answer == {"isAuthorized": False, "context": {}}
    answer = authorize("Bearer new-key-of-sixteen", "POST /calls/{confId}/listen")
    assert answer["isAuthorized"] is True
    caller = Caller.from_event({"requestContext": {"authorizer": {"lambda": answer["context"]}}})
    assert caller == Caller("bound", frozenset({"calls:listen"}), frozenset({"a-1"}), frozenset({"+12125550142"}))
    assert all(isinstance(value, str) for value in answer["context"].values())


@pytest.mark.parametrize(
    "header",
    [
        "Bearer crm-key-of-sixteen",
        "bearer crm-key-of-sixteen",
        "BEARER  crm-key-of-sixteen ",
        " Bearer crm-key-of-sixteen",
    ],
)
def test_the_scheme_is_read_in_any_case(authorize, header):
    assert authorize(header)["isAuthorized"] is True


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "crm-key-of-sixteen",
        "Basic crm-key-of-sixteen",
        "Bearer crm-key-of-sixteen2",
        "Bearer crm",
        "Bearer crm-key-of-sixteen,Bearer crm-key-of-sixteen",
        "Bearer crm-key-of-sixteen crm-key-of-sixteen",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.",
    ],
)
def test_what_is_no_known_key_is_denied(authorize, header):
    assert authorize(header) == {"isAuthorized": False, "context": {}}


def test_each_route_opens_to_its_scopes_alone(authorize):
    put({one: {"key": f"key-for-{one:->12}", "scopes": [one] if one in SCOPES else []} for one in {*SCOPES, "nothing"}})
    opened = {
        route: {one for one in {*SCOPES, "nothing"} if authorize(f"Bearer key-for-{one:->12}", route)["isAuthorized"]}
        for route in [*ROUTES, "GET /elsewhere", "POST /calls", "$default"]
    }
    assert opened == {
        "GET /calls": {"calls:read"},
        "GET /calls/{confId}": {"calls:read"},
        "GET /calls/{confId}/plan": {"calls:read"},
        "GET /supervisions": {"calls:read"},
        "POST /calls/{confId}/listen": {"calls:listen"},
        "POST /calls/{confId}/whisper": {"calls:whisper"},
        "POST /calls/{confId}/barge": {"calls:barge"},
        "POST /calls/{confId}/takeover": {"calls:takeover"},
        "POST /calls/{confId}/hangup": {"calls:hangup"},
        "PUT /calls/{confId}/help": {"calls:help"},
        "DELETE /calls/{confId}/help": {"calls:help"},
        "GET /agents": {"calls:read"},
        "POST /agents/{clientId}/follow": {"calls:follow"},
        "GET /follows": {"calls:read"},
        "DELETE /follows/{id}": {"calls:follow"},
        "GET /supervisions/{id}": {"calls:read"},
        "PATCH /supervisions/{id}": {"calls:listen", "calls:whisper", "calls:barge", "calls:takeover"},
        "DELETE /supervisions/{id}": {"calls:listen", "calls:whisper", "calls:barge", "calls:takeover"},
        "GET /me": {*SCOPES, "nothing"},
        "GET /elsewhere": set(),
        "POST /calls": set(),
        "$default": set(),
    }


def test_every_route_that_is_not_open_to_all_stands_in_the_table():
    assert {route.key for route in Template().routes if route.authorizer} <= set(ROUTES)


def test_a_key_is_added_rotated_and_withdrawn_without_a_deployment(authorize, clock_at):
    assert authorize("Bearer crm-key-of-sixteen")["isAuthorized"] is True
    put({"crm": {"keys": ["crm-key-of-sixteen", "next-key-of-sixteen"], "scopes": ["calls:read"]}})
    clock_at(60)
    assert authorize("Bearer crm-key-of-sixteen")["isAuthorized"] is True
    assert authorize("Bearer next-key-of-sixteen")["isAuthorized"] is True
    put({"crm": {"key": "next-key-of-sixteen", "scopes": ["calls:read"]}})
    clock_at(60)
    assert authorize("Bearer crm-key-of-sixteen")["isAuthorized"] is False
    assert authorize("Bearer next-key-of-sixteen")["isAuthorized"] is True


def test_a_withdrawn_key_is_out_within_five_minutes_even_while_the_secret_cannot_be_read(authorize, clock_at):
    assert authorize("Bearer crm-key-of-sixteen")["isAuthorized"] is True
    aws.client("secretsmanager").delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    clock_at(120)
    assert authorize("Bearer crm-key-of-sixteen")["isAuthorized"] is True
    clock_at(60)  # and the gateway holds an answer for another 60
    with pytest.raises(Exception, match="cannot be read"):
        authorize("Bearer crm-key-of-sixteen")


@pytest.mark.parametrize("text", ["", "not JSON", "[]"])
def test_a_secret_that_cannot_be_read_lets_nobody_in_and_is_an_error(authorize, text):
    put(text or " ")
    with pytest.raises(ValueError, match=r".+"):
        authorize("Bearer crm-key-of-sixteen")


def test_while_the_secret_is_no_json_the_last_good_one_serves_and_that_is_said(authorize, clock_at, caplog):
    assert authorize("Bearer crm-key-of-sixteen")["isAuthorized"] is True
    put("{")
    for _ in range(2):
        clock_at(61)
        assert authorize("Bearer crm-key-of-sixteen")["isAuthorized"] is True
    assert caplog.messages.count("the clients' secret cannot be read") == 1
    put({})
    clock_at(61)
    assert authorize("Bearer crm-key-of-sixteen")["isAuthorized"] is False


def test_a_missing_secret_lets_nobody_in_and_is_an_error(authorize):
    aws.client("secretsmanager").delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    with pytest.raises(Exception, match="cannot be read"):
        authorize("Bearer crm-key-of-sixteen")


def test_the_secret_is_read_once_a_minute_however_many_ask(authorize, clock_at, monkeypatch):
    vault = aws.client("secretsmanager")
    read = Mock(wraps=vault.get_secret_value)
    parse = Mock(wraps=clients.read_clients)
    monkeypatch.setattr(vault, "get_secret_value", read)
    monkeypatch.setattr("supervision.table.clients.read_clients", parse)
    for _ in range(20):
        authorize("Bearer crm-key-of-sixteen")
    assert (read.call_count, parse.call_count) == (1, 1)
    clock_at(61)
    authorize("Bearer crm-key-of-sixteen")
    assert (read.call_count, parse.call_count) == (2, 1)


def test_nothing_that_was_sent_is_logged(authorize, caplog):
    caplog.set_level("DEBUG")
    for key in ("crm-key-of-sixteen", "some-unknown-key"):
        authorize(f"Bearer {key}")
    text = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith(("service", "super")))
    assert "crm" in text
    assert "-key" not in text
