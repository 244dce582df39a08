"""How a shared cache is served and refreshed: by memory, by what DynamoDB holds, or by one new read for everyone."""

import contextlib
import time
import uuid
import zlib
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from supervision.base import clock
from supervision.base.observability import logger
from supervision.base.problems import YtelProblem
from supervision.table.gateway import Gateway
from supervision.table.shared_cache.chunks import Chunks, Gone, Packed, Segment, digest_of, pack
from supervision.table.shared_cache.held_parts import Generation, HeldParts
from supervision.table.shared_cache.pointer import Pointer, PointerItem
from supervision.table.shared_cache.terms import CachePolicy, Read, Since

LONGEST_WAIT_AFTER_FAILURE = 300_000  # however long a Retry-After
# What changed is written after the whole content until it is as large, or in as many pieces: then all is written anew.
# Each piece takes some 50 bytes of CURRENT, which every poll reads: a read unit is 4 KB.
MOST_CHANGES = 40


class SharedCache:
    """The shared cache `name` in `table`. One object a function environment: it remembers what it read."""

    def __init__(self, table: str, name: str, policy: CachePolicy) -> None:
        key = f"SNAPSHOT#{name}"
        gateway = Gateway(table)
        self._item = PointerItem(gateway, key, policy.lease)
        self._chunks = Chunks(gateway, key)
        self._policy = policy
        self._known = Pointer()
        self._held = HeldParts(self._chunks)

    def in_memory(self) -> Generation | None:
        """What this environment holds, without asking DynamoDB, while it is young."""
        now = clock.now_ms()
        known = self._known.at(now)
        return self._generation(known, stale=False) if known.generation and self._is_young(known, now) else None

    def get(self, read: Callable[[], Read], *, since: int = 0, within: float = 9.0, stale: bool = True) -> Generation:
        """The content, of a read that began at `since` or later, and no more than `max_age` before now.

        `read` is called where nothing held is as young, by one function at a time; the others wait for it for `within`
        seconds. A failed read is known to all: nobody tries again before its time. Then, with `stale`, an older
        generation serves as far as the policy allows; else the YtelProblem is raised. While DynamoDB fails, what is in
        memory serves likewise; else its own error is raised.
        """
        try:
            return self._get(read, since, within, stale=stale)
        except _dynamodb_failures() as error:
            now = clock.now_ms()
            known = self._known.at(now)
            wanted = max(since, now - self._policy.max_age, known.out_of_date_at)
            if not self._serves(known, wanted, stale=stale):
                raise
            logger.warning("DynamoDB fails; what is in memory serves", cause=type(error).__name__)
            return self._settle(known, wanted, stale=stale)

    def invalidate(self) -> None:
        """From now on only a read that begins later counts, for every function."""
        self._item.invalidate(clock.now_ms())

    def try_acquire(self, every: int) -> bool:
        """Whether one more read than the terms ask for may be made now: once in `every` ms, over all functions."""
        now = clock.now_ms()
        if self._known.at(now).asked_at > now - every:
            return False
        allowed, current = self._item.ask(now, every)
        self._remember(current)
        return allowed

    def load[T](
        self, read: Callable[[], Read], decode: Callable[[Generation], T], **terms: Any
    ) -> tuple[Generation, T]:
        """A generation as by `get`, and what `decode` makes of its parts.

        A generation whose chunks are gone has been replaced, so the one that stands is taken; where it is the one that
        stands, its chunks were lost, and it is read anew. So is one that cannot be read, as of another version of this
        code. Raises Gone where even that does not help.
        """
        for _ in range(3):
            generation = self.get(read, **terms)
            try:
                return generation, _read_by(decode, generation)
            except Gone:
                if self._look().generation == generation.id:
                    self._item.forget(generation.id)
                    self._known = Pointer()
        generation = self.get(read, **terms)
        return generation, _read_by(decode, generation)

    def standing[T](self, decode: Callable[[Generation], T]) -> T | None:
        """What `decode` makes of the newest generation this function knows of; None where its parts cannot be had.

        For a `read`: what it gives is to take the place of this generation.
        """
        if not self._known.generation:
            return None
        try:
            return _read_by(decode, self._generation(self._known, stale=False))
        except Gone:
            return None
        except _dynamodb_failures() as error:
            logger.warning("DynamoDB fails; what changed is not known", cause=type(error).__name__)
            return None

    def newest(self) -> Generation | None:
        """What stands now, however old it is."""
        current = self._look()
        return self._generation(current, stale=False) if current.generation else None

    def _get(self, read: Callable[[], Read], since: int, within: float, *, stale: bool) -> Generation:
        patience = time.monotonic() + within
        current = self._look()
        start = clock.now_ms()
        # Fixed at the start: under a slow Ytel a read can be older than max_age by the time it is there.
        wanted = max(since, start - self._policy.max_age, current.out_of_date_at)
        pause = 0.04
        while True:
            now = clock.now_ms()
            fresh = bool(current.generation) and current.as_of >= wanted
            due = not fresh or not self._is_young(current, start)
            if not due or (current.retry_at > now and not _paused_for_nothing(current)):
                return self._settle(current, wanted, stale=stale)
            if current.lease_until <= now:
                holder = uuid.uuid4().hex
                won, taken = self._item.lease(holder, current, now)
                self._remember(taken)
                current = taken.at(now)
                if won:
                    return self._refresh(read, holder, current, wanted, stale=stale)
                if time.monotonic() < patience:
                    continue
            if fresh or time.monotonic() + pause > patience or (stale and self._is_slow(current, wanted, now)):
                return self._settle(current, wanted, stale=stale)
            time.sleep(pause)
            pause = min(pause * 1.5, 0.25)
            current = self._look()

    def _is_slow(self, current: Pointer, wanted: int, now: int) -> bool:
        """Whether the read under way is not waited for, as the last one took too long or failed, or this one does.

        What is held serves instead, as stale; but never what was put out of date since.
        """
        slow = current.retry_at > 0 or now - current.lease_from > self._policy.max_age
        return slow and current.as_of >= current.out_of_date_at and self._serves(current, wanted, stale=True)

    def _look(self) -> Pointer:
        return self._remember(self._item.look())

    def _remember(self, current: Pointer) -> Pointer:
        """What stands, as far as it can be believed now: the newest that this function knows of."""
        now = clock.now_ms()
        self._known = current.at(now).at_least(self._known.at(now))
        return self._known

    def _is_young(self, current: Pointer, now: int) -> bool:
        return current.as_of >= now - self._policy.refresh_after

    def _settle(self, current: Pointer, wanted: int, *, stale: bool) -> Generation:
        if self._serves(current, wanted, stale=stale):
            return self._generation(current, stale=current.as_of < wanted)
        raise current.problem(clock.now_ms())

    def _serves(self, current: Pointer, wanted: int, *, stale: bool) -> bool:
        if not current.generation:
            return False
        oldest = 0 if self._policy.max_stale is None else clock.now_ms() - self._policy.max_stale
        return current.as_of >= wanted or (stale and current.as_of >= oldest)

    def _refresh(
        self, read: Callable[[], Read], holder: str, current: Pointer, wanted: int, *, stale: bool
    ) -> Generation:
        try:
            new = read()
            try:
                current = self._publish(holder, new, current)
            finally:
                _do_after(new)
        except YtelProblem as problem:
            wait = self._policy.retry if current.generation else min(self._policy.retry, 2_000)
            wait = max(wait, min((problem.retry_after or 0) * 1000, LONGEST_WAIT_AFTER_FAILURE))
            failed = self._item.fail(holder, problem, clock.now_ms(), wait)
            return self._settle(self._remember(failed), wanted, stale=stale)
        except BaseException:
            with contextlib.suppress(Exception):  # what went wrong is raised; the lease ends by itself
                self._item.release(holder)
            raise
        return self._generation(current, stale=False)

    def _publish(self, holder: str, new: Read, seen: Pointer) -> Pointer:
        now = clock.now_ms()
        # A read that takes longer than what it gives may be old would be due again at once, for everyone who waited.
        retry_at = now + self._policy.max_age if now - new.read_at > self._policy.max_age else 0
        next_ = Pointer(holder, new.read_at, kept_until=now + self._policy.lifetime, retry_at=retry_at)
        done, current = self._publish_since(holder, new.since, next_, seen)
        if done or current.at(clock.now_ms()).as_of >= new.read_at:
            return self._remember(current)
        packed = pack(new.parts())
        segment = Segment.of(holder, packed)
        next_ = replace(next_, digest=digest_of(packed), segments=(segment,))
        if next_.digest == seen.digest and self._is_kept(seen, now):
            done, current = self._item.confirm(holder, replace(next_, generation=seen.generation), now)
            if done:
                return self._keep(current, packed)
        self._chunks.write(segment, packed, next_.kept_until // 1000)
        done, current = self._item.swap(holder, next_, clock.now_ms())
        if done:
            return self._keep(current, packed)
        return self._remember(current)  # a later read was there first

    def _publish_since(self, holder: str, since: Since | None, next_: Pointer, seen: Pointer) -> tuple[bool, Pointer]:
        """Publishes what changed, where that is known of what stands, and not too much for those who read all of it."""
        now = clock.now_ms()
        if since is None or not seen.segments or since.of != seen.generation or not self._is_kept(seen, now):
            return False, Pointer()
        if not since.parts:
            return self._item.confirm(holder, replace(next_, generation=seen.generation), now)
        packed = pack(since.parts)
        segment = Segment.of(holder, packed)
        whole, *changes = (*seen.segments, segment)
        if len(changes) > MOST_CHANGES or sum(one.size for one in changes) > whole.size:
            return False, Pointer()
        self._chunks.write(segment, packed, next_.kept_until // 1000)
        # Its end is that of the first segment, which was written before all the others.
        next_ = replace(next_, segments=(*seen.segments, segment), kept_until=seen.kept_until)
        done, current = self._item.swap(holder, next_, clock.now_ms(), onto=seen.generation)
        return done, self._keep(current, packed) if done else current

    def _is_kept(self, seen: Pointer, now: int) -> bool:
        """Whether what stands is kept for long enough to stand on."""
        return bool(seen.generation) and seen.kept_until - now > self._policy.lifetime // 2

    def _keep(self, current: Pointer, packed: Packed) -> Pointer:
        """Remembers what this function wrote as the last segment of what stands."""
        self._known = current
        self._held.keep(current.generation, packed, current.segments)
        return current

    def _generation(self, current: Pointer, *, stale: bool) -> Generation:
        return Generation(current.generation, current.as_of, stale, current.segments, self._held)


def _read_by[T](decode: Callable[[Generation], T], generation: Generation) -> T:
    try:
        return decode(generation)
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError, zlib.error) as error:
        logger.error("a shared cache cannot be read", extra={"generation": generation.id, "why": repr(error)[:200]})
        raise Gone(generation.id) from error


def _do_after(new: Read) -> None:
    try:
        if new.after is not None:
            new.after()
    except Exception:
        logger.exception("what comes after a reading failed")


def _paused_for_nothing(current: Pointer) -> bool:
    """Whether the pause after a slow read stands in the way of a read that was asked for since."""
    return not current.failure and current.as_of < current.out_of_date_at


def _dynamodb_failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return BotoCoreError, ClientError, TimeoutError
