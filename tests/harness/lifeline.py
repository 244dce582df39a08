"""Runs a command that ends, with all it started, when whoever started this is gone: `lifeline.py COMMAND...`.

Standard input is the line: it closes by itself when the process at its other end dies, however it dies.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def main(command: list[str]) -> None:
    """Run `command` until the line closes, then kill it and every process that came of it."""
    # What outlives its own parent becomes a child of this process, so that it can be found.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # Ctrl-C reaches the whole group; the line decides
        signal.signal(number, signal.SIG_IGN)
    subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_default_signals)
    while os.read(0, 1):
        pass
    while family := _descendants(os.getpid()):
        for one in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _default_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.setpgid(0, 0)


def _descendants(pid: int) -> list[int]:
    """The processes that came of `pid`, children before their parents."""
    with contextlib.suppress(OSError):  # it has ended
        threads = Path(f"/proc/{pid}/task").iterdir()
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
        return [one for child in children for one in (*_descendants(child), child)]
    return []


if __name__ == "__main__":
    main(sys.argv[1:])
