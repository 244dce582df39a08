"""The system as a whole: what it leaves behind, and what runs by itself."""

import contextlib
import os
import socket
import threading
from pathlib import Path

import pytest

from tests.harness.runtime import Result
from tests.harness.waiting import wait_until
from tests.integration.harness.conftest import Client, sample_system


def descendants(pid=None):
    """`pid`, or this process, and every process that comes from it."""
    parents = {}
    for one in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{one}/stat").read_text()
            parents[int(one)] = int(stat.rsplit(")", 1)[1].split()[1])
    found = {pid or os.getpid()}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")
def test_it_leaves_nothing_behind():
    with sample_system():
        pass  # what all systems are forked from stays, and is there from now on
    before, threads = descendants(), threading.active_count()
    with sample_system() as system:
        assert Client(system).get("/echo")[0] == 200
        assert len(descendants() - before) == 3, "the local AWS and two functions"
        ports = [int(url.rsplit(":", 1)[1]) for url in (system.url, system.aws_url, system.ytel.url)]
    wait_until(lambda: descendants() <= before, what="the processes of the system to end")
    wait_until(lambda: threading.active_count() <= threads, what="the threads of the system to end")
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_it_ends_at_once_in_the_middle_of_an_invocation():
    results = []
    with sample_system() as system:
        request = {"queryStringParameters": {"do": "sleep", "seconds": "20"}}
        thread = threading.Thread(target=lambda: results.append(system.invoke("echo", request)))
        thread.start()
        wait_until(lambda: system.runtime._slots["Echo"].environment, what="the function to be at work")
    thread.join()
    assert results[0].failure


def test_schedules_run_where_they_are_wanted():
    with sample_system(schedules=True) as system:
        wait_until(
            lambda: any('"consumed"' in line for function, line in system.logs_by_function if function == "Consume"),
            what="the schedule's first run",
        )


def test_schedules_are_off_otherwise(system):
    assert system.invoke("consume", {"detail": {"name": "by hand"}}) == Result(None)


def test_a_moved_clock_ends_what_the_authorizer_said(system, client):
    def asked():
        return seen.count("Allow")

    seen = []
    invoke = system.runtime.invoke

    def spy(function, *rest):
        seen.append(function.id)
        return invoke(function, *rest)

    system.runtime.invoke = spy
    try:
        for _ in range(2):
            client.get("/echo", key="another good")
        assert asked() == 1
        system.move_clock(61)
        client.get("/echo", key="another good")
        assert asked() == 2
    finally:
        del system.runtime.invoke
