"""The same tests in Firefox. They run in a process of their own: one process drives one browser."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.chromium import firefox, required

pytestmark = [pytest.mark.browser, pytest.mark.long]

HERE = Path(__file__).parent
# How dear a frame may be is said of Chromium's.
OF_CHROMIUM = {"test_in_firefox.py", "test_large_floor.py"}


def test_the_page_does_in_firefox_what_it_does_in_chromium():
    if firefox() is None:
        (pytest.fail if required() else pytest.skip)("no Firefox is found")
    modules = [str(path) for path in sorted(HERE.glob("test_*.py")) if path.name not in OF_CHROMIUM]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", "-n", "2", "--dist", "loadfile", *modules],
        env=os.environ | {"BROWSER": "firefox"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:]
