"""How often a client may do something in a minute, counted in the table: one item for each client and minute."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from supervision.base import clock
from supervision.base.observability import logger
from supervision.base.problems import Problem, TooManyDials, TooManyRequests
from supervision.base.side_by_side import Begun
from supervision.rules.caller import Caller
from supervision.table.gateway import Gateway
from supervision.table.items import Key
from supervision.table.writes import Change, Guarded, When

_MINUTE_MS = 60_000
_KEPT_MINUTES = 10
_COUNTED_WITHIN = 4.0  # seconds: the table has answered by then, or failed


def one_dial(client: str, limit: int, now_ms: int) -> Guarded:
    """The write that counts one dial of `client` in the minute of `now_ms`, of at most `limit`.

    It is made together with the record of the dial: a dial that does not come about is not counted, and one that
    cannot be counted is not sent. Where the limit is reached, it is refused with TooManyDials.
    """
    return _one("dials", client, limit, now_ms, TooManyDials)


class CountsReads(Protocol):
    """What a reading of a single call is counted by."""

    def count(self, caller: Caller) -> None:
        """Counts one reading before it is made. Raises TooManyRequests where the limit is reached."""


@dataclass(frozen=True, slots=True)
class Reads:
    """How often a client may have single calls read, for which Ytel's whole list may have to be walked."""

    gateway: Gateway
    per_minute: int

    def count(self, caller: Caller) -> None:
        """Counts one reading before it is made. Raises TooManyRequests where the limit is reached.

        A reading that cannot be counted is made all the same: while the table fails, what is in memory serves.
        """
        one = self._of(caller, clock.now_ms())
        if self._counted(one) is False:
            raise one.problem

    @contextmanager
    def ahead(self, caller: Caller) -> Iterator["CountedAhead"]:
        """Counts one reading beside other work; one that is not made after all is taken back at the end."""
        now = clock.now_ms()
        one = self._of(caller, now)
        reading = CountedAhead(self, one, Begun([partial(self._counted, one)]))
        try:
            yield reading
        finally:
            if not reading.made and reading.counted():
                self._take_back(_key("reads", caller.limited_as, now))

    def _of(self, caller: Caller, now_ms: int) -> Guarded:
        return _one("reads", caller.limited_as, self.per_minute, now_ms, TooManyRequests)

    def _counted(self, one: Guarded) -> bool | None:
        """Whether it was counted, which it is not where the limit is reached. None where nobody knows."""
        try:
            return self.gateway.write(one.write).done
        except _dynamodb_failures() as error:
            logger.warning("a reading could not be counted", cause=type(error).__name__)
            return None

    def _take_back(self, key: Key) -> None:
        back = Change(key, "ADD #reads :back", {":back": -1}, When("attribute_exists(pk)"))
        try:
            self.gateway.write(back)
        except _dynamodb_failures() as error:
            logger.warning("a reading that was not made stays counted", cause=type(error).__name__)


@dataclass(slots=True)
class CountedAhead:
    """One reading that is being counted, before it is known whether it is `made`."""

    reads: Reads
    one: Guarded
    begun: Begun[bool | None]
    made: bool = field(default=False, init=False)

    def counted(self) -> bool | None:
        """Whether it was counted; None where nobody knows."""
        return self.begun.wait(_COUNTED_WITHIN)[0]

    def count(self, caller: Caller) -> None:
        """What was begun, for the first reading; any other is counted by itself. Raises TooManyRequests."""
        if self.made:
            return self.reads.count(caller)
        self.made = True
        if self.counted() is False:
            raise self.one.problem
        return None


def count(gateway: Gateway, one: Guarded) -> None:
    """Counts what is written with nothing else. Raises its problem where the limit is reached."""
    if not gateway.write(one.write).done:
        raise one.problem


def _key(what: str, client: str, now_ms: int) -> Key:
    return Key(f"{what.upper()}#{client}", str(now_ms // _MINUTE_MS))


def _one(what: str, client: str, limit: int, now_ms: int, refusal: type[Problem]) -> Guarded:
    minute, into = divmod(now_ms, _MINUTE_MS)
    change = Change(
        _key(what, client, now_ms),
        f"ADD #{what} :one SET expiration = :expiration",
        {":one": 1, ":expiration": (minute + _KEPT_MINUTES) * 60},
        When(f"attribute_not_exists(#{what}) OR #{what} < :limit", {":limit": limit}),
    )
    wait = max(1, -(-(_MINUTE_MS - into) // 1000))
    return Guarded(change, refusal(f"{limit} {what} a minute are allowed; ask again in the next", retry_after=wait))


def _dynamodb_failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return BotoCoreError, ClientError
