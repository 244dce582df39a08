"""One execution environment under AWS's runtime emulator: the emulator, and the function's process that it starts."""

import contextlib
import fcntl
import http.client
import json
import re
import select
import socket
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tests.harness import lifeline
from tests.harness.runtime import LARGEST_PAYLOAD, OUT_OF_TIME, Failure, Result, StartError
from tests.harness.waiting import wait_until

_PATH = "/2015-03-31/functions/function/invocations"
_INIT_SECONDS = 30  # Lambda allows 10, on a machine that does nothing else
_OF_THE_EMULATOR = re.compile(r"(START|END|REPORT) RequestId: |\d\d \w{3} \d{4} [\d:,]+ \[\w+\] \(rapid\) ")
_INIT = re.compile(r"\(rapid\) INIT REPORT\(durationMs: ([\d.]+)\)")
_FAILURE_FIELDS = {"errorMessage", "errorType", "requestId", "stackTrace"}
_ports = threading.Lock()


class Emulated:
    """An emulator with its function. The function initialises with the first invocation; `on_init` gets the ms."""

    def __init__(
        self,
        command: Sequence[str],
        emulator: Path,
        folder: Path,
        variables: Mapping[str, str],
        log: Callable[[str], None],
        on_init: Callable[[float], None],
    ) -> None:
        self.ended = False
        self._log = log
        self._on_init = on_init
        self._reading = threading.Lock()
        with _ports:  # each waits until its emulator has them
            api, front = _free_ports(2)
            arguments = ["--runtime-api-address", f"127.0.0.1:{api}"]
            arguments += ["--runtime-interface-emulator-address", f"127.0.0.1:{front}"]
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", lifeline.__file__, str(emulator), *arguments, *command],
                cwd=folder,
                env=dict(variables),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            assert self._process.stdout
            assert self._process.stderr
            self._outputs: tuple[IO[bytes], ...] = (self._process.stdout, self._process.stderr)
            self._readers = [threading.Thread(target=self._read, args=(one,), daemon=True) for one in self._outputs]
            for reader in self._readers:
                reader.start()
            self._front = http.client.HTTPConnection("127.0.0.1", front)
            try:
                wait_until(lambda: self._process.poll() is not None or _answers(front), timeout=10)
            except AssertionError:
                self.kill()
                raise StartError("the Lambda runtime emulator does not start") from None

    def run(self, body: bytes, timeout: float) -> Result:
        """Run the function once on the JSON `body`. The environment may have ended after it."""
        try:
            self._front.timeout = timeout + _INIT_SECONDS
            self._front.request("POST", _PATH, body, {"Content-Type": "application/json"})
            response = self._front.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            self.kill()
            return Result(failure=Failure("Runtime.ExitError", "Error: Runtime exited without providing a reason"))
        if response.status != 200:
            self.kill()
            return Result(failure=_failure(answer))
        if answer.startswith(b"Task timed out after"):
            self.kill()
            return Result(failure=Failure(OUT_OF_TIME, answer.decode()))
        if len(answer) > LARGEST_PAYLOAD:
            message = f"Response payload size exceeded maximum allowed payload size ({LARGEST_PAYLOAD} bytes)."
            return Result(failure=Failure("Function.ResponseSizeTooLarge", message))
        payload = json.loads(answer)
        # The emulator answers a function's error like a result.
        if isinstance(payload, dict) and payload.keys() == _FAILURE_FIELDS:
            return Result(failure=_failure(answer))
        return Result(payload=payload)

    def sync_log(self) -> None:
        """Wait until everything written so far has been logged."""
        with contextlib.suppress(AssertionError):
            wait_until(
                lambda: not any(reader.is_alive() for reader in self._readers) or self._nothing_left(), timeout=5
            )

    def kill(self) -> None:
        """End the emulator and the function at once, and wait for the last of what they wrote."""
        if not self.ended:
            self.ended = True
            assert self._process.stdin
            self._process.stdin.close()
            self._process.wait()
            for reader in self._readers:
                reader.join(timeout=5)
            self._front.close()

    def _nothing_left(self) -> bool:
        with self._reading:
            return not any(_waiting(one) for one in self._outputs)

    def _read(self, output: IO[bytes]) -> None:
        rest = b""
        arrived = select.poll()
        arrived.register(output, select.POLLIN)
        with output:
            while True:
                arrived.poll()
                with self._reading:
                    part = output.read1(1 << 16)  # type: ignore[attr-defined]
                    *lines, rest = (rest + part).split(b"\n")
                    for line in lines:
                        self._line(line.decode("utf-8", "replace").rstrip("\r"))
                if not part:
                    break
        if rest:
            self._line(rest.decode("utf-8", "replace"))

    def _line(self, line: str) -> None:
        if initialised := _INIT.search(line):
            self._on_init(float(initialised[1]))
        elif not _OF_THE_EMULATOR.match(line):
            self._log(line)


def _failure(answer: bytes) -> Failure:
    error: dict[str, Any] = json.loads(answer)
    return Failure(error.get("errorType", ""), error.get("errorMessage", ""), tuple(error.get("stackTrace", ())))


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _waiting(output: IO[bytes]) -> int:
    if output.closed:
        return 0
    return int(struct.unpack("i", fcntl.ioctl(output, termios.FIONREAD, b"\0\0\0\0"))[0])
