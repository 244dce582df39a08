"""One execution environment: a process that runs one function, seen from the harness."""

import contextlib
import json
import os
import re
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.harness import framing
from tests.harness.parts import Function
from tests.harness.runtime import LARGEST_PAYLOAD, OUT_OF_TIME, Failure, Result
from tests.harness.zygote import Zygote

_INIT_SECONDS = 30  # Lambda allows 10, on a machine that does nothing else
_SYNC = re.compile(rb"\x00(\d+)\x00")


class Environment:
    """A process that runs one function. It initialises on its own; the first invocation waits for it to be done."""

    def __init__(
        self,
        zygote: Zygote,
        function: Function,
        variables: Mapping[str, str],
        layer: Sequence[Path],
        clock: float,
        log: Callable[[str], None],
    ) -> None:
        self.ended = False
        self._ready = False
        self._log = log
        self._synced = threading.Condition()
        self._last_sync = 0
        self._invocations, theirs = socket.socketpair()
        self._control, their_control = socket.socketpair()
        self._control_lock = threading.Lock()
        self._control.settimeout(5)
        output, their_output = os.pipe()
        argument = {
            "folder": str(function.folder),
            "path": [str(function.folder), *map(str, layer)],
            "handler": function.handler,
            "arn": function.arn,
            "clock_ms": int(clock * 1000),
        }
        with theirs, their_control:
            fds = [theirs.fileno(), their_control.fileno(), their_output]
            self._pid = zygote.fork("tests.harness.worker:main", argument, variables, fds)
        os.close(their_output)
        self._reader = threading.Thread(target=self._read, args=(output,), daemon=True)
        self._reader.start()

    def run(self, body: bytes, timeout: float) -> Result:
        """Run the function once on the JSON `body`. The environment may have ended after it."""
        id_ = str(uuid.uuid4())
        try:
            answer = self._initialised()
            if answer == b"+":
                self._ready = True
                head = {"id": id_, "deadline_ms": int((time.time() + timeout) * 1000), "trace": _trace()}
                self._invocations.settimeout(timeout)
                framing.send(self._invocations, json.dumps(head).encode() + b"\n" + body)
                answer = framing.receive(self._invocations)
        except TimeoutError:
            self.kill()
            message = f"{id_} Task timed out after {timeout if self._ready else _INIT_SECONDS:.2f} seconds"
            self._log(message)
            return Result(failure=Failure(OUT_OF_TIME, message))
        except OSError:  # killed from outside, in the middle
            answer = None
        if answer is None:
            self.kill()
            message = f"RequestId: {id_} Error: Runtime exited without providing a reason"
            self._log(message)
            return Result(failure=Failure("Runtime.ExitError", message))
        if answer[:1] == b"!":
            error = json.loads(answer[1:])
            if not self._ready:
                self.kill()
            return Result(failure=Failure(error["errorType"], error["errorMessage"], tuple(error["stackTrace"])))
        if len(answer) - 1 > LARGEST_PAYLOAD:
            message = f"Response payload size exceeded maximum allowed payload size ({LARGEST_PAYLOAD} bytes)."
            return Result(failure=Failure("Function.ResponseSizeTooLarge", message))
        return Result(payload=json.loads(answer[1:]))

    def _initialised(self) -> bytes | None:
        if self._ready:
            return b"+"
        self._invocations.settimeout(_INIT_SECONDS)
        return framing.receive(self._invocations)

    def move_clock(self, seconds: float) -> None:
        """Set how far ahead the function's clock stands."""
        with self._control_lock, contextlib.suppress(OSError):
            framing.send(self._control, json.dumps({"clock_ms": int(seconds * 1000)}).encode())
            framing.receive(self._control)

    def sync_log(self) -> None:
        """Wait until everything written so far has been logged."""
        with self._control_lock, contextlib.suppress(OSError):
            wanted = self._last_sync + 1
            framing.send(self._control, json.dumps({"sync": wanted}).encode())
            with self._synced:
                self._synced.wait_for(lambda: self._last_sync >= wanted or not self._reader.is_alive(), timeout=5)

    def kill(self) -> None:
        """End the process at once, and wait for the last of what it wrote."""
        if not self.ended:
            self.ended = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            for one in (self._invocations, self._control):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._reader.join(timeout=5)

    def _read(self, output: int) -> None:
        rest = b""
        while part := os.read(output, 1 << 16):
            rest += part
            reached = [int(number) for number in _SYNC.findall(rest)]
            rest = _SYNC.sub(b"", rest)
            *lines, rest = rest.split(b"\n")
            for line in lines:
                self._log(line.decode("utf-8", "replace").rstrip("\r"))
            if reached:
                with self._synced:
                    self._last_sync = max(reached)
                    self._synced.notify_all()
        os.close(output)
        if rest:
            self._log(rest.decode("utf-8", "replace"))


def _trace() -> str:
    root = f"1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"
    return f"Root={root};Parent={uuid.uuid4().hex[:16]};Sampled=0"
