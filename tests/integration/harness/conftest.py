import json
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import pytest

from tests.harness.fake_ytel import FakeYtel
from tests.harness.system import System

SAMPLES = Path(__file__).parent / "samples"


def sample_system(**kwargs):
    """The system over the sample template's functions."""
    return System(template=SAMPLES / "template.yaml", **kwargs)


class Client:
    """Asks the system's API."""

    def __init__(self, system):
        self.system = system

    def get(self, path, key="good"):
        """The status and the parsed, or plain, body."""
        request = urllib.request.Request(self.system.url + path, headers={"Authorization": key} if key else {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _parsed(answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, _parsed(answer.read())

    def aws(self, service):
        """A plain boto3 client, with credentials of its own making."""
        return boto3.client(
            service,
            endpoint_url=self.system.aws_url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="thing",
        )


def _parsed(body):
    try:
        return json.loads(body)
    except ValueError:
        return body


@pytest.fixture(scope="module")
def system():
    with FakeYtel() as ytel, sample_system(ytel=ytel, env={"GREETING": "from outside"}) as running:
        yield running


@pytest.fixture
def client(system):
    return Client(system)
