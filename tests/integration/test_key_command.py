import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from supervision.base import aws
from supervision.table.clients import read_clients

ROOT = Path(__file__).parents[2]
FIRST = {"first": {"key": "first-key-of-sixteen", "scopes": ["calls:read"], "phones": ["+12125550142"]}}


@pytest.fixture
def secret(served_aws):
    aws.client("secretsmanager").create_secret(Name="clients", SecretString=json.dumps(FIRST))
    return lambda: json.loads(aws.client("secretsmanager").get_secret_value(SecretId="clients")["SecretString"])


def key(*arguments, expect=0):
    environment = {**os.environ, "PYTHONPATH": "shared"}
    command = [sys.executable, ".ci/key", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == expect, done.stderr
    return done if expect else done.stdout.strip()


def test_a_new_client_is_added_beside_the_others(secret):
    made = key("crm", "--scopes", "calls:read", "calls:listen", "--secret", "clients")
    assert len(made) == 43
    assert secret() == FIRST | {"crm": {"key": made, "scopes": ["calls:read", "calls:listen"]}}


def test_a_clients_key_is_rotated(secret):
    made = key("first", "--secret", "clients")
    both = read_clients(json.dumps(secret()))
    assert both.holder("first-key-of-sixteen") == both.holder(made) == both.callers["first"]
    assert secret()["first"]["phones"] == ["+12125550142"]
    assert key("first", "--secret", "clients", "--withdraw", "old") == ""
    assert secret() == {"first": FIRST["first"] | {"key": made}}


def test_a_client_is_withdrawn(secret):
    key("first", "--secret", "clients", "--withdraw", "all")
    assert secret() == {}


def test_without_a_secret_the_entry_is_printed(served_aws):
    environment = {**os.environ, "PYTHONPATH": "shared"}
    command = [sys.executable, ".ci/key", "crm", "--scopes", "calls:read"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    entry = json.loads("{" + done.stderr.partition("secret: ")[2] + "}")
    assert entry == {"crm": {"key": done.stdout.strip(), "scopes": ["calls:read"]}}
    assert read_clients(json.dumps(entry)).holder(done.stdout.strip())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "--secret", "clients"], "give its SCOPES"),
        (["new"], "give SCOPES for a new client"),
        (["new", "--secret", "clients", "--withdraw", "all"], "there is no client"),
        (["a" * 65, "--scopes", "calls:read", "--secret", "clients"], "unusable; nothing was changed"),
        (["first", "--secret", "elsewhere"], "ResourceNotFound"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_changes_nothing(secret, arguments, said):
    [line] = key(*arguments, expect=1).stderr.splitlines()
    assert said in line
    assert secret() == FIRST
