"""What runs the functions, seen from the gateway and the bus.

`runtime_source` runs the working tree; another runtime takes its place by answering the same calls.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tests.harness.parts import Function

LARGEST_PAYLOAD = 6_291_556  # bytes of an event or of an answer that Lambda passes on


@dataclass(frozen=True)
class Failure:
    """A function error, with the fields that Lambda reports."""

    type: str
    message: str
    trace: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The payload that Lambda answers with in place of a result."""
        return {"errorMessage": self.message, "errorType": self.type, "stackTrace": list(self.trace)}


@dataclass(frozen=True)
class Result:
    """What an invocation came to: `payload` is the parsed JSON of the answer, unless there is a `failure`."""

    payload: Any = None
    failure: Failure | None = None


OUT_OF_TIME = "Sandbox.Timedout"  # the `type` of the failure of a function that ran longer than its Timeout


class BusyError(Exception):
    """No environment of the function became free before the caller's deadline."""


class StartError(Exception):
    """Something of the harness itself cannot run here; the text is one line. Never raised for a function that fails."""


class Log(Protocol):
    """Where every line goes that a function writes, with the function's logical id."""

    def __call__(self, function: str, line: str) -> None: ...


class Runtime(Protocol):
    """Environments that run functions. Every method may be called from any thread."""

    def start(self, function: Function) -> None:
        """Begin to make an environment, ahead of the first invocation. Returns at once."""

    def invoke(self, function: Function, event: Any, deadline: float | None = None) -> Result:
        """Run `function` once and wait for it; an environment is made where none is free.

        `deadline`, on `time.monotonic`'s clock, ends the wait for a free environment with BusyError. Once running, the
        function has its own Timeout, after which its environment is killed and the Result is a failure
        (`Sandbox.Timedout`). A crash, a failed init and an answer that is too large are failures too, never exceptions.
        """

    def kill(self, function: Function) -> None:
        """End the function's environments at once, whatever they are doing; the next invocation makes new ones."""

    def move_clock(self, seconds: float) -> None:
        """Set how far ahead of the true time `supervision.clock` stands, now and in environments made later."""

    def sync_logs(self) -> None:
        """Return once every line that was written so far has gone to the log."""

    def stop(self) -> None:
        """End every environment. Nothing is left behind."""


type RuntimeFactory = Callable[[Mapping[str, Function], Callable[[Function], Mapping[str, str]], Log], Runtime]
"""Makes a runtime out of the functions by logical id, what answers a function's whole environment, and the log."""
