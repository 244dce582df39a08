"""Ytel's JSON in, the API's JSON out: what a list costs, against Node and against reading the JSON at all."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from supervision.floor.call_map import CallMap
from supervision.floor.content import Content
from supervision.floor.stored import ListHead, NewList
from supervision.rules.absence import Absence
from supervision.rules.calls import users_by_id
from supervision.rules.conferences import loads_list
from supervision.rules.held_conferences import HeldConferences
from supervision.rules.legs import User
from supervision.table.shared_cache.chunks import pack
from supervision.ytel.answers import read_answer
from tests.bench.lines import Line, pairs, timed
from tests.bench.lists import Floors

SIZE, SMALLER = 10_000, 1_000
ROUNDS = 15
WHAT = f"bytes to bytes, {SIZE:,} calls x {SIZE:,} users"
_SCRIPT = Path(__file__).with_name("mapping.mjs")


class Memory:
    """What one function remembers of the list before."""

    def __init__(self) -> None:
        self.held, self.calls = HeldConferences(), CallMap()

    def take(self, conferences: bytes, users: dict[str, User]) -> None:
        """The answer read, the rule applied, each row rendered."""
        reading = self.held.reading()
        document = read_answer(200, conferences, None, 0.0, lambda answer: loads_list(answer, reading.rows))
        reading.keep()
        found = {one.confId: one for one in document["payload"]}
        self.calls.take([*found.values()])
        self.calls.map(users, {}, {})

    def body(self, conferences: bytes, users: dict[str, User]) -> bytes:
        """The rows of an answer, joined."""
        self.take(conferences, users)
        return b'{"calls":[' + b",".join(self.calls.lines) + b"]}"

    def new_list(self) -> NewList:
        """The list as it is to be kept."""
        head = ListHead(Absence.PROVEN, False, frozenset(self.calls.others))
        return NewList(head, [*self.calls.lines], self.calls.documents)


def cold_bytes(conferences: bytes, users: bytes) -> bytes:
    """By a function that holds nothing, the users neither."""
    return Memory().body(conferences, users_by_id(read_answer(200, users, None, 0.0)["payload"]))


def lines() -> Iterator[Line]:
    """The lines of the mapping."""
    floors = Floors(SIZE, SIZE // 100)
    answers, users, memory = floors.answers(), floors.users, Memory()
    memory.take(floors.first, users)

    def warm() -> float:
        answer = next(answers)
        return timed(lambda: memory.body(answer, users))()

    read = timed(lambda: json.loads(floors.first))
    of_calls = "`json.loads` of the calls alone"
    yield pairs(warm, read, ROUNDS).line(f"{WHAT}, 1 % changed, warm", of_calls, 0.35)
    cold = timed(lambda: cold_bytes(floors.first, floors.users_answer))
    yield pairs(cold, read, ROUNDS).line(f"{WHAT}, nothing held", of_calls, 1.5)
    yield _against_node(floors, cold)
    few, many = (_changed_list(size) for size in (SMALLER, SIZE))
    yield pairs(many, few, ROUNDS).line(f"a list with 100 changed of {SIZE:,}", f"100 changed of {SMALLER:,}", 4.0)


def _changed_list(size: int) -> Callable[[], float]:
    """What times a list whole: bytes of Ytel's in, packed bytes out that are written of it."""
    floors = Floors(size, 100)
    answers, users, memory = floors.answers(), floors.users, Memory()
    memory.take(floors.first, users)
    stood = memory.new_list()

    def once() -> float:
        nonlocal stood
        answer = next(answers)
        before = Content("stood", Absence.PROVEN, stood.rows, version="0")

        def work() -> NewList:
            memory.take(answer, users)
            new = memory.new_list()
            pack(new.change(before, new.places_after(before, stood.conferences)))
            return new

        took = timed(work)()
        stood = memory.new_list()
        return took

    return once


def _against_node(floors: Floors, cold: Callable[[], float]) -> Line:
    what, yardstick, limit = f"{WHAT}, nothing held", "the documented rule in Node, users in a `Map`", 0.8
    if not shutil.which("node"):
        return Line(what, yardstick, None, limit, "`node` is not on this machine")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("conferences.json", "users.json")]
        files[0].write_bytes(floors.first)
        files[1].write_bytes(floors.users_answer)
        return pairs(lambda: median(cold() for _ in range(3)), lambda: _node(files), 6).line(what, yardstick, limit)


def _node(files: list[Path]) -> float:
    """Milliseconds of the same in Node; a first run, which warms, is left out."""
    command = ["node", str(_SCRIPT), "map", *map(str, files), "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return median([float(line.split()[0]) for line in done.stdout.splitlines()][1:])
