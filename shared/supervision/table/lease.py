"""A lease on an item of the table: one function holds it at a time, and none for longer than it was taken for.

It stands in the attributes `leaseHolder`, `leaseFrom` and `leaseUntil` (milliseconds since the epoch) of the item that
it is about. A lease that ends is over by the clock, whether or not its holder gave it back. One that began ahead of
one's own clock counts as over too.
"""

from collections.abc import Mapping

from msgspec import Struct, field

from supervision.rules.clocks import latest_believed
from supervision.table.gateway import Gateway
from supervision.table.items import Key, Value
from supervision.table.writes import Change, When, Written


class LeaseTerms(Struct, frozen=True):
    """What besides must hold for a lease to be taken, as conditions of DynamoDB, with their values.

    `only` must hold in any case. Where `unless` holds, the lease may be taken though another function has it. `then` is
    changed together with it.
    """

    only: str = ""
    unless: str = ""
    then: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


_NO_TERMS = LeaseTerms()


class Lease(Struct, frozen=True):
    """The lease on the item of `key`, taken for `length_ms`."""

    gateway: Gateway
    key: Key
    length_ms: int

    def acquire(self, holder: str, now: int, terms: LeaseTerms = _NO_TERMS) -> Written:
        """Takes the lease, where nobody has it; the item as it then is."""
        free = "attribute_not_exists(leaseUntil) OR leaseUntil <= :now OR leaseFrom > :ahead"
        condition = f"({free} OR {terms.unless})" if terms.unless else f"({free})"
        values: dict[str, Value] = {":now": now, ":ahead": latest_believed(now), **terms.values}
        if terms.only:
            condition += f" AND {terms.only}"
        return self.gateway.write(
            Change(
                self.key,
                f"SET leaseHolder = :holder, leaseFrom = :from, leaseUntil = :until {terms.then}".strip(),
                {":holder": holder, ":from": now, ":until": now + self.length_ms},
                When(condition, values),
            )
        )

    def give_back(self, holder: str, then: str = "", values: Mapping[str, Value] | None = None) -> Written:
        """Ends the lease of `holder`, together with the change `then`; nothing is changed where another has it."""
        change = then or "REMOVE leaseHolder, leaseFrom, leaseUntil"
        return self.gateway.write(
            Change(self.key, change, values or {}, When("leaseHolder = :holder", {":holder": holder}))
        )
