"""How often a client may do something in a minute, counted in the table: one item for each client and minute."""

from dataclasses import dataclass

from supervision.base import clock
from supervision.base.observability import logger
from supervision.base.problems import Problem, TooManyDials, TooManyRequests
from supervision.rules.caller import Caller
from supervision.table.gateway import Change, Gateway, Guarded, Key, When

_MINUTE_MS = 60_000
_KEPT_MINUTES = 10


def one_dial(client: str, limit: int, now_ms: int) -> Guarded:
    """The write that counts one dial of `client` in the minute of `now_ms`, of at most `limit`.

    It is made together with the record of the dial: a dial that does not come about is not counted, and one that
    cannot be counted is not sent. Where the limit is reached, it is refused with TooManyDials.
    """
    return _one("dials", client, limit, now_ms, TooManyDials)


@dataclass(frozen=True, slots=True)
class Reads:
    """How often a client may have single calls read, for which Ytel's whole list may have to be walked."""

    gateway: Gateway
    per_minute: int

    def count(self, caller: Caller) -> None:
        """Counts one reading before it is made. Raises TooManyRequests where the limit is reached.

        A reading that cannot be counted is made all the same: while the table fails, what is in memory serves.
        """
        one = _one("reads", caller.limited_as, self.per_minute, clock.now_ms(), TooManyRequests)
        try:
            done = self.gateway.write(one.write).done
        except _dynamodb_failures() as error:
            logger.warning("a reading could not be counted", cause=type(error).__name__)
            return
        if not done:
            raise one.problem


def count(gateway: Gateway, one: Guarded) -> None:
    """Counts what is written with nothing else. Raises its problem where the limit is reached."""
    if not gateway.write(one.write).done:
        raise one.problem


def _one(what: str, client: str, limit: int, now_ms: int, refusal: type[Problem]) -> Guarded:
    minute, into = divmod(now_ms, _MINUTE_MS)
    change = Change(
        Key(f"{what.upper()}#{client}", str(minute)),
        f"ADD #{what} :one SET expiration = :expiration",
        {":one": 1, ":expiration": (minute + _KEPT_MINUTES) * 60},
        When(f"attribute_not_exists(#{what}) OR #{what} < :limit", {":limit": limit}),
    )
    wait = max(1, -(-(_MINUTE_MS - into) // 1000))
    return Guarded(change, refusal(f"{limit} {what} a minute are allowed; ask again in the next", retry_after=wait))


def _dynamodb_failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return BotoCoreError, ClientError
