"""The doctor, run as `make doctor` runs it, against a fake account; and what it says to paste."""

import os
import shlex
import subprocess
import sys

from tests.harness.fake_ytel import FakeYtel
from tests.harness.template import ROOT


def doctor(ytel: FakeYtel, **env: str) -> "subprocess.CompletedProcess[str]":
    """Its report. It is told where the API is and the token, unless `env` says otherwise; an empty text unsets."""
    names = {"YTEL_API_URL": ytel.api_url, "YTEL_TOKEN": ytel.token, **env}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YTEL_")}
    return subprocess.run(
        [sys.executable, "-m", "tests.doctor"],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": "shared", **{name: value for name, value in names.items() if value}},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def command_of(report: str) -> list[str]:
    """The command that it says to paste, as a shell reads it: settings, then `make run`."""
    [line] = [line for line in report.splitlines() if line.endswith(" make run")]
    return shlex.split(line)


def settings_of(report: str) -> dict[str, str]:
    """The settings in that command."""
    return dict(one.split("=", 1) for one in command_of(report)[:-2])
