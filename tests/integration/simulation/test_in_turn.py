"""How many calls to AWS a request waits for one after another: in virtual time, where none is quicker by luck."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from tests.harness.simulation import patches
from tests.harness.simulation.mishaps import Bus, Tables
from tests.harness.simulation.scheduler import current
from tests.harness.simulation.system import System, environment

MOST_IN_TURN = 6


@pytest.fixture(scope="module", autouse=True)
def _simulated() -> Iterator[None]:
    with patch.dict("os.environ", environment()), patches.installed():
        yield


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, str, int, int]]:
    """Every call to AWS: the invocation that made it, what it is, from when to when."""
    found: list[tuple[Any, str, int, int]] = []
    put_events = Bus.put_events

    def note(scheduler: Any, what: str, start: int) -> None:
        task = current()
        found.append((task and task.home and task.home.invocation, what, start, scheduler.now))

    def called(self: Any, operation: str, do: Any) -> Any:
        start = self._scheduler.now
        self._scheduler.sleep(0.01)
        answer = do(0)
        note(self._scheduler, operation, start)
        return answer

    def put(self: Any, **asked: Any) -> Any:
        start = self._scheduler.now
        answer = put_events(self, **asked)
        note(self._scheduler, "PutEvents", start)
        return answer

    monkeypatch.setattr(Tables, "__call__", called)
    monkeypatch.setattr(Bus, "put_events", put)
    return found


def in_turn(spans: list[tuple[Any, str, int, int]]) -> list[str]:
    """The most of them of which each begins once the one before has ended."""
    chosen, free_at = [], 0
    for _, what, start, end in sorted(spans, key=lambda span: span[3]):
        if start >= free_at:
            chosen.append(what)
            free_at = end
    return chosen


@pytest.mark.parametrize("key", [None, "a name"])
@pytest.mark.parametrize("seed", range(5))
def test_a_warm_whisper(spans: list[tuple[Any, str, int, int]], seed: int, key: str | None) -> None:
    system: Any = System(seed)
    calls = [system.floor.add_call() for _ in range(2)]
    system.run(15)
    for number, call in enumerate(calls):
        asked = system.http(
            "POST /calls/{confId}/whisper",
            {"confId": call},
            {"to": f"+1212555014{number}"},
            key=key and f"{key} {number}",
        )
        system.run(5)
        assert asked.status == 202, asked.answer
    system.end()
    assert len(in_turn([span for span in spans if span[0] is asked.invocation])) <= MOST_IN_TURN
