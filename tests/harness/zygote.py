"""Processes that start quickly: each is forked from one that has done the slow imports and nothing else.

The first process imports what is named and waits; every request forks it, and the child becomes what the request says.
Nobody outlives the process that asked: each end of a socket that closes ends the process at the other end.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.harness import framing

ROOT = Path(__file__).parents[2]


def no_account(environment: Mapping[str, str]) -> dict[str, str]:
    """The same, with no account of anyone's within reach: no profile, no credentials, none of AWS's files."""
    own = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**own, **nowhere, "AWS_EC2_METADATA_DISABLED": "true"}


class Zygote:
    """The process to fork from. `modules` are imported in it; those that are missing are left out."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        with theirs:
            # A session of its own: Ctrl-C in a terminal is for the harness alone, which then ends its children.
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"from {__name__} import serve; serve({theirs.fileno()})", *modules],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**no_account(os.environ), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            )

    def fork(self, entry: str, argument: Any, environment: Mapping[str, str], fds: Sequence[int]) -> int:
        """Fork a process that runs `entry` ("module:function") with `argument` and copies of `fds`; answer its id."""
        request = json.dumps({"entry": entry, "argument": argument, "environment": dict(environment)}).encode()
        with self._lock:
            socket.send_fds(self._socket, [b"+"], list(fds))
            framing.send(self._socket, request)
            answer = framing.receive(self._socket)
        if answer is None:
            raise RuntimeError("the process that others are forked from has ended")
        return int(answer)

    def stop(self) -> None:
        """End the process to fork from; what was forked lives on until its own socket closes."""
        self._socket.close()
        self._process.wait()


@cache
def zygote(*modules: str) -> Zygote:
    """The one that has imported `modules`, made on first use and kept for the life of this process."""
    import atexit

    made = Zygote(modules)
    atexit.register(made.stop)
    return made


def serve(fd: int) -> None:
    """Be the process to fork from, until the socket `fd` closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in sys.argv[1:]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # What is here stays: no child's collector looks at it, which would copy all of it page by page.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end are not waited for
    with socket.socket(fileno=fd) as requests:
        while True:
            _, fds, _, _ = socket.recv_fds(requests, 1, 8)
            message = framing.receive(requests)
            if message is None:
                return
            pid = os.fork()
            if pid == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                requests.close()
                _become(json.loads(message), fds)
            for one in fds:
                os.close(one)
            framing.send(requests, str(pid).encode())


def _become(request: dict[str, Any], fds: list[int]) -> None:
    code = 1
    try:
        os.environ.clear()
        os.environ.update(request["environment"])
        module, _, name = request["entry"].partition(":")
        getattr(importlib.import_module(module), name)(request["argument"], fds)
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
