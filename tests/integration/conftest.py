import os
import threading
from functools import cache

import pytest

from supervision.base import aws, clock
from tests.harness.fake_ytel import FakeYtel
from tests.integration.desk import Desk, listen_in
from tests.integration.made_up_aws import MadeUpAws
from tests.integration.tables import make_table

# What waits for others for so long and no longer waits for them here: a machine that is busy is not a slow Ytel, and
# what comes first is the tests' to say.
PATIENT = (
    "actions.guard.DROPS_WITHIN",
    "actions.guard.RECORDED_FIRST",
    "actions.guard.RECORDS_WITHIN",
    "actions.guard.SWEPT_WITHIN",
    "actions.hang_up.DISCONNECTS_WITHIN",
    "table.outbox.LOOKED_WITHIN",
    "table.rate_limit._COUNTED_WITHIN",
)


_made_up_client = cache(vars(aws)["client"].__wrapped__)  # a test's clients serve the next one too


@pytest.fixture
def made_up_aws(monkeypatch):
    """AWS as moto has it, in this process and empty."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(aws, "client", _made_up_client)
    with MadeUpAws().running() as running:
        yield running


@pytest.fixture
def served_aws(made_up_aws, monkeypatch):
    """The URL of `made_up_aws`, for processes that the test starts."""
    with made_up_aws.served() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setattr(aws, "client", cache(_made_up_client.__wrapped__))  # none of that URL serves another test
        yield url


@pytest.fixture
def clock_at(monkeypatch):
    """Sets the layer's clock, in milliseconds, and may move it on."""
    now = [1_709_849_242_672]
    monkeypatch.setattr("supervision.base.clock.now_ms", lambda: now[0])

    def move(seconds=0.0):
        now[0] += int(seconds * 1000)
        return now[0]

    return move


@pytest.fixture
def table(made_up_aws):
    """The project's table, empty, in `made_up_aws`."""
    name = make_table()
    made_up_aws.forget()
    return name


@pytest.fixture
def make_desk(table, clock_at, monkeypatch):
    """Makes a `Desk`, with settings that are not the defaults."""
    earlier = {*threading.enumerate()}
    for bound in PATIENT:
        monkeypatch.setattr(f"supervision.{bound}", 60.0)
    with FakeYtel(clock=lambda: clock.now_ms()) as ytel:

        def make(**settings):
            desk = Desk(table, ytel, clock_at, **settings)
            listen_in(desk, monkeypatch)
            return desk

        yield make
    # What was begun and not waited for has this test's table: none of it goes on into the next one.
    for one in {*threading.enumerate()} - earlier:
        if one.name.startswith("ThreadPoolExecutor"):
            one.join(60)
            assert not one.is_alive(), one.name


@pytest.fixture
def desk(make_desk):
    """The layer put together, on a floor of its own."""
    return make_desk()
