import importlib
import json
import sys

import pytest

from tests.contract.conformance import Api, described
from tests.harness.fake_ytel import FakeYtel
from tests.harness.system import CLIENTS, System
from tests.harness.template import ROOT

ENV = {
    "DIALS_PER_MINUTE": "100000",
    "READS_PER_MINUTE": "100000",
    "API_CLIENTS": json.dumps(
        {**json.loads(CLIENTS), "reader": {"key": "reader-key-of-tests", "scopes": ["calls:read"]}}
    ),
}


@pytest.fixture(scope="session")
def running():
    """The whole system. Phones ring until a test answers them."""
    ytel = FakeYtel()
    ytel.floor.add_user("Ann", "Lee")  # before the users are first read: who comes later is seen half a minute later
    with System(env=ENV, ytel=ytel) as started:
        yield started


@pytest.fixture
def system(running):
    """The system, with nothing going wrong."""
    yield running
    running.ytel.faults.clear()


@pytest.fixture
def floor(system):
    return system.ytel.floor


@pytest.fixture
def agent(floor):
    return floor.users[0]


@pytest.fixture
def call(floor, agent):
    return floor.add_call(agent)


@pytest.fixture
def api(system):
    return Api(system)


@pytest.fixture(scope="session")
def document():
    return described()


@pytest.fixture
def describe(monkeypatch):
    """Imports a module of what describes the project."""
    monkeypatch.syspath_prepend(str(ROOT / ".ci/describe"))

    def module(name):
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    return module
