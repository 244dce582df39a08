"""The CURRENT item of a shared cache: which generation stands, who is reading the next one, and what went wrong.

Every change is one conditional write that gives back the item as it then is, so that the loser of a race reads the
winner from the same answer. All times are in milliseconds since the epoch; an attribute that is not there reads as 0 or
as empty. One that lies ahead of one's own clock counts as never, in the conditions of the writes and in `Pointer.at`.
"""

import json
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from supervision.base.problems import YtelProblem, YtelUnavailable
from supervision.rules.clocks import believed, latest_believed
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key, Value
from supervision.table.lease import Lease, LeaseTerms
from supervision.table.shared_cache.chunks import Segment
from supervision.table.writes import Change, When


class Pointer(Struct, frozen=True):
    """CURRENT as read. `as_of` is when the read behind `generation` began; `segments` are what it is made of, in turn.

    A generation has the id of its last segment. It is kept until the first of them is gone.
    """

    generation: str = ""
    as_of: int = 0
    digest: str = ""
    segments: tuple[Segment, ...] = ()
    kept_until: int = 0
    out_of_date_at: int = 0
    asked_at: int = 0
    lease_from: int = 0
    lease_until: int = 0
    retry_from: int = 0
    retry_at: int = 0
    failure: str = ""

    def at(self, now: int) -> "Pointer":
        """Itself, as far as it can be believed by a clock that shows `now`."""
        latest = latest_believed(now)
        return replace(
            self,
            as_of=believed(self.as_of, now),
            out_of_date_at=believed(self.out_of_date_at, now),
            asked_at=believed(self.asked_at, now),
            lease_until=self.lease_until if self.lease_from <= latest else 0,
            retry_at=self.retry_at if self.retry_from <= latest else 0,
        )

    def at_least(self, known: "Pointer") -> "Pointer":
        """Itself, with the generation of `known` where that is newer: an eventually consistent read can lag behind."""
        if known.as_of <= self.as_of:
            return self
        return replace(
            self,
            generation=known.generation,
            as_of=known.as_of,
            digest=known.digest,
            segments=known.segments,
            kept_until=known.kept_until,
        )

    def problem(self, now: int) -> YtelProblem:
        """Why there is no newer generation, as the function that tried had it, with what is left of the wait."""
        if not self.failure:
            return YtelUnavailable("Ytel's answer is still being waited for.", retry_after=1)
        code, detail = _read_failure(self.failure)
        kind = next((one for one in YtelProblem.__subclasses__() if one.code == code), YtelUnavailable)
        wait = max(1, -(-(self.retry_at - now) // 1000)) if kind.status in (429, 503) else None
        return kind(detail, retry_after=wait)


class PointerItem:
    """Reads and changes CURRENT. `lease_ms` is for how long a function may be reading the next generation."""

    def __init__(self, gateway: Gateway, partition: str, lease_ms: int) -> None:
        self._gateway = gateway
        self._key = Key(partition, "CURRENT")
        self._lease = Lease(gateway, self._key, lease_ms)

    def look(self) -> Pointer:
        """What stands now: one eventually consistent read of a small item."""
        return _read(self._gateway.get(self._key, consistent=False) or {})

    def lease(self, holder: str, seen: Pointer, now: int) -> tuple[bool, Pointer]:
        """Takes the lease, if nothing has changed since `seen`, nobody holds it, and nothing asks to wait.

        The pause after a slow read asks nobody to wait for what is out of date since.
        """
        terms = LeaseTerms(
            only="(attribute_not_exists(retryAt) OR retryAt <= :now OR retryFrom > :ahead"
            " OR (attribute_not_exists(failure) AND outOfDateAt > asOf))"
            f" AND {'asOf = :seen' if seen.as_of else '(attribute_not_exists(asOf) OR asOf > :ahead)'}",
            values={":seen": seen.as_of} if seen.as_of else {},
        )
        done, item = self._lease.acquire(holder, now, terms)
        return done, _read(item)

    def confirm(self, holder: str, new: Pointer, now: int) -> tuple[bool, Pointer]:
        """The content that stands was read again, as `new` says; ends the lease. No read is due before `retry_at`."""
        return self._change(
            f"SET asOf = :asOf, retryFrom = :from, retryAt = :retry {_SETTLED}",
            "leaseHolder = :holder AND generationId = :generation AND (asOf < :asOf OR asOf > :ahead)",
            {
                ":holder": holder,
                ":asOf": new.as_of,
                ":generation": new.generation,
                ":from": now,
                ":retry": new.retry_at,
                ":ahead": latest_believed(now),
            },
        )

    def swap(self, holder: str, new: Pointer, now: int, *, onto: str = "") -> tuple[bool, Pointer]:
        """Puts `new` in the place of what stands, unless that is as new; ends the lease where it is still held.

        With `onto`, only where that generation stands. No read is due before its `retry_at`.
        """
        values: dict[str, Value] = {
            ":generation": new.generation,
            ":asOf": new.as_of,
            ":digest": new.digest,
            ":segments": _written(new.segments),
            ":kept": new.kept_until,
            ":from": now,
            ":retry": new.retry_at,
            ":ahead": latest_believed(now),
        }
        change = (
            "SET generationId = :generation, asOf = :asOf, contentDigest = :digest, madeOf = :segments,"
            " keptUntil = :kept, retryFrom = :from, retryAt = :retry"
        )
        newer = "(attribute_not_exists(asOf) OR attribute_not_exists(generationId) OR asOf < :asOf OR asOf > :ahead)"
        if onto:
            newer, values[":onto"] = f"generationId = :onto AND {newer}", onto
        done, current = self._change(
            f"{change} {_SETTLED}", f"leaseHolder = :holder AND {newer}", {**values, ":holder": holder}
        )
        if done or current.at(now).as_of >= new.as_of:
            return done, current
        return self._change(change, newer, values)  # the lease is another's by now, and stays so

    def fail(self, holder: str, problem: YtelProblem, now: int, wait: int) -> Pointer:
        """Remembers for everyone that the read failed, and to try again in `wait` milliseconds; ends the lease."""
        failure = json.dumps({"code": problem.code, "detail": problem.detail[:500]})
        return self._change(
            f"SET failure = :failure, retryFrom = :from, retryAt = :retry {_GIVEN_BACK}",
            "leaseHolder = :holder",
            {":holder": holder, ":failure": failure, ":from": now, ":retry": now + wait},
        )[1]

    def release(self, holder: str) -> None:
        """Ends the lease with nothing said."""
        self._change(_GIVEN_BACK, "leaseHolder = :holder", {":holder": holder})

    def invalidate(self, at: int) -> None:
        """A read that began before `at` no longer counts."""
        self._change(
            "SET outOfDateAt = :at",
            "attribute_not_exists(outOfDateAt) OR outOfDateAt < :at OR outOfDateAt > :ahead",
            {":at": at, ":ahead": latest_believed(at)},
        )

    def ask(self, now: int, every: int) -> tuple[bool, Pointer]:
        """Whether an extra read may be made now: one in `every` milliseconds, over all functions."""
        return self._change(
            "SET askedAt = :now",
            "attribute_not_exists(askedAt) OR askedAt <= :before OR askedAt > :ahead",
            {":now": now, ":before": now - every, ":ahead": latest_believed(now)},
        )

    def forget(self, generation: str) -> None:
        """The chunks of `generation` are lost: nothing stands."""
        self._change(
            "REMOVE generationId, asOf, contentDigest, madeOf, keptUntil, retryFrom, retryAt",
            "generationId = :generation",
            {":generation": generation},
        )

    def _change(self, change: str, condition: str, values: Mapping[str, Value]) -> tuple[bool, Pointer]:
        named = {name: value for name, value in values.items() if name in condition}
        rest = {name: value for name, value in values.items() if name not in named}
        done, item = self._gateway.write(Change(self._key, change, rest, When(condition, named)))
        return done, _read(item)


# What stands under `madeOf`: "1f0c… 5120 rows=1 c0=1;9ab2… 700 rows=1".
def _written(segments: Iterable[Segment]) -> str:
    return ";".join(
        " ".join([one.id, str(one.size), *(f"{name}={count}" for name, count in one.counts.items())])
        for one in segments
    )


def _segments(written: str, generation: str) -> tuple[Segment, ...]:
    """The segments; none where they are of another generation, as an earlier version of this code leaves them."""
    try:
        found = tuple(_segment(*one.split(" ")) for one in written.split(";"))
    except (TypeError, ValueError):
        return ()
    return found if found[-1].id == generation else ()


def _segment(id_: str, size: str, *parts: str) -> Segment:
    counts = (part.split("=") for part in parts)
    return Segment(id_, int(size), {name: int(count) for name, count in counts})


_GIVEN_BACK = "REMOVE leaseHolder, leaseFrom, leaseUntil"
_SETTLED = f"{_GIVEN_BACK}, failure"


def _read_failure(text: str) -> tuple[str, str]:
    try:
        failure = json.loads(text)
        return str(failure["code"]), str(failure["detail"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return "", "Ytel did not answer as it should."


def _read(item: Item) -> Pointer:
    def text(name: str) -> str:
        value = item.get(name, "")
        return value if isinstance(value, str) else ""

    def number(name: str) -> int:
        value = item.get(name, 0)
        return value if type(value) is int else 0

    return Pointer(
        generation=text("generationId"),
        as_of=number("asOf"),
        digest=text("contentDigest"),
        segments=_segments(text("madeOf"), text("generationId")),
        kept_until=number("keptUntil"),
        out_of_date_at=number("outOfDateAt"),
        asked_at=number("askedAt"),
        lease_from=number("leaseFrom"),
        lease_until=number("leaseUntil"),
        retry_from=number("retryFrom"),
        retry_at=number("retryAt"),
        failure=text("failure"),
    )
