"""The commands of an operator, as they are called."""

import json
import os
import subprocess
import sys

import pytest
import yaml

from tests.harness.cloudformation import load
from tests.harness.system import LOCAL_KEY, System
from tests.harness.template import ROOT

PARAMETERS = load(ROOT / "template.yaml")["Parameters"]


def run(*arguments, expect=0, **environment):
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("stage", ["dev", "prod"])
@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_a_stage_is_deployed_whole_for_the_architecture_that_was_built(stage, architecture):
    command = run(".ci/deploy", "command", stage, architecture).split()
    overrides = dict(one.split("=", 1) for one in command[command.index("--parameter-overrides") + 1 :])
    assert overrides["Architecture"] == architecture
    assert overrides["EventBusName"] == {"dev": "supervision-dev", "prod": "supervision"}[stage]
    assert overrides.keys() <= PARAMETERS.keys()
    assert overrides.get("Deployment", "AllAtOnce") == {"dev": "AllAtOnce", "prod": "Canary10Percent5Minutes"}[stage]
    assert {"--confirm-changeset", stage} <= set(command)


def test_a_stage_that_there_is_not_is_said():
    run(".ci/deploy", "command", "test", "arm64", expect=1)


def test_it_is_looked_whether_what_was_deployed_answers():
    looks = "import runpy, sys; sys.exit(runpy.run_path('.ci/deploy')['look'](*sys.argv[1:]))"
    with System() as system:
        assert "FAILED" not in run("-c", looks, system.url, LOCAL_KEY)
        assert "FAILED" not in run("-c", looks, system.url, "")
        assert "FAILED  a signed poll: 403" in run("-c", looks, system.url, "a-key-of-nobody", expect=1)


def test_ci_runs_what_is_run_here_and_nothing_else():
    [job] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"].values()
    assert [step.get("run", step.get("uses", "").split("@")[0]) for step in job["steps"]] == [
        "actions/checkout",
        "sudo bash .ci/run",
    ]


# ---------------------------------------------------------------- redrive


def event(**detail):
    return {
        "version": "0",
        "id": "event-1",
        "source": "crm",
        "detail-type": "Supervision Requested",
        "time": "2026-01-01T00:00:00Z",
        "detail": {"action": "listen", **detail},
    }


@pytest.mark.parametrize("wrapped", [lambda one: one, lambda one: {"requestPayload": one, "requestContext": {}}])
def test_what_waits_in_a_queue_is_put_back_once_and_removed(wrapped):
    with System() as system:
        import boto3

        made_up = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
        sqs = boto3.client(
            "sqs",
            endpoint_url=system.aws_url,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        queue = sqs.create_queue(QueueName="waiting")["QueueUrl"]
        for body in (json.dumps(wrapped(event())), "no request"):
            sqs.send_message(QueueUrl=queue, MessageBody=body)
        shown = run(".ci/redrive", queue, "supervision", expect=1, AWS_ENDPOINT_URL=system.aws_url, **made_up)
        assert "event-1" in shown
        assert "no request" in shown
        [put] = [one for one in system.events if one["source"] == "crm"]
        assert put["detail"] == {"action": "listen", "requestId": "event-1"}
        assert put["time"] == "2026-01-01T00:00:00Z"
        attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        left = int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])
        assert left == 1  # what is no request stays
