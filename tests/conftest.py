"""What holds for every test: no account of anyone's is ever within reach, and one Chromium serves all."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from tests.browser.chromium import ARGUMENTS, NOT_FOUND, chromium, firefox, required
from tests.harness.zygote import no_account
from tests.unit.examples import examples

_given = {name: value for name, value in os.environ.items() if not name.startswith("YTEL_")}
os.environ.clear()
os.environ |= no_account(_given) | {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
}
# No test fails because the machine does something else as well: how long an example takes says nothing of the code.
settings.register_profile("unhurried", examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is made while the tests are found stays to the end: the collector would look it through in vain."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(scope="session")
def browser():
    """Chromium, or the Firefox of BROWSER=firefox. Skips where there is none, and fails where one is required."""
    from playwright.sync_api import sync_playwright

    in_firefox = os.environ.get("BROWSER") == "firefox"
    path = firefox() if in_firefox else chromium()
    if path is None:
        (pytest.fail if required() else pytest.skip)("no Firefox is found" if in_firefox else NOT_FOUND)
    with sync_playwright() as playwright:
        if in_firefox:
            launched = playwright.firefox.launch(executable_path=path, channel="moz-firefox")
        else:
            launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()
