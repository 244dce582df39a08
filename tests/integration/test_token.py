import base64
import json
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from botocore.exceptions import EndpointConnectionError

from supervision.base import aws, clock
from supervision.base.problems import YtelRateLimited, YtelRejected, YtelUnavailable
from supervision.table.secret import Secret
from supervision.ytel.tokens import Token, read_token, token_url
from tests.harness.fake_ytel.fake import FakeYtel
from tests.harness.fake_ytel.faults import Body, Delay, Html, Json, Reset, Status

CREDENTIALS = {"username": "supervisor@example.com", "password": "fake-ytel-password"}


@pytest.fixture
def ytel(clock_at):
    fake = FakeYtel(clock=lambda: clock.now_ms(), token_seconds=3_600).start()
    # Names in place of JWTs, so that a test can say which token it is; all that an answer may say.
    fake.knobs.turn(
        {
            "tokens.kind": "named",
            "tokens.shape": "envelope",
            "tokens.says_expiry": True,
        }
    )
    yield fake
    fake.stop()


@pytest.fixture
def environment(table, ytel):
    """Makes the token of another environment; the first call may say what the secret holds."""

    def make(text=None):
        if text is not None:
            keep(text)
        return Token(Secret("ytel-token"), api_url=ytel.api_url, table=table, session_secret="ytel-session", timeout=2)

    aws.client("secretsmanager").create_secret(Name="ytel-token", SecretString=json.dumps(CREDENTIALS))
    aws.client("secretsmanager").create_secret(Name="ytel-session")
    return make


def keep(text):
    aws.client("secretsmanager").put_secret_value(
        SecretId="ytel-token", SecretString=text if isinstance(text, str) else json.dumps(text)
    )


def log_ins(ytel):
    return ytel.requests.count("POST", "/auth/v3/token")


# ---------------------------------------------------------------- a token in the secret


@pytest.mark.parametrize("text", ["long-lived", " long-lived\n", '{"token": "long-lived"}'])
def test_a_token_is_sent_as_the_secret_holds_it(environment, ytel, text):
    assert environment(text).bearer() == "long-lived"
    assert len(ytel.requests) == 0


def test_a_withdrawn_token_is_replaced_once_it_is_refused(environment):
    token = environment("first")
    assert token.bearer() == "first"
    keep("second")
    assert token.renew("first") == "second"
    assert token.bearer() == "second"


def test_a_token_that_is_refused_and_was_not_replaced_is_all_there_is(environment):
    token = environment("first")
    assert token.bearer() == "first"
    assert token.renew("first") == "first"


@pytest.mark.parametrize(
    "text",
    [" ", "{}", "{", "{]", "two words", '{"token": ""}', '{"token": "{}"}', '{"username": "ann"}', "tok\nen", "tøken"],
)
def test_a_secret_without_a_token_is_said_to_be_that(environment, text):
    with pytest.raises(YtelUnavailable, match="holds no token"):
        environment(text).bearer()


def test_a_refresh_token_alone_is_refused_with_the_reason_and_wakes_somebody(environment, ytel, monkeypatch):
    counted = []
    monkeypatch.setattr("supervision.ytel.tokens.add_metric", lambda name: counted.append(name))
    with pytest.raises(YtelUnavailable, match="refresh token alone, which ends after 24 hours"):
        environment({"refreshToken": "refresh-token-1"}).bearer()
    assert log_ins(ytel) == 0
    assert counted == ["TokensRefused"]


def test_a_secret_that_cannot_be_read_is_said_to_be_that(environment):
    aws.client("secretsmanager").delete_secret(SecretId="ytel-token", ForceDeleteWithoutRecovery=True)
    with pytest.raises(YtelUnavailable, match="cannot be read") as problem:
        environment().bearer()
    assert problem.value.retry_after


# ---------------------------------------------------------------- a token made of credentials


def test_all_environments_share_the_token_that_the_first_one_made(environment, ytel):
    first, second = environment(), environment()
    assert first.bearer() == second.bearer() == first.bearer() == "access-token-1"
    [request] = ytel.requests.of("POST", "/auth/v3/token")
    assert request.body == {"grantType": "resource_owner_credentials", **CREDENTIALS}
    assert not ytel.complaints


def test_many_at_once_make_one(environment, ytel):
    ytel.faults.add("POST", "/token$", Delay(0.3))
    tokens = [environment() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda token: token.bearer(), tokens)) == {"access-token-1"}
    assert log_ins(ytel) == 1


def test_it_is_replaced_before_it_ends(environment, ytel, clock_at):
    first, second = environment(), environment()
    assert (first.bearer(), second.bearer()) == ("access-token-1", "access-token-1")
    clock_at(3_539)
    assert first.bearer() == "access-token-1"
    clock_at(1)
    assert first.bearer() == "access-token-2"
    assert second.bearer() == "access-token-2"
    assert log_ins(ytel) == 2


def test_the_end_is_read_from_the_token_where_the_answer_does_not_say(environment, ytel, clock_at):
    ends = clock.now_ms() // 1000 + 600
    made = jwt.encode({"exp": ends}, "a-secret-of-the-test-that-is-long-enough")
    ytel.faults.add("POST", "/token$", Json({"status": True, "payload": [{"accessToken": made}]}))
    token = environment()
    assert token.bearer() == made
    clock_at(539)
    assert token.bearer() == made
    clock_at(1)
    assert token.bearer() == "access-token-1"


def test_one_that_does_not_say_when_it_ends_is_used_until_it_is_refused(environment, ytel, clock_at):
    ytel.tokens.says_expiry = False
    token = environment()
    assert token.bearer() == "access-token-1"
    clock_at(86_400)
    assert token.bearer() == "access-token-1"
    assert token.renew("access-token-1") == "access-token-2"


def test_one_that_is_refused_is_replaced_by_one_function_and_found_by_the_others(environment, ytel, clock_at):
    first, second, third = (environment() for _ in range(3))
    for token in (first, second, third):
        token.bearer()
    clock_at(31)
    assert first.renew("access-token-1") == "access-token-2"
    assert second.renew("access-token-1") == "access-token-2"
    clock_at(31)
    assert third.renew("access-token-1") == "access-token-2"
    assert log_ins(ytel) == 2


def test_one_that_was_made_a_moment_ago_is_not_the_reason_for_a_refusal(environment, ytel, clock_at):
    token = environment()
    token.bearer()
    for _ in range(5):
        assert token.renew("access-token-1") == "access-token-1"
        clock_at(5)
    assert log_ins(ytel) == 1


@pytest.mark.parametrize("seconds", [6, 300])
def test_one_that_was_made_by_a_clock_that_was_ahead_is_replaced_once_it_is_refused(
    environment, ytel, clock_at, seconds
):
    clock_at(seconds)
    environment().bearer()
    clock_at(-seconds)
    assert environment().renew("access-token-1") == "access-token-2"


def test_credentials_that_were_refused_by_a_clock_that_was_ahead_are_tried_again(environment, ytel, clock_at):
    ytel.tokens.password = "changed"
    clock_at(300)
    with pytest.raises(YtelRejected, match="refused the credentials"):
        environment().bearer()
    clock_at(-300)
    ytel.tokens.password = CREDENTIALS["password"]
    assert environment().bearer() == "access-token-1"


def test_credentials_that_are_refused_are_not_tried_again_by_anybody_for_a_minute(environment, ytel, clock_at):
    ytel.tokens.password = "changed"
    for _ in range(3):
        with pytest.raises(YtelRejected, match="refused the credentials"):
            environment().bearer()
    assert log_ins(ytel) == 1
    clock_at(61)
    ytel.tokens.password = CREDENTIALS["password"]
    assert environment().bearer() == "access-token-1"


def test_changed_credentials_are_taken_up_when_the_old_ones_are_refused(environment, ytel, clock_at):
    token = environment()
    token.bearer()
    ytel.tokens.password = "changed"
    keep(CREDENTIALS | {"password": "changed"})
    clock_at(31)
    assert token.renew("access-token-1") == "access-token-2"
    assert log_ins(ytel) == 2


def test_credentials_that_were_changed_a_moment_ago_are_taken_up_at_once(environment, table, ytel):
    environment()
    secret = Secret("ytel-token")
    secret.get()
    ytel.tokens.password = "changed"
    keep(CREDENTIALS | {"password": "changed"})
    assert (
        Token(secret, api_url=ytel.api_url, table=table, session_secret="ytel-session", timeout=2).bearer()
        == "access-token-1"
    )
    assert log_ins(ytel) == 2


def test_a_token_in_place_of_credentials_is_taken_up_when_they_are_refused(environment, ytel, clock_at):
    token = environment()
    token.bearer()
    ytel.tokens.password = "changed"
    keep("long-lived")
    clock_at(3_599)
    assert token.bearer() == "long-lived"


@pytest.mark.parametrize(
    "fault",
    [
        Status(503),
        Status(500),
        Reset(),
        Html(),
        Html(status=502),
        Status(302),
        Json({"status": True, "payload": []}),
        Json({"status": True, "payload": [{"accessToken": None}]}),
        Json({"status": True, "payload": [{"accessToken": "töken"}]}),
        Json({"status": True, "payload": "x"}),
        Body(b'{"status": tr'),
        Body(b""),
    ],
    ids=repr,
)
def test_a_token_endpoint_that_fails_says_that_nothing_was_sent_and_is_asked_again_by_the_next(
    environment, ytel, fault
):
    ytel.faults.add("POST", "/token$", fault)
    token = environment()
    with pytest.raises(YtelUnavailable) as problem:
        token.bearer()
    assert type(problem.value) is YtelUnavailable
    assert problem.value.retry_after
    assert token.bearer().startswith("access-token-")


def test_its_own_request_to_slow_down_is_passed_on(environment, ytel):
    ytel.faults.add("POST", "/token$", Status(429, retry_after=7))
    with pytest.raises(YtelRateLimited) as problem:
        environment().bearer()
    assert problem.value.retry_after == 7


def test_the_old_one_serves_while_another_function_makes_the_next(environment, table, clock_at):
    token = environment()
    token.bearer()
    clock_at(3_550)
    lease_of_another(table)
    assert token.bearer() == "access-token-1"


def test_without_an_old_one_it_waits_for_a_while_and_then_says_when_to_come_again(environment, table, ytel):
    lease_of_another(table)
    with pytest.raises(YtelUnavailable, match="being made") as problem:
        Token(
            Secret("ytel-token"), api_url=ytel.api_url, table=table, session_secret="ytel-session", timeout=0.1
        ).bearer()
    assert problem.value.retry_after
    assert log_ins(ytel) == 0


def test_a_lease_of_a_function_that_died_runs_out(environment, table, clock_at):
    lease_of_another(table)
    clock_at(10)
    assert environment().bearer() == "access-token-1"


def lease_of_another(table):
    aws.client("dynamodb").put_item(
        TableName=table,
        Item={
            "pk": {"S": "TOKEN"},
            "sk": {"S": "LEASE"},
            "leaseHolder": {"S": "another"},
            "leaseUntil": {"N": str(clock.now_ms() + 5_000)},
        },
    )


def test_the_table_tells_nobody_the_token(environment, table):
    environment().bearer()
    items = aws.client("dynamodb").scan(TableName=table)["Items"]
    assert sorted(item["sk"]["S"] for item in items) == ["LEASE", "SESSION"]
    assert b"token-1" not in repr(items).encode()
    assert CREDENTIALS["password"] not in repr(items)


def test_the_token_is_the_version_of_the_secret_that_the_table_says(environment, ytel):
    environment().bearer()
    aws.client("secretsmanager").put_secret_value(SecretId="ytel-session", SecretString="of a function that died then")
    assert environment().bearer() == "access-token-1"
    assert log_ins(ytel) == 1


def test_a_session_whose_token_is_gone_is_made_anew(environment, ytel):
    environment().bearer()
    vault = aws.client("secretsmanager")
    vault.delete_secret(SecretId="ytel-session", ForceDeleteWithoutRecovery=True)
    vault.create_secret(Name="ytel-session")
    assert environment().bearer() == "access-token-2"


@pytest.mark.parametrize(("operation", "what"), [("put_secret_value", "kept"), ("get_secret_value", "read")])
def test_while_the_shared_token_cannot_be_kept_or_read_nothing_is_sent(environment, ytel, monkeypatch, operation, what):
    if what == "read":
        environment().bearer()
    vault = aws.client("secretsmanager")
    does = getattr(vault, operation)

    def fails_of_the_session(**asked):
        if asked["SecretId"] == "ytel-session":
            raise EndpointConnectionError(endpoint_url="https://secretsmanager")
        return does(**asked)

    monkeypatch.setattr(vault, operation, fails_of_the_session)
    with pytest.raises(YtelUnavailable, match=f"cannot be {what}") as problem:
        environment().bearer()
    assert problem.value.retry_after
    assert log_ins(ytel) == 1
    monkeypatch.undo()
    assert environment().bearer().startswith("access-token-")


def test_a_session_of_other_credentials_is_not_opened(environment, ytel):
    environment().bearer()
    ytel.tokens.password = "changed"
    assert environment(CREDENTIALS | {"password": "changed"}).bearer() == "access-token-2"


def test_no_secret_stands_in_a_representation():
    held = repr(read_token(json.dumps(CREDENTIALS)))
    assert CREDENTIALS["password"] not in held


def test_the_token_endpoint_is_on_the_apis_own_host():
    assert token_url("https://api.ytel.com/api/v4") == "https://api.ytel.com/auth/v3/token"
    assert token_url("http://127.0.0.1:3002/api/v4") == "http://127.0.0.1:3002/auth/v3/token"


def test_a_plain_token_says_once_an_hour_that_it_ends_within_fourteen_days(clock_at, monkeypatch):
    said = []
    monkeypatch.setattr("supervision.ytel.tokens.add_metric", lambda name, days: said.append((name, days)))
    day = 86_400
    claims = base64.urlsafe_b64encode(json.dumps({"exp": clock_at() // 1000 + 15 * day}).encode()).decode().rstrip("=")

    secret = Secret("of-a-person")
    monkeypatch.setattr(secret, "get", lambda: f"h.{claims}.s")
    token = Token(secret, api_url="https://y.example.com/api/v4", table="t", session_secret="s", timeout=1)
    token.bearer()
    assert said == []
    clock_at(1.5 * day)
    token.bearer()
    token.bearer()
    clock_at(3601)
    token.bearer()
    assert said == [("TokenDaysLeft", 13), ("TokenDaysLeft", 13)]
