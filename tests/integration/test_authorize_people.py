import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from supervision.base import aws
from supervision.base.settings import SettingError
from tests.integration.authorizer import CONTEXT, Issuer, event, loaded

AUDIENCE = "call-floor"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key, kid):
    maker = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**maker.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}


@pytest.fixture
def issuer():
    made = Issuer()
    made.keys = [public(RSA, "rsa-1"), public(EC, "ec-1")]
    yield made
    made.stop()


@pytest.fixture
def app(issuer, made_up_aws, monkeypatch):
    aws.client("secretsmanager").create_secret(
        Name="clients", SecretString=json.dumps({"crm": {"key": "crm-key-of-sixteen", "scopes": ["calls:read"]}})
    )
    monkeypatch.setenv("API_CLIENTS_SECRET", "clients")
    monkeypatch.setenv("JWT_ISSUER", issuer.url)
    monkeypatch.setenv("JWT_AUDIENCE", AUDIENCE)
    monkeypatch.delenv("JWT_JWKS_URL", raising=False)
    with loaded() as app:
        yield app


@pytest.fixture
def authorize(app):
    return lambda token, route="GET /calls": app.lambda_handler(event(f"Bearer {token}", route), CONTEXT)


@pytest.fixture
def token(issuer):
    def made(*, key=RSA, kid="rsa-1", algorithm="RS256", without=(), **claims):
        now = int(time.time())
        all_claims = {
            "iss": issuer.url,
            "aud": AUDIENCE,
            "sub": "user-7",
            "email": "ann@example.com",
            "email_verified": True,
            "scope": "openid calls:read",
            "iat": now,
            "exp": now + 600,
            **claims,
        }
        kept = {name: value for name, value in all_claims.items() if name not in without}
        return jwt.encode(kept, key, algorithm, headers={"kid": kid} if kid else None)

    return made


@pytest.mark.parametrize(("key", "kid", "algorithm"), [(RSA, "rsa-1", "RS256"), (EC, "ec-1", "ES256")])
def test_a_token_of_the_issuers_lets_its_person_in(authorize, token, key, kid, algorithm):
    answer = authorize(token(key=key, kid=kid, algorithm=algorithm))
    assert answer["isAuthorized"] is True
    assert answer["context"] == {"client": "person:ann@example.com", "scopes": "calls:read", "agents": "", "phones": ""}


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "calls:read calls:barge"},
        {"scope": "", "scp": ["calls:read", "calls:barge"]},
        {"scope": None, "scp": "calls:barge calls:read"},
        {"scope": "calls:read", "roles": ["calls:barge", "calls:everything", 7]},
        {"scope": "calls:read", "groups": ["calls:barge", None]},
        {"scope": "openid", "cognito:groups": ["calls:barge", "calls:read"]},
    ],
)
def test_scopes_come_from_the_claims_that_providers_put_them_in(authorize, token, claims):
    answer = authorize(token(**claims), "POST /calls/{confId}/barge")
    assert answer["context"]["scopes"] == "calls:barge calls:read"


def test_a_person_without_the_routes_scope_is_denied(authorize, token):
    assert authorize(token(), "POST /calls/{confId}/barge")["isAuthorized"] is False
    assert authorize(token(scope="openid"))["isAuthorized"] is False
    assert authorize(token(without=["scope"]))["isAuthorized"] is False


@pytest.mark.parametrize(
    ("claims", "client"),
    [
        ({}, "ann@example.com"),
        ({"email_verified": "true"}, "ann@example.com"),
        ({"without": ["email_verified"]}, "user-7"),
        ({"email_verified": "yes", "sub": "crm"}, "crm"),
        ({"email_verified": None}, "user-7"),
        ({"email_verified": False}, "user-7"),
        ({"email_verified": "false"}, "user-7"),
        ({"email": ""}, "user-7"),
        ({"email": "jos\u00e9@example.com"}, "jos\u00e9@example.com"),
    ],
)
def test_the_person_is_the_verified_address_or_the_subject(authorize, token, claims, client):
    assert authorize(token(**claims))["context"]["client"] == f"person:{client}"


NOW = int(time.time())
REFUSED: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 60},
    "not valid yet": {"nbf": NOW + 86_400},
    "for another audience": {"aud": "another"},
    "for none": {"without": ["aud"]},
    "of another issuer": {"iss": "https://elsewhere.example.com"},
    "of no issuer": {"without": ["iss"]},
    "that never ends": {"without": ["exp"]},
    "signed by a stranger": {"key": STRANGER},
    "signed with another of the keys": {"kid": "ec-1"},
    "of an unknown key": {"key": STRANGER, "kid": "unknown"},
    "that names no key and is of none": {"key": STRANGER, "kid": None},
    "that ends in no time": {"exp": float("inf")},
    "whose end is no number": {"exp": [1]},
    "whose subject is no text": {"email": "", "sub": ["crm"]},
    "with an algorithm that is not allowed": {"algorithm": "RS512"},
    "of nobody": {"email": "", "without": ["sub"]},
    "of a name that is not printable": {"email": "ann@example.com\u202e"},
    "of a name on two lines": {"email": "", "sub": "ann\nadmin"},
    "of a name in full-width letters": {"email": "\uff41nn@example.com"},
    "of a name with a Cyrillic letter": {"email": "\u0430nn@example.com"},
    "of a name in Greek letters": {"email": "", "sub": "\u0391\u039d\u039d"},
    "of a name with a dotless i": {"email": "n\u0131na@example.com"},
    "of a name with a mark of its own": {"email": "ann\u0301@example.com"},
    "of a name with an Arabic-Indic digit": {"email": "", "sub": "user-\u0667"},
    "of a name with a space around it": {"email": "", "sub": "crm "},
}


SIGNED_BY_ANOTHER = {
    "signed by a stranger",
    "signed with another of the keys",
    "of an unknown key",
    "that names no key and is of none",
}
LOOKS, LOOK_AGAIN_SECONDS = 3, 30


@pytest.mark.parametrize("why", REFUSED)
def test_any_other_token_is_denied(authorize, token, why):
    assert authorize(token(**REFUSED[why])) == {"isAuthorized": False, "context": {}}


def test_a_token_without_a_signature_is_denied(authorize, token):
    head, body, signature = token().split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "rsa-1"}).encode()).decode().rstrip("=")
    for forged in (f"{none}.{body}.", f"{none}.{body}.{signature}", f"{head}.{body}.", f"{head}.{body}.AAAA"):
        assert authorize(forged)["isAuthorized"] is False


def test_a_public_key_is_no_shared_secret(authorize, token):
    pem = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"rsa-1"}').decode().rstrip("=")
    body = token().split(".")[1]
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(f"{head}.{body}".encode(), pem)
    forged = f"{head}.{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    assert authorize(forged)["isAuthorized"] is False


@pytest.mark.parametrize(
    "token", ["eyJ.eyJ.x", "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYS0xIn0.eyJ9.AAAA", "eyJhbGciOiJSUzI1NiJ9.."]
)
def test_rubbish_is_denied(authorize, token):
    assert authorize(token)["isAuthorized"] is False


def test_keys_of_clients_work_beside_tokens(authorize):
    assert authorize("crm-key-of-sixteen")["context"]["client"] == "crm"
    assert authorize("crm.key.too")["isAuthorized"] is False


def test_the_keys_are_fetched_once_and_found_by_discovery(authorize, token, issuer):
    for _ in range(5):
        authorize(token())
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize("why", sorted(REFUSED.keys() - SIGNED_BY_ANOTHER))
def test_no_key_is_fetched_for_what_could_never_be_accepted(authorize, token, issuer, why):
    authorize(token(**REFUSED[why]))
    authorize("crm-key-of-sixteen")
    assert issuer.asked == []


def test_forged_tokens_make_it_ask_the_issuer_a_few_times_and_then_once_in_a_while(authorize, token, issuer, clock_at):
    for number in range(30):
        authorize(token(key=STRANGER, kid=f"guess-{number}"))
    assert issuer.asked.count("/keys") == 1 + LOOKS
    clock_at(LOOK_AGAIN_SECONDS)
    for number in range(30):
        authorize(token(key=STRANGER, kid=f"guess-{number}"))
    assert issuer.asked.count("/keys") == 2 + LOOKS


@pytest.mark.parametrize("kid", ["next", None])
def test_a_key_that_the_issuer_adds_works_at_once(authorize, token, issuer, kid):
    assert authorize(token())["isAuthorized"] is True
    added = public(STRANGER, kid)
    issuer.keys.append({name: value for name, value in added.items() if value is not None})
    assert authorize(token(key=STRANGER, kid=kid))["isAuthorized"] is True
    assert authorize(token())["isAuthorized"] is True
    assert issuer.asked.count("/keys") == 2


@pytest.mark.parametrize(("kid", "names"), [(None, None), (None, "rsa-1"), ("rsa-1", None)])
def test_a_key_or_a_token_may_have_no_id(authorize, token, issuer, kid, names):
    key = public(RSA, kid)
    issuer.keys = [public(EC, "ec-1"), public(STRANGER, "another"), {n: v for n, v in key.items() if v is not None}]
    assert authorize(token(kid=names))["isAuthorized"] is True
    assert authorize(token(kid=names, exp=NOW - 60))["isAuthorized"] is False


def test_a_key_that_is_for_something_else_is_none(authorize, token, issuer):
    secret = {"kty": "oct", "kid": "rsa-1", "k": "c2VjcmV0LXRoYXQtZXZlcnlib2R5LWtub3dz", "alg": "HS256"}
    for key in ({**public(RSA, "rsa-1"), "use": "enc"}, {**public(RSA, "rsa-1"), "alg": "RS512"}, secret):
        issuer.keys = [key, public(EC, "ec-1")]
        assert authorize(token())["isAuthorized"] is False


def test_an_issuer_that_is_down_lets_nobody_in_and_is_asked_once_in_a_while(authorize, token, issuer, clock_at):
    issuer.down = True
    for _ in range(20):
        with pytest.raises(Exception, match="the issuer's keys cannot be read"):
            authorize(token())
    assert len(issuer.asked) == 1
    assert authorize("crm-key-of-sixteen")["isAuthorized"] is True
    issuer.down = False
    clock_at(10)
    assert authorize(token())["isAuthorized"] is True


def test_the_last_keys_serve_for_an_hour_while_the_issuer_is_down(authorize, token, issuer, clock_at):
    authorize(token())
    issuer.down = True
    asked = len(issuer.asked)
    clock_at(3_590)
    for _ in range(10):
        assert authorize(token())["isAuthorized"] is True
    assert len(issuer.asked) == asked + 1
    clock_at(10)
    with pytest.raises(Exception, match="cannot be read"):
        authorize(token())


def test_a_key_that_the_issuer_withdraws_is_out_in_five_minutes(authorize, token, issuer, clock_at):
    assert authorize(token())["isAuthorized"] is True
    issuer.keys = [public(EC, "ec-1")]
    clock_at(300)
    assert authorize(token())["isAuthorized"] is False


@pytest.mark.parametrize("keys", [[], "keys", [7], [{"kty": "RSA"}], None])
def test_an_issuer_without_a_key_that_can_be_read_is_as_one_that_is_down(authorize, token, issuer, keys):
    issuer.keys = keys
    with pytest.raises(Exception, match="cannot be read"):
        authorize(token())
    assert authorize("crm-key-of-sixteen")["isAuthorized"] is True


def test_a_discovery_document_of_another_issuer_is_an_error(authorize, token, issuer, caplog):
    issuer.named = "https://elsewhere.example.com"
    with pytest.raises(Exception, match="cannot be read"):
        authorize(token())
    assert "another issuer" in " ".join(str(vars(record)) for record in caplog.records)


def test_the_keys_url_can_be_given(authorize, token, issuer, monkeypatch):
    monkeypatch.setenv("JWT_JWKS_URL", f"{issuer.url}/keys")
    assert authorize(token())["isAuthorized"] is True
    assert issuer.asked == ["/keys"]


@pytest.mark.parametrize("missing", ["JWT_ISSUER", "JWT_AUDIENCE"])
def test_half_of_the_settings_stops_the_function_with_one_line(app, monkeypatch, missing):
    monkeypatch.setenv(missing, "")
    with pytest.raises(SystemExit, match="JWT_ISSUER and JWT_AUDIENCE go together") as ended:
        app.lambda_handler(event("Bearer crm-key-of-sixteen"), CONTEXT)
    assert isinstance(ended.value.__context__, SettingError)


def test_a_token_is_never_logged(authorize, token, caplog):
    caplog.set_level("DEBUG")
    bearer = token(exp=NOW - 60)
    authorize(bearer)
    text = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith("service"))
    assert "ExpiredSignatureError" in text
    assert bearer.split(".")[2] not in text
