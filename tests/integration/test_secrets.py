import subprocess
import sys

import pytest
from botocore.exceptions import EndpointConnectionError

from supervision.base import aws
from supervision.table.secret import Secret, SecretUnavailable


@pytest.fixture
def vault(made_up_aws, clock_at):
    aws.client("secretsmanager").create_secret(Name="thing", SecretString="first")
    return aws.client("secretsmanager")


@pytest.fixture
def down(vault, monkeypatch):
    """Makes Secrets Manager fail until called with False; counts the attempts."""
    read, state = vault.get_secret_value, {"down": False, "asked": 0}

    def get_secret_value(**names):
        state["asked"] += 1
        if state["down"]:
            raise EndpointConnectionError(endpoint_url="https://secretsmanager")
        return read(**names)

    monkeypatch.setattr(vault, "get_secret_value", get_secret_value)
    return state


def change(vault, text):
    vault.put_secret_value(SecretId="thing", SecretString=text)


def test_a_secret_is_read_on_first_use_and_held(vault, down):
    secret = Secret("thing")
    assert down["asked"] == 0
    assert [secret.get() for _ in range(5)] == ["first"] * 5
    assert down["asked"] == 1


def test_a_change_is_seen_within_five_minutes(vault, clock_at):
    secret = Secret("thing")
    secret.get()
    change(vault, "second")
    clock_at(299)
    assert secret.get() == "first"
    clock_at(1)
    assert secret.get() == "second"


def test_a_secret_that_was_forgotten_is_read_at_once(vault):
    secret = Secret("thing")
    secret.get()
    change(vault, "second")
    secret.forget()
    assert secret.get() == "second"


def test_the_held_one_serves_while_it_cannot_be_read_and_it_is_not_asked_for_each_time(vault, down, clock_at):
    secret = Secret("thing")
    secret.get()
    change(vault, "second")
    down["down"] = True
    clock_at(301)
    assert [secret.get() for _ in range(5)] == ["first"] * 5
    assert down["asked"] == 2
    clock_at(10)
    secret.get()
    assert down["asked"] == 3
    down["down"] = False
    clock_at(10)
    assert secret.get() == "second"


def test_a_secret_that_was_forgotten_is_read_at_once_even_after_a_failure(vault, down, clock_at):
    secret = Secret("thing")
    secret.get()
    down["down"] = True
    clock_at(301)
    secret.get()
    down["down"] = False
    change(vault, "second")
    assert secret.get() == "first"
    secret.forget()
    assert secret.get() == "second"


def test_a_forgotten_one_still_serves_if_it_cannot_be_read(vault, down):
    secret = Secret("thing")
    secret.get()
    down["down"] = True
    secret.forget()
    assert secret.get() == "first"


def test_one_with_a_bound_serves_until_then_and_no_longer(vault, down, clock_at):
    secret = Secret("thing", max_age=60, max_stale=180)
    secret.get()
    down["down"] = True
    clock_at(179)
    assert secret.get() == "first"
    clock_at(1)
    with pytest.raises(SecretUnavailable):
        secret.get()


def test_none_that_was_ever_read_is_an_error(vault, down):
    down["down"] = True
    with pytest.raises(SecretUnavailable):
        Secret("thing").get()
    with pytest.raises(SecretUnavailable):
        Secret("no such thing").get()


def test_a_secret_without_text_is_an_error(vault):
    vault.create_secret(Name="binary", SecretBinary=b"x")
    with pytest.raises(SecretUnavailable):
        Secret("binary").get()


def test_what_only_some_need_is_not_imported_ahead():
    code = (
        "import sys; from supervision.ytel.tokens import Token; from supervision.table.secret import Secret; "
        "Secret('x');"
        "print([name for name in ('boto3', 'cryptography', 'requests') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "shared"}, capture_output=True, text=True)
    assert out.stdout.strip() == "[]", out.stderr
