"""Runs the built functions and layer under AWS's own runtime client and emulator, with no container engine."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.harness import built
from tests.harness.emulated import Emulated
from tests.harness.parts import Function
from tests.harness.runtime import LARGEST_PAYLOAD, BusyError, Failure, Log, Result, StartError

ENVIRONMENTS = 4  # of one function, at most


def make(
    functions: Mapping[str, Function], environment: Callable[[Function], Mapping[str, str]], log: Log
) -> "LambdaRuntime":
    """Build what has changed, and make the runtime of it."""
    built.emulator()
    built.build()
    return LambdaRuntime(functions, environment, log)


class LambdaRuntime:
    """A `Runtime`. `build` is the folder that `sam build` made, `layer` what stands for the layer's /opt/python.

    Each function has up to four environments, made as load asks for them; each one's init time goes to the log.
    The functions live in true time: the clock cannot be moved.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        environment: Callable[[Function], Mapping[str, str]],
        log: Log,
        *,
        build: Path = built.BUILD,
        layer: Path = built.LAYER,
        on_init: Callable[[str, float], None] = lambda _function, _ms: None,
    ) -> None:
        self._environment = environment
        self._log = log
        self._build = build
        self._emulator = built.emulator()
        self._path = f"{layer}:{built.runtime_client()}"
        self._on_init = on_init
        self._pools = {name: _Pool() for name in functions}
        self._stopped = False

    def start(self, function: Function) -> None:
        """Start an emulator, unless there is one; the function itself initialises with its first invocation."""
        pool = self._pools[function.id]
        if pool.reserve():
            threading.Thread(target=self._ahead, args=(function, pool), daemon=True).start()

    def invoke(self, function: Function, event: Any, deadline: float | None = None) -> Result:
        """Run the function once. See `Runtime`."""
        body = json.dumps(event, ensure_ascii=False).encode()
        if len(body) > LARGEST_PAYLOAD:
            return Result(failure=Failure("RequestEntityTooLargeException", "the event is larger than Lambda takes"))
        pool = self._pools[function.id]
        environment = self._take(function, pool, deadline)
        if environment is None:
            return Result(failure=Failure("Runtime.ExitError", "the harness has stopped"))
        try:
            result = environment.run(body, function.timeout)
        finally:
            pool.give_back(environment)
        if result.failure and environment.ended:
            self._log(function.id, result.failure.message)
        return result

    def kill(self, function: Function) -> None:
        """Kill the function's environments, whatever they are doing."""
        for environment in self._pools[function.id].all():
            environment.kill()

    def move_clock(self, seconds: float) -> None:
        """Refused: nothing of the harness is in these functions."""
        raise NotImplementedError("the functions of RUNTIME=lambda live in true time")

    def sync_logs(self) -> None:
        """Wait for what the functions have written so far."""
        for pool in self._pools.values():
            for environment in pool.all():
                environment.sync_log()

    def stop(self) -> None:
        """End every environment."""
        self._stopped = True
        for pool in self._pools.values():
            for environment in pool.all():
                environment.kill()

    def _ahead(self, function: Function, pool: "_Pool") -> None:
        try:
            environment = self._new(function, pool)
        except StartError as error:
            self._log(function.id, str(error))
            environment = None
        pool.began(environment, free=True)
        if environment and self._stopped:  # in the meantime
            environment.kill()

    def _take(self, function: Function, pool: "_Pool", deadline: float | None) -> Emulated | None:
        def new() -> Emulated:
            return self._new(function, pool)

        while not self._stopped:
            environment = pool.take(new, deadline)
            if not environment.ended:
                if self._stopped:  # in the meantime
                    environment.kill()
                return environment
            pool.give_back(environment)
        return None

    def _new(self, function: Function, pool: "_Pool") -> Emulated:
        folder = self._build / function.id
        variables = {
            **self._environment(function),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(int(function.timeout)),
            "LAMBDA_TASK_ROOT": str(folder),
            "PYTHONPATH": self._path,
            "PYTHONDONTWRITEBYTECODE": "1",  # /opt and /var/task are read-only
        }
        pool.made += 1
        number = pool.made

        def initialised(ms: float) -> None:
            self._log(function.id, f"environment {number} initialised in {ms:.0f} ms")
            self._on_init(function.id, ms)

        command = [built.PYTHON, "-S", "-m", "awslambdaric", function.handler]
        return Emulated(
            command, self._emulator, folder, variables, lambda line: self._log(function.id, line), initialised
        )


class _Pool:
    """A function's environments, and which of them are free: the one used last is taken first, as Lambda does."""

    def __init__(self) -> None:
        self.made = 0
        self._free: list[Emulated] = []
        self._busy: set[Emulated] = set()
        self._starting = 0
        self._ahead = False
        self._changed = threading.Condition()

    def reserve(self) -> bool:
        """Whether the first environment is to be made, ahead of an invocation; `take` then waits until it `began`."""
        with self._changed:
            if self._free or self._busy or self._starting:
                return False
            self._starting += 1
            self._ahead = True
            return True

    def take(self, new: Callable[[], Emulated], deadline: float | None) -> Emulated:
        with self._changed:
            while not self._free and (self._ahead or self._starting + len(self._busy) >= ENVIRONMENTS):
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise BusyError
                self._changed.wait(left)
            if self._free:
                environment = self._free.pop()
                self._busy.add(environment)
                return environment
            self._starting += 1
        try:
            environment = new()
        except BaseException:
            self.began(None)
            raise
        self.began(environment)
        return environment

    def give_back(self, environment: Emulated) -> None:
        with self._changed:
            self._busy.discard(environment)
            if not environment.ended:
                self._free.append(environment)
            self._changed.notify_all()

    def all(self) -> list[Emulated]:
        with self._changed:
            return [*self._free, *self._busy]

    def began(self, environment: Emulated | None, *, free: bool = False) -> None:
        with self._changed:
            self._starting -= 1
            if environment and free:
                self._free.append(environment)
            elif environment:
                self._busy.add(environment)
            self._ahead = self._ahead and not free
            self._changed.notify_all()
