"""Runs the functions from the working tree, each in a process of its own, one invocation at a time, as Lambda does."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.harness.environment import Environment
from tests.harness.parts import Function
from tests.harness.runtime import LARGEST_PAYLOAD, BusyError, Failure, Log, Result
from tests.harness.turn import Turn
from tests.harness.zygote import zygote

# What the layer's dependencies take longest to import. Nothing of the product: that is imported anew in each process.
_SLOW_IMPORTS = (
    "aws_lambda_powertools.event_handler.openapi.models",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.idempotency",
    "aws_lambda_powertools.utilities.parameters",
    "jwt",
    "phonenumbers",
    "pydantic",
    "requests",
    "tests.harness.known_services",
)


class SourceRuntime:
    """A `Runtime`. `layer` is the folder that stands for the layer's /opt/python."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        environment: Callable[[Function], Mapping[str, str]],
        log: Log,
        *,
        layer: Sequence[Path] = (),
    ) -> None:
        zygote(*_SLOW_IMPORTS)  # begins to import now
        self._environment = environment
        self._log = log
        self._layer = layer
        self._clock = 0.0
        self._slots = {name: _Slot() for name in functions}
        self._stopped = False

    def start(self, function: Function) -> None:
        """Begin to make the environment, unless there is one."""
        slot = self._slots[function.id]
        if slot.turn.acquire(timeout=0):
            try:
                self._ready(function, slot)
            finally:
                slot.turn.release()

    def invoke(self, function: Function, event: Any, deadline: float | None = None) -> Result:
        """Run the function once. See `Runtime`."""
        body = json.dumps(event, ensure_ascii=False).encode()
        if len(body) > LARGEST_PAYLOAD:
            return Result(failure=Failure("RequestEntityTooLargeException", "the event is larger than Lambda takes"))
        slot = self._slots[function.id]
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not slot.turn.acquire(timeout=left):
            raise BusyError(function.id)
        try:
            if self._stopped:
                return Result(failure=Failure("Runtime.ExitError", "the harness has stopped"))
            environment = self._ready(function, slot)
            answer = environment.run(body, function.timeout)
            if environment.ended:
                slot.environment = None
            return answer
        finally:
            slot.turn.release()

    def kill(self, function: Function) -> None:
        """Kill the function's process, whatever it is doing."""
        slot = self._slots[function.id]
        if environment := slot.environment:
            environment.kill()
            slot.environment = None

    def move_clock(self, seconds: float) -> None:
        """Set how far ahead the functions' clock stands."""
        self._clock = seconds
        for slot in self._slots.values():
            if environment := slot.environment:
                environment.move_clock(seconds)

    def sync_logs(self) -> None:
        """Wait for what the functions have written so far."""
        for slot in self._slots.values():
            if environment := slot.environment:
                environment.sync_log()

    def stop(self) -> None:
        """End every process."""
        self._stopped = True
        for slot in self._slots.values():
            if environment := slot.environment:
                environment.kill()
        for slot in self._slots.values():
            with slot.turn:  # what was running has seen its environment end
                if environment := slot.environment:
                    environment.kill()
                slot.environment = None

    def _ready(self, function: Function, slot: "_Slot") -> Environment:
        environment = slot.environment
        if environment is None or environment.ended:
            slot.environment = environment = Environment(
                zygote(*_SLOW_IMPORTS),
                function,
                self._environment(function),
                self._layer,
                self._clock,
                lambda line: self._log(function.id, line),
            )
        return environment


class _Slot:
    """A function's one environment, and whose turn it is to use it."""

    def __init__(self) -> None:
        self.turn = Turn()
        self.environment: Environment | None = None
