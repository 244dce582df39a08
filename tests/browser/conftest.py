import pytest
from playwright.sync_api import expect

from tests.browser.crm import Crm
from tests.browser.floor_page import FloorPage
from tests.harness.fake_ytel import FakeYtel
from tests.harness.system import System

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def crm():
    with Crm() as served:
        yield served


@pytest.fixture(scope="session")
def running(crm):
    """The whole system. Phones ring until a test answers them."""
    env = {"EMBEDDED_BY": crm.origin, "DIALS_PER_MINUTE": "1000", "READS_PER_MINUTE": "10000", "CONTACTS": "on"}
    with System(env=env, ytel=FakeYtel()) as started:
        started.warm()
        yield started


@pytest.fixture
def system(running):
    """The system, with an empty floor and nothing going wrong."""
    running.move_clock(35)  # a page that was closed a moment ago may just have asked for users
    yield running
    running.ytel.faults.clear()
    for call in running.ytel.floor.active_calls():
        running.ytel.floor.end_call(call.conf_id)
    running.move_clock(35)  # what is held of this floor is out of date, and new users are asked for again


@pytest.fixture
def floor(system):
    return system.ytel.floor


@pytest.fixture
def contexts(browser):
    """Makes browser profiles, each with its own memory."""
    made = []

    def make(**options):
        made.append(browser.new_context(**options))
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(system, contexts):
    """A tab in a profile of its own, wide, not opened yet. It opens once every agent of the test is known.

    A look that comes while a test adds them has the users asked for, and those that come after it are then unknown for
    half a minute.
    """
    tab = contexts(viewport={"width": 1360, "height": 860}).new_page()
    return FloorPage(tab, system.url, lambda: system.invoke("refresh_users", {}))


@pytest.fixture
def ann(system, floor):
    """A call of Ann Lee's with a customer: its id. She is known: a page that just closed may have asked for users."""
    user = floor.add_user("Ann", "Lee")
    system.invoke("refresh_users", {})
    return floor.add_call(user)
