"""`RUNTIME=lambda make run`, as a process of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.harness.template import ROOT
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.built, pytest.mark.skipif(sys.platform != "linux", reason="the emulator is a Linux program")]


def of_this_run(mark):
    """The processes that have `mark` in their environment."""
    found = []
    for one in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if mark.encode() in Path(f"/proc/{one}/environ").read_bytes():
                found.append(Path(f"/proc/{one}/cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.fixture
def run(tmp_path):
    """The program, and what it prints; what is left of it is killed."""
    out = tmp_path / "out"
    variables = {"RUNTIME": "lambda", "PORT": "0", "AWS_PORT": "0", "YTEL_PORT": "0"}
    with out.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness"],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    yield process, out
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_it_answers_tells_each_init_time_and_leaves_nothing_behind(run, number):
    process, out = run

    def printed():
        assert process.poll() is None, out.read_text()
        return next((line for line in out.read_text().splitlines() if line.startswith("The active calls page")), None)

    line = wait_until(printed, timeout=120, what="the line with the page's URL")
    page, aws = line.split()[4].split("/#")[0], line.split("AWS: ")[1].split(";")[0]
    assert urllib.request.urlopen(page, timeout=30).status == 200
    assert "Page environment 1 initialised in" in out.read_text()
    mark = f"AWS_ENDPOINT_URL={aws}\0"  # the functions', and the emulators'
    assert any("awslambdaric" in one for one in of_this_run(mark))
    process.send_signal(number)
    process.wait(timeout=30)
    wait_until(lambda: not of_this_run(mark), what="the environments to end")
