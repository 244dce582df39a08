"""The browsers that are on this machine."""

import os
import shutil

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# First the one that has no window to draw: the same engine, of which a profile costs a third.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOT_FOUND = "no Chromium is found: install one, or name it in CHROMIUM"


def chromium() -> str | None:
    """Its path: what CHROMIUM names, or the first of the usual names that is on the PATH."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def firefox() -> str | None:
    """The path of the Firefox that tests are run in where BROWSER says so, as it is released."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


def required() -> bool:
    """Whether a test that needs one fails without it, where elsewhere it is skipped."""
    return bool(os.environ.get("REQUIRE_BROWSER")) or os.environ.get("CI") == "true"
