"""What the running system costs: a warm answer, and what many polling pages ask of Ytel and of DynamoDB."""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

import requests

from tests.bench.cold import FOLDER
from tests.bench.counting import CountingAws
from tests.bench.lines import Line, pairs, timed
from tests.bench.six_calls import six_calls
from tests.harness import built
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.requests_log import Request
from tests.harness.parts import Function
from tests.harness.runtime import Log
from tests.harness.runtime_lambda import ENVIRONMENTS, LambdaRuntime
from tests.harness.system import LOCAL_KEY, System
from tests.harness.waiting import wait_until

CALLS, USERS, ONE_PAGE = 126, 200, 50
PAGES, SECONDS, POLLS_A_SECOND = 50, 20, 1
WINDOW_SECONDS = 2  # CALLS_MAX_AGE_SECONDS
EMPTY = "an empty handler, same gateway"
SIX_CALLS = "its six AWS calls in turn, by botocore alone, same stand-in"
KEY = {"Authorization": f"Bearer {LOCAL_KEY}"}

_EMPTY = """\
def lambda_handler(event, context):
    return {"statusCode": 200, "body": "{}"}
"""


def lines() -> Iterator[Line]:
    """The lines that need the whole system, built, under the emulator."""
    built.build()
    with _beside_an_empty_one(CALLS) as system:
        yield _warm_answer(system)
    with _beside_an_empty_one(ONE_PAGE) as system:
        yield from _whisper(system)
    yield from _polling()


@contextlib.contextmanager
def _beside_an_empty_one(calls: int) -> Iterator[System]:
    """The system with an empty handler in the place of the page's function: its route is the yardstick."""
    folder = FOLDER / "with-empty"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "Page").mkdir(parents=True)
    (folder / "Page" / "app.py").write_text(_EMPTY)
    for one in built.BUILD.iterdir():
        if one.is_dir() and one.name != "Page":
            (folder / one.name).symlink_to(one)

    def runtime(functions: Mapping[str, Function], environment: Any, log: Log) -> LambdaRuntime:
        return LambdaRuntime(functions, environment, log, build=folder)

    settings = {"CALLS_MAX_AGE_SECONDS": "600", "DIALS_PER_MINUTE": "100000", "READS_PER_MINUTE": "100000"}
    with System(settings, _ytel(calls), runtime=runtime) as system:
        yield system


def _warm_answer(system: System) -> Line:
    with requests.Session() as http:
        version = http.get(f"{system.url}/calls", headers=KEY, timeout=30).json()["version"]

        def ask(path: str) -> Callable[[], float]:
            return timed(lambda: http.get(system.url + path, headers=KEY, timeout=30).raise_for_status())

        what = f"warm `GET /calls?since=` of {CALLS} calls, floor held, built"
        return pairs(ask(f"/calls?since={version}"), ask("/"), 300).line(what, EMPTY, 2.5)


def _whisper(system: System) -> Iterator[Line]:
    """Each into a call of its own, less the same two requests to Ytel, made after it over a warm connection."""
    assert system.ytel
    floor, log = system.ytel.floor, system.ytel.requests
    phones = (f"+1212555{line:04}" for line in range(2000, 10000))
    upstream: list[list[str]] = []
    shares: list[float] = []
    with requests.Session() as http, requests.Session() as to_ytel:

        def whisper() -> float:
            call = floor.add_call(floor.users[len(upstream) % USERS])
            log.reset()
            took = timed(lambda: _ask(http, system, call, next(phones)))()
            sent = [*log]
            upstream.append([one.method for one in sent])
            direct = sum(timed(partial(_again, to_ytel, system, one, next(phones)))() for one in sent)
            floor.end_call(call)
            shares.append(direct / took)
            return took - direct

        def empty() -> float:
            return timed(lambda: http.get(system.url, headers=KEY, timeout=30).raise_for_status())()

        what = "warm whisper, built, less its two upstream requests"
        line = pairs(whisper, empty, 40).line(what, EMPTY, 8)
        yield replace(line, how=f"{line.how}; these two took {median(shares):.0%} of it")
        yield pairs(whisper, timed(six_calls(system)), 40).line(what, SIX_CALLS, 2)
    most = max(map(len, upstream[1:]))
    yield Line(
        "upstream requests of one whisper, warm", "one read, one dial", most, 2, ", ".join(upstream[-1]), unit=""
    )


def _polling() -> Iterator[Line]:
    with _running() as (system, aws):
        _warm(system)
        asked, units = _lists(system), aws.units
        polls, failed = _poll(system.url)
        asked, units = _lists(system) - asked, aws.units - units
        windows = SECONDS / WINDOW_SECONDS
        what = f"lists asked of Ytel while {PAGES} pages poll for {SECONDS} s, {ENVIRONMENTS} environments"
        how = f"{asked} lists, {polls} polls, {failed} failed"
        yield Line(what, f"{windows:.0f} freshness windows of {WINDOW_SECONDS} s", asked / windows, 1.2, how)
        read_each = polls * 0.5
        what = "DynamoDB read units of those polls, per 1,000"
        how = f"{units / polls * 1000:.0f} / {read_each / polls * 1000:.0f} units"
        yield Line(what, "one read of the generation each, eventually consistent", units / read_each, 1.1, how)


def _ask(http: requests.Session, system: System, call: str, to: str) -> None:
    answer = http.post(f"{system.url}/calls/{call}/whisper", json={"to": to}, headers=KEY, timeout=30)
    assert answer.status_code == 202, answer.text


def _again(http: requests.Session, system: System, sent: Request, phone: str) -> None:
    """The same request to Ytel, made directly; a dial of another phone."""
    assert system.ytel
    headers = {name: sent.headers[name] for name in ("Authorization", "Accept") if name in sent.headers}
    body = None if sent.body is None else {**sent.body, "to": phone}
    answer = http.request(
        sent.method, system.ytel.url + sent.path, params=sent.query, json=body, headers=headers, timeout=30
    )
    answer.raise_for_status()
    answer.json()


def _ytel(calls: int = CALLS) -> FakeYtel:
    ytel = FakeYtel()
    ytel.fill(calls, USERS)
    return ytel


@contextlib.contextmanager
def _running(calls: int = CALLS) -> Iterator[tuple[System, CountingAws]]:
    """The system, with a counter between the functions and DynamoDB."""
    aws = CountingAws()

    def runtime(functions: Mapping[str, Function], environment: Callable[..., Any], log: Log) -> LambdaRuntime:
        def counted(function: Function) -> dict[str, str]:
            variables = environment(function)
            return {**variables, "AWS_ENDPOINT_URL": aws.in_front_of(variables["AWS_ENDPOINT_URL"])}

        return LambdaRuntime(functions, counted, log)

    try:
        with System({}, _ytel(calls), runtime=runtime) as system:
            yield system, aws
    finally:
        aws.stop()


def _warm(system: System) -> None:
    """Until every environment that load can ask for has answered."""

    def told() -> bool:
        _poll(system.url, seconds=1, pages=2 * ENVIRONMENTS, wait=0.0)
        return sum("initialised in" in line for name, line in system.logs_by_function if name == "ListCalls") >= 4

    wait_until(told, timeout=60, what="four environments of list_calls")


def _poll(url: str, seconds: float = SECONDS, pages: int = PAGES, wait: float = 1 / POLLS_A_SECOND) -> tuple[int, int]:
    """Pages that ask for the list, as a page does, each once in `wait` seconds; how many answers, how many failed."""
    statuses: list[int] = []
    end = time.monotonic() + seconds

    def page(number: int) -> None:
        with requests.Session() as http:
            headers = dict(KEY)
            turn = time.monotonic() + wait * number / pages
            while turn < end:
                time.sleep(max(0.0, turn - time.monotonic()))
                answer = http.get(f"{url}/calls", headers=headers, timeout=30)
                statuses.append(answer.status_code)
                headers["If-None-Match"] = answer.headers.get("ETag", "")
                turn = max(turn + wait, time.monotonic())

    threads = [threading.Thread(target=page, args=(number,)) for number in range(pages)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(statuses), sum(status not in (200, 304) for status in statuses)


def _lists(system: System) -> int:
    """How often the list was asked for: its first pages."""
    assert system.ytel
    return sum(one.query.get("offset", "0") == "0" for one in system.ytel.requests.of("GET", "/conference$"))
