"""The template's schedules, running."""

import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from json import loads
from typing import Any

from tests.harness.cloudformation import ACCOUNT, REGION
from tests.harness.parts import Schedule


class Schedules:
    """Calls `fire(function, event)` for each enabled schedule: at once, then at its rate."""

    def __init__(self, schedules: Iterable[Schedule], fire: Callable[[str, Any], None]) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(one, fire), daemon=True) for one in schedules if one.enabled
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Fire no more."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, schedule: Schedule, fire: Callable[[str, Any], None]) -> None:
        while not self._stop.is_set():
            fire(schedule.function, event(schedule))
            self._stop.wait(schedule.every)


def event(schedule: Schedule) -> Any:
    """What EventBridge Scheduler hands the function: the schedule's Input, or an event of its own."""
    if schedule.input is not None:
        return loads(schedule.input)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{schedule.name}"],
        "detail": {},
    }
