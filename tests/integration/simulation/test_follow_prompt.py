"""How soon a follow dials: measured from the first reading that shows the call, while pages ask for the list."""

import random
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from tests.harness.fake_ytel.envelope import Answer
from tests.harness.simulation import patches
from tests.harness.simulation.functions import Invocation
from tests.harness.simulation.mishaps import Mishaps
from tests.harness.simulation.scheduler import SECOND
from tests.harness.simulation.system import Listeners, System, environment

PHONE = "+12125550142"
MAX_AGE = float(environment()["CALLS_MAX_AGE_SECONDS"])


@pytest.fixture(scope="module", autouse=True)
def _simulated() -> Iterator[None]:
    with patch.dict("os.environ", environment()), patches.installed():
        yield


class Measured:
    """From the first reading that showed each call to its dial, in seconds, and who read it."""

    def __init__(self, seed: int, mishaps: Mishaps) -> None:
        self.system = System(seed, mishaps, Listeners(answered=self._answered, dialled=self._dialled))
        self.shown: dict[str, float] = {}
        self.readers: dict[str, str] = {}
        self.waited: list[float] = []

    @property
    def now(self) -> float:
        return self.system.scheduler.now / SECOND

    def _answered(self, invocation: Invocation, method: str, path: str, answer: Answer | None) -> None:
        if method != "GET" or not path.endswith("/conference") or answer is None:
            return
        for call in self.system.floor.active_calls():
            if call.conf_id.encode() in answer.body and call.conf_id not in self.shown:
                self.shown[call.conf_id] = self.now
                self.readers[call.conf_id] = invocation.function.id

    def _dialled(self, _name: str, conf_id: str, _to: str, _kept_from: frozenset[str]) -> None:
        self.waited.append(self.now - self.shown[conf_id])


def played(seed: int, mishaps: Mishaps, calls: int = 12) -> Measured:
    """An agent is followed from call to call, while a page asks for the list every second or two."""
    dice, measured = random.Random(seed), Measured(seed, mishaps)
    system: Any = measured.system
    agent = system.floor.add_user("Ann", "Lee")
    system.run(15)
    system.http(
        "POST /agents/{clientId}/follow", {"clientId": agent.client_id}, {"to": PHONE, "action": "barge", "calls": 50}
    )
    system.run(5)
    for _ in range(calls):
        call = system.floor.add_call(agent=agent)
        for _ in range(12):
            system.http("GET /calls")
            system.run(dice.uniform(1.0, 2.0))
        system.floor.answer(call, PHONE)
        system.run(3)
        system.floor.end_call(call)
        for _ in range(8):
            system.http("GET /calls")
            system.run(dice.uniform(1.0, 2.0))
    system.end()
    return measured


def test_it_dials_within_a_window_and_a_second_of_the_first_reading() -> None:
    runs = [played(seed, Mishaps()) for seed in range(8)]
    waited = sorted(one for run in runs for one in run.waited)
    assert len(waited) > 80
    assert {reader for run in runs for reader in run.readers.values()} == {"ListCalls", "WatchCalls"}
    assert waited[int(0.95 * len(waited))] <= MAX_AGE + 1, waited[-10:]
