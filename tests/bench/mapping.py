"""Ytel's JSON in, the API's JSON out: what the rule costs, against Node and against reading the JSON at all."""

import json
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from supervision.floor.rows import in_order
from supervision.rules.calls import active_calls, users_by_id
from supervision.rules.conferences import loads_list
from supervision.ytel.answers import read_answer
from tests.bench.floor_data import ytel_floor
from tests.bench.lines import Line

SIZE, SMALLER = 10_000, 1_000
# Each form has its turn in every round, and its best round counts: a busy moment spoils one round, no more.
ROUNDS = 6
WHAT = f"bytes to bytes, {SIZE:,} calls x {SIZE:,} users"
_SCRIPT = Path(__file__).with_name("mapping.mjs")


def bytes_to_bytes(conferences: bytes, users: bytes) -> bytes:
    """As the floor does it: the answers read, the rule applied, each row rendered and joined."""
    known = users_by_id(read_answer(200, users, None, 0.0)["payload"])
    calls = active_calls(read_answer(200, conferences, None, 0.0, loads_list)["payload"], known)
    return b'{"calls":[' + b",".join([line for line, _ in in_order(calls)]) + b"]}"


def lines() -> Iterator[Line]:
    """The five lines of the mapping."""
    conferences, users = ytel_floor(SIZE)
    smaller = ytel_floor(SMALLER)
    rounds: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("conferences.json", "users.json")]
        files[0].write_bytes(conferences)
        files[1].write_bytes(users)
        for _ in range(ROUNDS):
            rounds["ours"].append(_median(lambda: bytes_to_bytes(conferences, users), 5))
            rounds["json"].append(_median(lambda: json.loads(conferences), 5))
            rounds["small"].append(_median(lambda: bytes_to_bytes(*smaller), 15))
            if shutil.which("node"):
                rounds["map"].append(_node("map", files, 5))
                rounds["scan"].append(_node("scan", files, 2))
    best = {form: min(times) for form, times in rounds.items()}
    mine, read, few = best["ours"], best["json"], best["small"]
    yield _against(best.get("map"), mine, "the documented rule in Node, users in a `Map`", 1.0)
    yield _against(best.get("scan"), mine, "the article's form in Node: all users for every call", 0.2)
    yield Line(WHAT, "`json.loads` of the calls alone", mine / read, 2.0, f"{mine:.0f} / {read:.0f} ms")
    how = f"{mine:.0f} / {few:.1f} ms"
    yield Line(f"mapping {SIZE:,} of each", f"mapping {SMALLER:,} of each", mine / few, 12.0, how)


def _against(other: float | None, mine: float, yardstick: str, limit: float) -> Line:
    if other is None:
        return Line(WHAT, yardstick, None, limit, "`node` is not on this machine")
    return Line(WHAT, yardstick, mine / other, limit, f"{mine:.0f} / {other:.0f} ms")


def _median(work: Callable[[], object], runs: int) -> float:
    """Milliseconds; a first run, which warms, is left out."""
    times = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return median(times[1:])


def _node(form: str, files: list[Path], runs: int) -> float:
    """The same of the script's `form`."""
    command = ["node", str(_SCRIPT), form, *map(str, files), str(runs + 1)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return median([float(line.split()[0]) for line in done.stdout.splitlines()][1:])
