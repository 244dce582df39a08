"""`make run`'s program, as a process of its own."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.harness.__main__ import _FailedError, _probe
from tests.harness.runtime import OUT_OF_TIME, Failure, Result
from tests.harness.template import ROOT
from tests.harness.waiting import wait_until
from tests.integration.harness.test_system import descendants

FREE = {"PORT": "0", "AWS_PORT": "0", "YTEL_PORT": "0"}


class Run:
    """The program, started with `variables`; its output is read from files, so that nothing blocks it."""

    def __init__(self, folder, **variables):
        self.out, self.err = folder / "out", folder / "err"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PORT", "YTEL_"))}
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                ["env", "--default-signal=HUP", sys.executable, "-m", "tests.harness"],  # under nohup, it is ignored
                cwd=ROOT,
                env={**environment, **FREE, **variables},
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def url(self):
        """The page's URL, once it is printed."""

        def printed():
            assert self.process.poll() is None, self.err.read_text()
            return re.search(r"http://127\.0\.0\.1:\d+/", self.out.read_text())

        return wait_until(printed, timeout=240, what="the line with the page's URL")[0]

    def lines(self):
        return self.out.read_text().splitlines()


@pytest.fixture
def run(tmp_path):
    made = []

    def start(**variables):
        made.append(Run(tmp_path, **variables))
        return made[-1]

    yield start
    for one in made:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_answers_once_it_says_so_and_a_signal_ends_all_of_it(run, number):
    running = run()
    url = running.url()
    request = urllib.request.Request(f"{url}calls", headers={"Authorization": "Bearer local-supervisor-key"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        assert json.load(answer)["calls"]
    with urllib.request.urlopen(url, timeout=120) as page:
        assert b"<html" in page.read().lower()
    everything = descendants(running.process.pid)
    assert len(everything) > 4
    running.process.send_signal(number)
    assert running.process.wait(timeout=120) == 0
    wait_until(lambda: not any(map(_exists, everything)), what="every process to end")
    assert "Traceback" not in running.err.read_text()


def test_a_signal_while_it_starts_ends_it_too(run):
    running = run()
    wait_until(lambda: len(descendants(running.process.pid)) > 1, what="the first child")
    everything = descendants(running.process.pid)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=120) == 0
    wait_until(lambda: not any(map(_exists, everything)), what="every process to end")


def test_when_it_is_killed_hard_its_children_end_as_well(run):
    running = run()
    running.url()
    everything = descendants(running.process.pid)
    running.process.kill()
    running.process.wait()
    wait_until(lambda: not any(map(_exists, everything)), what="every process to end")


def test_each_outgoing_event_is_one_line_of_json(run):
    running = run(WATCH_INTERVAL_SECONDS="1")
    running.url()

    def events():
        return [json.loads(line) for line in running.lines() if line.startswith("{")]

    event = wait_until(events, timeout=120, what="an event of the living floor")[0]
    assert event["source"] == "ytel.supervision"
    assert event["detail"]["metadata"]["version"] == "1"


def test_whatever_account_the_shell_is_set_up_for_it_starts(run, tmp_path):
    (tmp_path / "config").write_text("no such file\n")
    run(AWS_PROFILE="nobody", AWS_CONFIG_FILE=str(tmp_path / "config"), AWS_ENDPOINT_URL="http://192.0.2.1").url()


@pytest.mark.parametrize("variable", ["PORT", "AWS_PORT", "YTEL_PORT"])
def test_a_taken_port_is_one_line(run, variable):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        running = run(**{variable: port})
        assert running.process.wait(timeout=120) == 1
    (line,) = running.err.read_text().splitlines()
    assert variable in line
    assert port in line
    assert running.lines() == []


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"CALLS_MAX_AGE_SECONDS": "x"}, "CALLS_MAX_AGE_SECONDS"),
        ({"PORT": "x"}, "PORT"),
        ({"API_CLIENTS": "x"}, "API_CLIENTS"),
        ({"DROP_EXPOSD": "true"}, "DROP_EXPOSED"),
        ({"ALLOWED_ORIGIN": "https://crm.example"}, "ALLOWED_ORIGINS"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ],
)
def test_a_bad_setting_is_one_line(run, variables, named):
    running = run(**variables)
    assert running.process.wait(timeout=120) == 1
    (line,) = running.err.read_text().splitlines()
    assert named in line


class Starting:
    """A system whose function Authorize fails with each of `failures` once, and then answers."""

    def __init__(self, url, *failures):
        self.url, self.failures, self.logs_by_function = url, [], []
        self.left = [("Authorize", Result(failure=one)) for one in failures]


@pytest.fixture
def starting():
    with contextlib.ExitStack() as stack:

        def start(*failures):
            class Answers(BaseHTTPRequestHandler):
                def do_GET(self):
                    failing = system.left[:1]
                    del system.left[:1]
                    system.failures += failing
                    self.send_response(500 if failing else 200)
                    self.end_headers()

                def log_message(self, *_):
                    pass

            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Answers))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            system = Starting(f"http://127.0.0.1:{server.server_port}", *failures)
            return system

        yield start


OUT = Failure(OUT_OF_TIME, "Task timed out after 10.00 seconds")


def test_a_function_that_runs_out_of_time_while_all_start_is_asked_again(starting):
    system = starting(OUT, OUT)
    _probe(system, "/calls", None)
    assert [function for function, _ in system.failures] == ["Authorize"] * 2


def test_one_that_fails_is_named_at_once(starting):
    system = starting(OUT, Failure("ImportError", "No module named 'jwt'"), OUT)
    with pytest.raises(_FailedError, match="the function Authorize does not run: No module named 'jwt'"):
        _probe(system, "/calls", None)
    assert len(system.failures) == 2


def test_it_is_up_while_ytel_is_down_and_says_so_per_request(run):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    running = run(YTEL_API_URL=f"http://127.0.0.1:{port}/api", YTEL_USERS_URL=f"http://127.0.0.1:{port}/users")
    host = running.url().removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(host, timeout=120)
    try:
        connection.request("GET", "/calls", headers={"Authorization": "Bearer local-supervisor-key"})
        assert connection.getresponse().status == 503
    finally:
        connection.close()


def _exists(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
