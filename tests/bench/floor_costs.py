"""Measures what one poll and one list take on floors of two sizes: `python -m tests.bench.floor_costs`.

Writes floor_costs.json, which the table of costs is worked out from. It counts bytes and units, which are the same on
every machine; times are of `make bench`.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.bench.counting import CountingAws
from tests.harness.fake_ytel import FakeYtel
from tests.harness.parts import Function
from tests.harness.runtime import Log
from tests.harness.runtime_source import SourceRuntime
from tests.harness.system import LOCAL_KEY, System
from tests.harness.template import ROOT

FILE = Path(__file__).with_suffix(".json")
KEY = {"Authorization": f"Bearer {LOCAL_KEY}", "Accept-Encoding": "gzip"}
# Calls at a time by supervisors, and the rows that change between two polls: a call lasts five minutes and its row
# changes four times, as it begins, as its legs come and go, and as it ends.
FLOORS = {50: 126, 500: 1260}
POLL_SECONDS, CALL_SECONDS, CHANGES_A_CALL = 2, 300, 4
# As many lists as are written after a whole one, and one that is written whole.
SAMPLES = 41


def changes_a_poll(calls: int) -> int:
    """How many rows change between two polls."""
    return max(1, round(calls * CHANGES_A_CALL * POLL_SECONDS / CALL_SECONDS))


def measure(calls: int) -> dict[str, int]:
    """Bytes that a poll is answered with, and what the list under it takes: bytes of the log, write units."""
    ytel = FakeYtel()
    ytel.fill(calls, calls)
    with _running(ytel) as (system, aws), requests.Session() as http:
        version = _ask(http, system, "").version
        system.move_clock(3)
        version = _ask(http, system, version).version
        sent: list[int] = []
        written: list[float] = []
        log: list[int] = []
        for turn in range(SAMPLES):
            for number in range(changes_a_poll(calls)):
                if number % 2:
                    ytel.floor.end_call(ytel.floor.active_calls()[0].conf_id)
                else:
                    ytel.floor.add_call(ytel.floor.users[(turn * 100 + number) % calls])
            system.move_clock(3)
            before, lines = aws.written, len(system.logs)
            changed = _ask(http, system, version)
            version = changed.version
            sent.append(changed.size)
            written.append(aws.written - before)
            log.append(sum(len(line.encode()) + 26 for line in system.logs[lines:]))
        return {
            "bytesOfAPoll": _middle(sent),
            "logBytesOfAList": _middle(log),
            "writeUnitsOfAList": round(sum(written) / len(written)),
        }


class _Answer:
    def __init__(self, answer: requests.Response) -> None:
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
        raw = answer.content
        body = len(gzip.compress(raw)) if answer.headers.get("Content-Encoding") == "gzip" else len(raw)
        self.size = head + body
        self.version = answer.json()["version"]


def _ask(http: requests.Session, system: System, version: str) -> _Answer:
    answer = http.get(f"{system.url}/calls", params={"since": version, "limit": "1000"}, headers=KEY, timeout=60)
    answer.raise_for_status()
    return _Answer(answer)


@contextmanager
def _running(ytel: FakeYtel) -> Iterator[tuple[System, CountingAws]]:
    aws = CountingAws()

    def runtime(functions: Mapping[str, Function], environment: Callable[..., Any], log: Log) -> SourceRuntime:
        def counted(function: Function) -> dict[str, str]:
            variables = environment(function)
            return {**variables, "AWS_ENDPOINT_URL": aws.in_front_of(variables["AWS_ENDPOINT_URL"])}

        return SourceRuntime(functions, counted, log, layer=[ROOT / "shared"])

    try:
        with System({}, ytel, runtime=runtime) as system:
            yield system, aws
    finally:
        aws.stop()


def _middle(values: Sequence[float]) -> int:
    return round(sorted(values)[len(values) // 2])


if __name__ == "__main__":
    found = {str(supervisors): measure(calls) for supervisors, calls in FLOORS.items()}
    FILE.write_text(json.dumps(found, indent=1) + "\n")
