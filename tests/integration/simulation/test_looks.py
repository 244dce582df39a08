"""The watcher's looks follow each other without a gap, and never two at once, whatever happens on the way."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest

from supervision.actions.looks import LONGEST_LOOK_MS, LOST_AFTER_MS
from tests.harness.simulation import patches, worlds
from tests.harness.simulation.functions import Invocation
from tests.harness.simulation.mishaps import Mishaps
from tests.harness.simulation.scheduler import SECOND
from tests.harness.simulation.system import Listeners, System, environment, template
from tests.harness.template import ROOT

SOURCE = template().source_of(environment()["LOOKS_QUEUE_URL"])
INTERVAL = SOURCE.delay
# What a look takes until it reads the floor, and a message until it is delivered.
MOMENT = 0.5
# A look that died is made again once the queue shows its message again.
AGAIN = SOURCE.visibility + MOMENT


@pytest.fixture(scope="module", autouse=True)
def _simulated() -> Iterator[None]:
    with patch.dict("os.environ", environment()), patches.installed():
        yield


@dataclass
class Watched:
    """When each look began to read the floor, in seconds; and how many ran at once, at most."""

    seed: int
    mishaps: Mishaps = field(default_factory=Mishaps)
    began: list[float] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)
    at_once: int = 0

    def __post_init__(self) -> None:
        self.system = System(self.seed, self.mishaps, Listeners(asked=self._asked))
        self.start = self.system.scheduler.now
        self.system.floor.add_call()

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self.system.end()

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.began, self.began[1:], strict=False)]

    def _asked(self, invocation: Invocation, method: str, path: str, _body: Any) -> None:
        reads = method == "GET" and path.endswith("/conference")
        if invocation.function.id != "WatchCalls" or not reads or invocation in self.invocations:
            return
        self.invocations.append(invocation)
        self.began.append((self.system.scheduler.now - self.start) / SECOND)
        homes = self.system.functions.environments()
        running = [one for one in self.invocations if any(home.invocation is one for home in homes)]
        self.at_once = max(self.at_once, len(running))


def looks_of(invocation: Invocation) -> int:
    return int(invocation.event["Records"][0]["body"])


def test_the_readme_states_the_window_that_the_floors_are_held_to() -> None:
    assert (INTERVAL, SOURCE.visibility) == (worlds.INTERVAL_SECONDS, worlds.AGAIN_SECONDS)
    text = " ".join((ROOT / "README.md").read_text().split())
    for seconds in (worlds.WINDOW_SECONDS, worlds.AGAIN_WINDOW_SECONDS):
        assert f"at most **{seconds:g} s**" in text
    assert f"made again after {SOURCE.visibility:g} s" in text


def test_the_gap_is_one_interval_run_after_run() -> None:
    with Watched(1) as watched:
        watched.system.run(3600)
    assert [looks_of(one) for one in watched.invocations] == [*range(1, len(watched.began) + 1)]
    assert len(watched.began) > 3600 / (INTERVAL + MOMENT) - 3
    assert INTERVAL <= min(watched.gaps) <= max(watched.gaps) <= INTERVAL + MOMENT
    assert watched.at_once == 1


@pytest.mark.parametrize("seed", range(6))
def test_schedules_that_are_late_and_come_twice_change_nothing(seed: int) -> None:
    with Watched(seed, Mishaps(twice=0.3, late=60.0)) as watched:
        watched.system.run(900)
    assert max(watched.gaps) <= INTERVAL + MOMENT
    assert watched.at_once == 1
    assert len(watched.began) <= 900 / INTERVAL


@pytest.mark.parametrize("seconds", [2.0, 12.0, 17.0])
def test_a_slow_look_is_followed_at_once_or_in_an_interval(seconds: float) -> None:
    with Watched(2) as watched:
        watched.system.run(60)
        watched.system.ytel.knobs.turn({"weather.latency_seconds": seconds / 4})
        watched.system.run(600)
    assert max(watched.gaps) <= max(INTERVAL, LONGEST_LOOK_MS / 1000) + MOMENT
    assert watched.at_once == 1


@pytest.mark.parametrize("seed", range(12))
def test_after_a_look_that_dies_the_next_comes_as_soon_as_it_may(seed: int) -> None:
    dice = random.Random(seed)
    with Watched(seed) as watched:
        watched.system.run(60)
        for _ in range(30):
            # At any moment after it began to read the floor.
            before = len(watched.began)
            while len(watched.began) == before:
                watched.system.run(0.05)
            watched.system.run(dice.choice([0.0, 0.02, 0.05, 0.1, 0.2]))
            watched.system.kill("WatchCalls")
            watched.system.run(dice.uniform(0, 40))
    assert max(watched.gaps) <= AGAIN
    assert watched.at_once == 1
    assert max(map(looks_of, watched.invocations)) <= len(watched.began)


@pytest.mark.parametrize("seed", range(12))
def test_a_look_that_dies_at_any_of_its_calls_costs_one_visibility_timeout(seed: int) -> None:
    with Watched(seed) as watched:
        for _ in range(10):
            watched.system.run(100)
            watched.system.mishaps.killed = 1.0
            watched.system.run(INTERVAL)
            watched.system.mishaps.killed = 0.0
    assert max(watched.gaps) <= INTERVAL + AGAIN
    assert watched.at_once == 1


@pytest.mark.parametrize("seed", range(12))
def test_in_the_worst_weather_there_is_always_a_next_look(seed: int) -> None:
    mishaps = Mishaps(killed=0.1, twice=0.2, late=60.0, bus_failed=0.3, bus_lost=0.2, throttled=0.05, failed=0.02)
    with Watched(seed, mishaps) as watched:
        watched.system.run(1800)
        watched.system.mishaps.__init__()  # type: ignore[misc]  # all is well again
        watched.system.run(AGAIN)
        calm = len(watched.began)
        watched.system.run(600)
    assert watched.at_once == 1
    assert len(watched.began) <= (2400 + AGAIN) / INTERVAL + sum(gap < INTERVAL for gap in watched.gaps)
    assert max(watched.gaps[calm:]) <= INTERVAL + MOMENT, "one chain is left, and it holds"
    assert min(watched.gaps[calm:]) >= INTERVAL


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_that_is_lost_begins_anew(seed: int) -> None:
    with Watched(seed, Mishaps(late=60.0)) as watched:
        watched.system.run(200)
        watched.system.queue.purge()
        watched.system.run(400)
    lost = INTERVAL + LOST_AFTER_MS / 1000 + 60.0 + 60.0 + INTERVAL + MOMENT
    assert max(watched.gaps) <= lost
    assert watched.gaps[-5:] == pytest.approx([INTERVAL + MOMENT / 2] * 5, abs=MOMENT / 2)


def test_what_piled_up_while_nothing_was_delivered_is_one_look() -> None:
    with Watched(3) as watched:
        watched.system.run(100)
        watched.system.queue.off = True
        watched.system.run(1000)
        assert len(watched.system.queue.messages) > 3
        before = len(watched.began)
        watched.system.queue.off = False
        watched.system.queue._free()
        watched.system.run(INTERVAL)
        assert len(watched.began) == before + 1
        watched.system.run(100)
    assert watched.gaps[before:] == pytest.approx([INTERVAL + MOMENT / 2] * len(watched.gaps[before:]), abs=MOMENT / 2)
