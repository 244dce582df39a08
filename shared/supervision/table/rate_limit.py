"""How often a client may do something in a minute, counted in the table: one item for each client and minute."""

from supervision.base.problems import TooManyDials
from supervision.table.gateway import Change, Gateway, Guarded, Key, When

_MINUTE_MS = 60_000
_KEPT_MINUTES = 10


def one_dial(client: str, limit: int, now_ms: int) -> Guarded:
    """The write that counts one dial of `client` in the minute of `now_ms`, of at most `limit`.

    It is made together with the record of the dial: a dial that does not come about is not counted, and one that
    cannot be counted is not sent. Where the limit is reached, it is refused with TooManyDials.
    """
    minute, into = divmod(now_ms, _MINUTE_MS)
    change = Change(
        Key(f"DIALS#{client}", str(minute)),
        "ADD dials :one SET expiration = :expiration",
        {":one": 1, ":expiration": (minute + _KEPT_MINUTES) * 60},
        When("attribute_not_exists(dials) OR dials < :limit", {":limit": limit}),
    )
    wait = max(1, -(-(_MINUTE_MS - into) // 1000))
    return Guarded(change, TooManyDials(f"{limit} dials a minute are allowed; ask again in the next", retry_after=wait))


def count(gateway: Gateway, one: Guarded) -> None:
    """Counts what is written with nothing else. Raises its problem where the limit is reached."""
    if not gateway.write(one.write).done:
        raise one.problem
