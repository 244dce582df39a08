"""A whole floor at work: 50 pages that poll, and five actions a second, without an error, in memory that stays flat."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
import requests

from tests.e2e.conftest import KEYS, Scene

PAGES, POLL_SECONDS = 50, 2.0
ACTIONS_A_SECOND = 5
CALLS = 60
ACTIONS = ("listen", "whisper", "barge", "hangup", "leave")
MOST_GROWTH = 1.15
SLOW_SECONDS = 5.0


@pytest.fixture(scope="module")
def settings():
    return {"DIALS_PER_MINUTE": "100000", "READS_PER_MINUTE": "100000"}


class Load:
    """Pages and actions until they are told to stop. What was answered is counted, what was slow is kept."""

    def __init__(self, scene):
        self.scene = scene
        self.answers: Counter[str] = Counter()
        self.wrong: list[tuple[str, int, str]] = []
        self.seconds: list[float] = []
        self._stop = threading.Event()
        self._phones = (f"+1212555{line:04}" for line in range(2000, 10000))
        self._agents = cycle(scene.floor.users)

    def run(self, seconds):
        for _ in range(CALLS):
            self.begin_call()
        with ThreadPoolExecutor(PAGES + 20) as pool:
            work = [pool.submit(self.poll, nth * POLL_SECONDS / PAGES) for nth in range(PAGES)]
            ends = time.monotonic() + seconds
            for nth in range(int(seconds * ACTIONS_A_SECOND)):
                self._stop.wait(max(0.0, ends - seconds + nth / ACTIONS_A_SECOND - time.monotonic()))
                work.append(pool.submit(self.act, ACTIONS[nth % len(ACTIONS)]))
            self._stop.set()
            for one in work:
                one.result()

    def begin_call(self):
        return self.scene.floor.add_call(next(self._agents))

    def poll(self, after):
        """As the page does: what it holds is not sent again."""
        self._stop.wait(after)
        with requests.Session() as http:
            http.headers["Authorization"] = f"Bearer {KEYS['supervisor']}"
            tag = ""
            while not self._stop.is_set():
                began = time.monotonic()
                answer = http.get(f"{self.scene.system.url}/calls", headers={"If-None-Match": tag}, timeout=30)
                self.took(answer, "poll", (200, 304), began)
                tag = answer.headers.get("ETag", "")
                self._stop.wait(max(0.0, POLL_SECONDS - (time.monotonic() - began)))

    def act(self, action):
        """One action on a call of its own, that no other is on: each is one that is accepted."""
        call, phone, began = self.begin_call(), next(self._phones), time.monotonic()
        if action == "leave":
            one = self.scene.ask("listen", call, phone)
            self.scene.floor.answer(call, phone)
            answer = self.scene.request("DELETE", f"/supervisions/{one.json()['id']}")
        else:
            answer = self.scene.ask(action, call, phone)
        self.took(answer, action, (200, 202), began)
        self.scene.floor.end_call(call)

    def took(self, answer, what, right, began):
        self.answers[what] += 1
        self.seconds.append(time.monotonic() - began)
        if answer.status_code not in right:
            self.wrong.append((what, answer.status_code, answer.text[:300]))


def memory(system):
    """What each function's process holds, in KB, by the function's name."""
    slots = system.runtime._slots
    pids = {name: slot.environment._pid for name, slot in slots.items() if slot.environment}
    return {name: _resident(pid) for name, pid in pids.items()}


def _resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def under_load(system, seconds, watch):
    scene = Scene(system)
    load = Load(scene)
    load.run(seconds)
    watch()
    return load


def test_a_few_seconds_without_an_error(system, watch):
    load = under_load(system, 4, watch)
    assert load.wrong == []
    assert load.answers["poll"]  # how many says more of the machine than of the code
    assert sum(load.answers[action] for action in ACTIONS) == 20
    assert system.failures == []


@pytest.mark.long
def test_two_minutes_without_an_error_in_memory_that_stays_flat(system, watch):
    under_load(system, 20, watch)
    before = memory(system)
    load = under_load(system, 120, watch)
    after = memory(system)
    assert load.wrong == []
    assert load.answers["poll"] >= 50 * 40
    assert sum(load.answers[action] for action in ACTIONS) == 600
    assert system.failures == []
    assert {name: (before[name], now) for name, now in after.items() if now > MOST_GROWTH * before[name]} == {}
    assert sorted(load.seconds)[int(0.99 * len(load.seconds))] < SLOW_SECONDS
