"""What may go wrong on our own side, each with its chance; and the stand-ins that let it happen."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.harness.simulation import dynamodb
from tests.harness.simulation.functions import Functions
from tests.harness.simulation.scheduler import Scheduler, current

URL = "https://aws.example"


@dataclass
class Mishaps:
    """Chances for each call, and times in seconds.

    `lost`: done, and the answer never came; `again`: done, and done once more by botocore; `lag`: how old a reading
    that is not consistent may be. `killed`: an invocation is killed at one of its calls. `twice`: an event, or a
    schedule, is delivered twice. `late`: how late a schedule may be.
    """

    failed: float = 0.0
    lost: float = 0.0
    again: float = 0.0
    throttled: float = 0.0
    lag: float = 0.0
    bus_failed: float = 0.0
    bus_lost: float = 0.0
    killed: float = 0.0
    twice: float = 0.0
    late: float = 0.0


class Tables:
    """The hook around each call to DynamoDB."""

    def __init__(self, scheduler: Scheduler, functions: Functions, mishaps: Mishaps) -> None:
        self._scheduler, self._functions, self.mishaps = scheduler, functions, mishaps

    def __call__(self, operation: str, do: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
        scheduler, dice, may = self._scheduler, self._scheduler.dice, self.mishaps
        self._functions.cross()
        scheduler.sleep(0.001 + 0.006 * dice.random())
        if may.failed and dice.random() < may.failed:
            _struck()
            scheduler.sleep(1.0)
            raise ConnectTimeoutError(endpoint_url=URL)
        if may.throttled and dice.random() < may.throttled:
            _struck()
            raise dynamodb.error("ProvisionedThroughputExceededException", "slower", operation)
        answer = do(int(1000 * may.lag) if may.lag and dice.random() < 0.5 else 0)
        self._functions.cross()
        if may.lost and dice.random() < may.lost:
            _struck()
            scheduler.sleep(3.0)
            raise ReadTimeoutError(endpoint_url=URL)
        if may.again and dice.random() < may.again:
            _struck()
            scheduler.sleep(0.1)
            answer = do(0)
        return answer


class Bus:
    """EventBridge, as far as it takes events. `told` gets each that it took."""

    def __init__(
        self, scheduler: Scheduler, functions: Functions, mishaps: Mishaps, told: Callable[[str, Any], None]
    ) -> None:
        self._scheduler, self._functions, self._mishaps, self._told = scheduler, functions, mishaps, told

    def put_events(self, **asked: Any) -> dict[str, Any]:
        """Takes events, each by itself."""
        scheduler, dice, may = self._scheduler, self._scheduler.dice, self._mishaps
        self._functions.cross()
        scheduler.sleep(0.005 + 0.01 * dice.random())
        entries: list[dict[str, Any]] = []
        for entry in asked["Entries"]:
            if dice.random() < may.bus_failed:
                entries.append({"ErrorCode": "InternalFailure", "ErrorMessage": "drawn"})
                continue
            entries.append({"EventId": str(len(entries))})
            self._told(entry["DetailType"], json.loads(entry["Detail"]))
        self._functions.cross()
        if dice.random() < may.bus_lost:
            scheduler.sleep(3.0)
            raise ReadTimeoutError(endpoint_url=URL)
        failed = sum("ErrorCode" in entry for entry in entries)
        return {"FailedEntryCount": failed, "Entries": entries}


class Secrets:
    """Secrets Manager."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def get_secret_value(self, **asked: Any) -> dict[str, Any]:
        """One secret's text."""
        return {"SecretString": self._values[asked["SecretId"]]}


def _struck() -> None:
    """Notes that the present invocation has met a mishap."""
    task = current()
    if task is not None and task.home is not None and task.home.invocation is not None:
        task.home.invocation.struck = True
