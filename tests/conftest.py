"""What holds for every test: no account of anyone's is ever within reach, and one Chromium serves all."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.browser.chromium import ARGUMENTS, NOT_FOUND, chromium, firefox, required

for name in [one for one in os.environ if one.startswith(("AWS_", "YTEL_"))]:
    del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# No test fails because the machine does something else as well: how long an example takes says nothing of the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


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
