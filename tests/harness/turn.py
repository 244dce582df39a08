"""A lock that is had in the order in which it was asked for, so that nobody waits for ever under load."""

import threading
from collections import deque


class Turn:
    """Whose turn it is. `threading.Lock` promises no order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    @property
    def taken(self) -> bool:
        """Whether it is somebody's turn now."""
        return self._taken

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait for one's turn, for at most `timeout` seconds; whether it came."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(timeout):
            return True
        with self._lock:
            if mine.is_set():  # it came as the time ran out
                return True
            self._waiting.remove(mine)
            return False

    def release(self) -> None:
        """Pass the turn on to whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()
