"""The functions as Lambda runs them: environments that are made, used again, frozen, timed out and killed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.harness.parts import Function
from tests.harness.simulation.scheduler import SECOND, Scheduler, Task, current

ENVIRONMENTS = 4  # of one function, at most: then it is throttled


class Throttled(Exception):
    """Every environment of the function is busy."""


class Context:
    """Lambda's context of one invocation."""

    def __init__(self, function: Function, request_id: str, scheduler: Scheduler) -> None:
        self.function_name = function.name
        self.aws_request_id = request_id
        self.memory_limit_in_mb = function.memory
        self.invoked_function_arn = function.arn
        self._scheduler = scheduler
        self._until = scheduler.now + int(function.timeout * SECOND)

    def get_remaining_time_in_millis(self) -> int:
        """What is left of the function's time."""
        return max(0, (self._until - self._scheduler.now) // 1000)


class Environment:
    """One environment of a function: what its module holds between invocations, and a clock that may be wrong."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.module = _load(function.folder)
        self.invocation: Invocation | None = None
        self.ahead_ms = 0
        self._frozen: list[Task] = []

    def holds_up(self, task: Task) -> bool:
        """Whether a task of this environment has to wait: between invocations nothing of it runs."""
        if self.invocation is None:
            self._frozen.append(task)
        return self.invocation is None

    def thaw(self, scheduler: Scheduler) -> None:
        """What was left when the last invocation ended goes on."""
        for task in self._frozen:
            scheduler.after(0, task)
        self._frozen = []


class Invocation:
    """One run of a handler. `name` says whose request it is; `crossings` counts the calls it made to the outside."""

    def __init__(self, name: str, function: Function, event: Any, kill_at: int | None) -> None:
        self.name = name
        self.function = function
        self.event = event
        self.kill_at = kill_at
        self.crossings = 0
        self.dead = False
        self.answer: Any = None
        self.error: BaseException | None = None
        self.struck = False
        self.end: Callable[..., None] = lambda **_: None


class Functions:
    """Every environment of every function."""

    def __init__(self, scheduler: Scheduler, request_id: Callable[[], str]) -> None:
        self.scheduler = scheduler
        self._request_id = request_id
        self._environments: dict[str, list[Environment]] = {}

    def invoke(self, invocation: Invocation, done: Callable[[Invocation], None]) -> None:
        """Begins an invocation; `done` is told once it ended, failed, timed out or was killed. Raises Throttled."""
        function = invocation.function
        home = self._free(function)
        home.invocation = invocation
        context = Context(function, self._request_id(), self.scheduler)
        ended = [False]

        def end(*, dead: bool) -> None:
            if ended[0]:
                return
            ended[0] = True
            home.invocation = None
            if dead:
                invocation.dead = True
                self._environments[function.id].remove(home)
            done(invocation)

        def run() -> None:
            home.thaw(self.scheduler)
            try:
                invocation.answer = home.module.lambda_handler(invocation.event, context)
            except Exception as error:
                invocation.error = error
            except SystemExit as error:
                invocation.error = error
            if not invocation.dead:
                end(dead=False)

        invocation.end = end
        self.scheduler.start(run, home)
        self.scheduler.after(function.timeout, lambda: end(dead=True))

    def environments(self) -> list[Environment]:
        """All that stand."""
        return [one for standing in self._environments.values() for one in standing]

    def cross(self) -> None:
        """The present task is about to do something that others see, or has done it: here it may be killed.

        A killed invocation runs no further line, and neither does what else ran in its environment.
        """
        task = current()
        if task is None or task.home is None:
            return
        self.scheduler.leave_if_over()
        invocation = task.home.invocation
        if invocation is None or task.home not in self._environments.get(invocation.function.id, ()):
            self.scheduler.abandon()
            return
        invocation.crossings += 1
        if invocation.crossings == invocation.kill_at:
            invocation.end(dead=True)
            self.scheduler.abandon()

    def _free(self, function: Function) -> Environment:
        standing = self._environments.setdefault(function.id, [])
        for home in standing:
            if home.invocation is None:
                return home
        if len(standing) >= ENVIRONMENTS:
            raise Throttled(function.id)
        standing.append(Environment(function))
        return standing[-1]


@cache
def _code(path: Path) -> CodeType:
    return compile(path.read_bytes(), str(path), "exec")


def _load(folder: Path) -> ModuleType:
    """A function's `app`, new, with its own folder's modules new too."""
    own = {path.stem: path for path in folder.glob("*.py") if path.stem != "app"}
    with _away(own):
        for name, path in own.items():
            sys.modules[name] = _Lazily(name, path)
        return _run("app", folder / "app.py")


def _run(name: str, path: Path) -> ModuleType:
    module = ModuleType(f"{path.parent.name}.{name}")
    module.__file__ = str(path)
    exec(_code(path), vars(module))
    return module


class _Lazily(ModuleType):
    """A module beside a function's `app`, run when something of it is wanted."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name)
        vars(self)["_path"] = path

    def __getattr__(self, name: str) -> Any:
        path = vars(self).pop("_path", None)
        if path is None:
            raise AttributeError(name)
        vars(self)["__file__"] = str(path)
        exec(_code(path), vars(self))
        return getattr(self, name)


@contextmanager
def _away(names: Any) -> Iterator[None]:
    """Whatever goes by these names in `sys.modules` comes back afterwards."""
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)
