"""A secret of Secrets Manager, read on first use and held for a short while, so that a change needs no deployment."""

from threading import Lock

from supervision.base import aws, clock
from supervision.base.observability import logger
from supervision.rules.clocks import latest_believed

# How long a failed reading is left alone, so that an outage does not cost every request a time-out.
_PAUSE_MS = 10_000


class SecretUnavailable(Exception):
    """The secret cannot be read, and nothing recent enough is held. Never raised while a held value serves."""


class Secret:
    """The text of the secret `name`.

    It is read anew once the held text is `max_age` seconds old. While it cannot be read, the held one serves: for
    ever, or until it is `max_stale` seconds old.
    """

    def __init__(self, name: str, *, max_age: float = 300.0, max_stale: float | None = None) -> None:
        self.name = name
        self._max_age_ms = max_age * 1000
        self._max_stale_ms = max_stale * 1000 if max_stale is not None else float("inf")
        self._text = ""
        self._read_at: float = float("-inf")
        self._failed_at: float = float("-inf")
        self._lock = Lock()

    def get(self) -> str:
        """The text. Raises SecretUnavailable."""
        with self._lock:
            now = clock.now_ms()
            if self._read_at > latest_believed(now):  # the clock was set back since
                self._read_at = now - self._max_age_ms
            if now - self._read_at < self._max_age_ms:
                return self._text
            if not now - _PAUSE_MS < self._failed_at <= latest_believed(now):
                try:
                    self._read(now)
                except _failures() as error:
                    self._failed_at = now
                    logger.warning("a secret cannot be read", secret=self.name, cause=type(error).__name__)
            if now - self._read_at < self._max_stale_ms and self._read_at != float("-inf"):
                return self._text
            raise SecretUnavailable(f"the secret {self.name} cannot be read")

    def forget(self) -> None:
        """Have the next `get` read it anew; what is held still serves if that fails."""
        with self._lock:
            self._read_at = min(self._read_at, clock.now_ms() - self._max_age_ms)
            self._failed_at = float("-inf")

    def _read(self, now: int) -> None:
        answer = aws.client("secretsmanager").get_secret_value(SecretId=self.name)
        self._text = answer["SecretString"]
        self._read_at = now


def _failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return BotoCoreError, ClientError, KeyError
