"""Where the time of a warm whisper goes: what it asks of AWS and of Ytel, one after another or side by side."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

import requests

from tests.bench.counting import CountingAws, Exchange
from tests.bench.lines import Line
from tests.harness.fake_ytel import FakeYtel
from tests.harness.parts import Function
from tests.harness.runtime import Log
from tests.harness.runtime_source import SourceRuntime
from tests.harness.system import LOCAL_KEY, System
from tests.harness.template import ROOT

CALLS, RUNS = 50, 20
KEY = {"Authorization": f"Bearer {LOCAL_KEY}"}


def lines() -> Iterator[Line]:
    """The line of what a whisper asks of AWS."""
    whispers = measure()
    most = int(median(one_after_another(each) for _, each in whispers))
    how = f"{median(len(each) for _, each in whispers):.0f} in all"
    yield Line("AWS calls of a warm whisper, one after another", "-", most, 6, how, unit="")


def measure() -> list[tuple[float, list[Exchange]]]:
    """Warm whispers: the milliseconds that each took from without, and its requests to AWS, from its own beginning."""
    found = []
    with _running() as (system, aws), requests.Session() as http:
        assert system.ytel
        floor = system.ytel.floor
        for number in range(RUNS + 2):
            call = floor.add_call(floor.users[number % len(floor.users)])
            aws.log.clear()
            began = time.perf_counter()
            body = {"to": f"+1212555{2000 + number}"}
            http.post(f"{system.url}/calls/{call}/whisper", json=body, headers=KEY, timeout=30).raise_for_status()
            took = (time.perf_counter() - began) * 1000
            found.append((took, [Exchange(one.name, one.began - began, one.ended - began) for one in aws.log]))
    return found[2:]


def one_after_another(exchanges: Sequence[Exchange]) -> int:
    """How many of the requests came one after another at least: none of these overlaps another."""
    count, free = 0, 0.0
    for one in sorted(exchanges, key=lambda each: each.ended):
        if one.began >= free:
            count, free = count + 1, one.ended
    return count


def waited_for(exchanges: Sequence[Exchange]) -> float:
    """The seconds in which at least one of the requests was being answered."""
    seconds = free = 0.0
    for one in sorted(exchanges, key=lambda each: each.began):
        seconds += max(0.0, one.ended - max(one.began, free))
        free = max(free, one.ended)
    return seconds


def timeline() -> str:
    """The whisper of the middle, request by request."""
    whispers = sorted(measure(), key=lambda one: one[0])
    took, exchanges = whispers[len(whispers) // 2]
    shown = [
        f"a whisper of {took:.1f} ms, {waited_for(exchanges) * 1000:.1f} of them in the stand-in for AWS; "
        f"{one_after_another(exchanges)} AWS calls one after another"
    ]
    for one in sorted(exchanges, key=lambda each: each.began):
        shown.append(f"{one.began * 1000:8.1f} ms  {(one.ended - one.began) * 1000:6.1f} ms  {one.name}")
    return "\n".join(shown)


@contextmanager
def _running() -> Iterator[tuple[System, CountingAws]]:
    """The system, with a counter between the whisper's function alone and AWS."""
    aws, ytel = CountingAws(), FakeYtel()
    ytel.fill(CALLS, CALLS)

    def runtime(functions: Mapping[str, Function], environment: Callable[..., Any], log: Log) -> SourceRuntime:
        def counted(function: Function) -> dict[str, str]:
            variables = environment(function)
            if function.id != "Whisper":
                return dict(variables)
            return {**variables, "AWS_ENDPOINT_URL": aws.in_front_of(variables["AWS_ENDPOINT_URL"])}

        return SourceRuntime(functions, counted, log, layer=[ROOT / "shared"])

    try:
        with System({"DIALS_PER_MINUTE": "100000"}, ytel, runtime=runtime) as system:
            yield system, aws
    finally:
        aws.stop()
