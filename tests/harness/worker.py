"""The process of one function: AWS's own runtime loop (awslambdaric), fed over a socket."""

import json
import os
import socket
import sys
import threading
from types import SimpleNamespace
from typing import Any

from tests.harness import framing
from tests.harness.zygote import ROOT

SYNC = b"\x00%d\x00"  # written between what a function writes: all that came before has arrived


def main(argument: dict[str, Any], fds: list[int]) -> None:
    """Run the function in `argument["folder"]` until a socket closes. `fds`: invocations, control, output."""
    invocations, control = socket.socket(fileno=fds[0]), socket.socket(fileno=fds[1])
    for standard in (1, 2):
        os.dup2(fds[2], standard)
    os.close(fds[2])
    # As in Lambda: the function's folder is /var/task, the layer's is /opt/python.
    os.chdir(argument["folder"])
    sys.path[:] = [*argument["path"], *(one for one in sys.path if one not in ("", str(ROOT)))]
    offset = _movable_clock(argument["clock_ms"])
    threading.Thread(target=_obey, args=(control, offset), daemon=True).start()
    # Imported late: it reads the function's environment as it is imported.
    from awslambdaric import bootstrap

    bootstrap.run(argument["handler"], _Client(invocations, argument["arn"]))


class _Client:
    """Answers awslambdaric what its client of Lambda's runtime API would."""

    def __init__(self, connection: socket.socket, arn: str) -> None:
        from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

        self.marshaller = LambdaMarshaller()
        self._connection = connection
        self._arn = arn
        self._initialised = False

    def wait_next_invocation(self) -> Any:
        if not self._initialised:
            self._initialised = True
            framing.send(self._connection, b"+")
        message = framing.receive(self._connection)
        if message is None:
            os._exit(0)
        head, _, body = message.partition(b"\n")
        invocation = json.loads(head)
        return SimpleNamespace(
            invoke_id=invocation["id"],
            deadline_time_in_ms=invocation["deadline_ms"],
            event_body=body,
            content_type="application/json",
            invoked_function_arn=self._arn,
            x_amzn_trace_id=invocation["trace"],
            client_context=None,
            cognito_identity=None,
            tenant_id=None,
            invocation_id=None,
        )

    def post_invocation_result(self, _id: str, result: str | bytes, *_: Any) -> None:
        framing.send(self._connection, b"=" + (result if isinstance(result, bytes) else result.encode()))

    def post_invocation_error(self, _id: str, error: str, *_: Any) -> None:
        framing.send(self._connection, b"!" + error.encode())

    def post_init_error(self, error: dict[str, Any], *_: Any) -> None:
        framing.send(self._connection, b"!" + json.dumps(error).encode())


def _movable_clock(ahead_ms: int) -> list[int]:
    """Let `supervision.clock` stand ahead of the true time by what the answered list holds."""
    offset = [ahead_ms]
    try:
        from supervision.base import clock
    except ImportError:  # a function that does not use the layer
        return offset
    true = clock.now_ms
    clock.now_ms = lambda: true() + offset[0]
    return offset


def _obey(control: socket.socket, offset: list[int]) -> None:
    while (message := framing.receive(control)) is not None:
        order = json.loads(message)
        if "clock_ms" in order:
            offset[0] = order["clock_ms"]
            framing.send(control, b"{}")
        if "sync" in order:
            sys.stdout.flush()
            os.write(1, SYNC % order["sync"])
    os._exit(0)  # the harness is gone, whatever the function is doing
