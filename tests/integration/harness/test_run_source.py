"""Functions in processes of their own, as Lambda runs them."""

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from tests.harness.runtime import BusyError
from tests.harness.waiting import wait_until


def echo(system, _function="Echo", **query):
    """What the sample function saw, or the failure."""
    result = system.invoke(_function, {"queryStringParameters": query})
    return result.failure or json.loads(result.payload["body"])


def test_a_function_sees_the_environment_lambda_gives_it(system):
    about = echo(system)
    environment = about["environment"]
    assert environment["GREETING"] == "from outside"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == about["function"] == "call-floor-Echo"
    assert environment["AWS_ENDPOINT_URL"] == system.aws_url
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"
    assert "VIRTUAL_ENV" not in environment
    assert "PYTEST_CURRENT_TEST" not in environment


def test_its_folder_and_the_layer_come_first_and_the_project_is_not_there(system):
    about = echo(system)
    folder = str(system.template.functions["Echo"].folder)
    assert about["folder"] == folder
    assert about["path"][0] == folder
    assert about["path"][1].endswith("/shared")
    assert not {str(system.template.root), "", os.getcwd()} & set(about["path"])


def test_the_context_knows_the_time_that_remains(system):
    for slept in (0, 0.3):
        began = time.time()
        left = echo(system, do="sleep", seconds=str(slept))["left"] / 1000
        took = time.time() - began
        assert 30 - took - 0.01 <= left <= 30 - slept


def test_an_environment_is_used_again(system):
    assert echo(system)["pid"] == echo(system)["pid"]


def test_one_invocation_at_a_time_while_others_wait(system):
    echo(system)
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: echo(system, do="sleep", seconds="0.2"), range(3)))
    begun = sorted(answer["now"] for answer in answers)
    assert all(later - earlier >= 200 for earlier, later in pairwise(begun))


def test_who_cannot_wait_is_told_so(system):
    echo(system)
    thread = threading.Thread(target=echo, args=(system,), kwargs={"do": "sleep", "seconds": "0.5"})
    thread.start()
    function = system.template.functions["Echo"]
    try:
        wait_until(lambda: system.runtime._slots["Echo"].turn.taken, what="the function to be busy")
        with pytest.raises(BusyError):
            system.runtime.invoke(function, {}, time.monotonic() + 0.05)
    finally:
        thread.join()


def test_past_its_timeout_it_is_killed_and_the_next_one_is_new(system):
    before = echo(system, "Brief")["pid"]
    failure = echo(system, "Brief", do="sleep", seconds="30")
    assert failure.type == "Sandbox.Timedout"
    assert "Task timed out after 2.00 seconds" in failure.message
    assert echo(system, "Brief")["pid"] != before
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


def test_a_crash_is_a_failure_and_the_environment_lives_on(system):
    before = echo(system)["pid"]
    failure = echo(system, do="crash")
    assert (failure.type, failure.message) == ("ValueError", "what only a log may say")
    assert echo(system)["pid"] == before


def test_an_exit_ends_the_environment(system):
    before = echo(system)["pid"]
    assert echo(system, do="exit").type == "Runtime.ExitError"
    assert echo(system)["pid"] != before


def test_an_answer_that_lambda_would_not_pass_on_is_a_failure(system):
    assert echo(system, do="large").type == "Function.ResponseSizeTooLarge"
    assert echo(system, do="unserialisable").type == "Runtime.MarshalError"
    assert system.invoke("echo", {"x": "y" * 7_000_000}).failure.type == "RequestEntityTooLargeException"


def test_a_function_that_cannot_start_says_why_each_time(system):
    for _ in range(2):
        failure = system.invoke("broken", {}).failure
        assert failure.type == "Runtime.ImportModuleError"
        assert "a_module_that_is_not_there" in failure.message


def test_a_kill_in_the_middle_is_a_failure_at_once(system):
    echo(system)
    results = []
    thread = threading.Thread(target=lambda: results.append(echo(system, do="sleep", seconds="20")))
    thread.start()
    wait_until(lambda: system.runtime._slots["Echo"].turn.taken, what="the function to be busy")
    system.kill("echo")
    thread.join()
    assert results[0].type == "Runtime.ExitError"
    assert "pid" in echo(system)


def test_time_moves_at_once_and_for_environments_made_later(system):
    def ahead():
        return echo(system)["now"] / 1000 - time.time()

    before = ahead()
    system.move_clock(600)
    assert ahead() - before == pytest.approx(600, abs=1)
    system.restart("echo")
    assert ahead() - before == pytest.approx(600, abs=1)


def test_the_log_holds_every_line_once_it_is_looked_at(system):
    system.restart("echo")
    echo(system, do="crash")
    lines = [line for function, line in system.logs_by_function if function == "Echo"]
    assert "echo starts" in lines
    assert any("what only a log may say" in line for line in lines)
