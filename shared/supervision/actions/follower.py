"""The dials of follows: at each look of the watcher, for each new call of an agent who is followed, one.

A dial is made under a name that follows from the follow and the call, as a client's request is made under its own: one
dial a call, whichever watcher dies, and however many look at once. A lease on the phone keeps two of them from ringing
it for two calls. What an action is refused for on a call may be allowed a moment later: it is tried at each look.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from supervision.actions.dial import Dial
from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import OutcomeUnknown, Problem
from supervision.base.side_by_side import Begun
from supervision.floor.floor import Held
from supervision.rules.caller import PERSON, SOURCE, Caller
from supervision.rules.calls import Call
from supervision.rules.follow import UNANSWERED, Follow, is_busy
from supervision.rules.phone_numbers import comparable
from supervision.rules.request import Request
from supervision.table.clients import Clients
from supervision.table.follows import Follows
from supervision.table.gateway import Gateway
from supervision.table.items import Key
from supervision.table.lease import Lease
from supervision.table.requests import Opened, Requests

# As long as a dial may take: what takes longer died.
DIAL_LEASE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Follower:
    """Dials for the follows. `clients` are those of the secret, as they are now."""

    gateway: Gateway
    follows: Follows
    dial: Dial
    requests: Requests
    clients: Callable[[], Clients]

    def begin(self, held: Held) -> Begun[None]:
        """Begins what the list calls for, one phone beside the other, and each phone's follows in turn.

        Raises what the table raises where the follows cannot be read.
        """
        by_phone: dict[str, list[Follow]] = {}
        for follow in self.follows.running():
            by_phone.setdefault(comparable(follow.to), []).append(follow)
        return Begun([partial(self._of_phone, phone, of_it, held) for phone, of_it in by_phone.items()])

    def _of_phone(self, phone: str, follows: list[Follow], held: Held) -> None:
        lease = Lease(self.gateway, Key(f"LINE#{phone}", "LEASE"), DIAL_LEASE_MS)
        holder = uuid4().hex
        if not lease.acquire(holder, clock.now_ms()).done:
            return
        try:
            for follow in follows:
                self._of_follow(follow, held)
        finally:
            lease.give_back(holder)

    def _of_follow(self, follow: Follow, held: Held) -> None:
        now = clock.now_ms()
        how = follow.is_due(now) or ("not_answered" if self._goes_unanswered(follow) else None)
        standing: Follow | None = follow
        for row in held.rows if how is None else ():
            if standing is None or not standing.may_dial(row):
                continue
            if is_busy(standing.to, self.dial.supervisions.open(), held.rows):
                return
            caller = self._caller(standing)
            if caller is None:
                how = "forbidden"
                break
            standing = self._dialled(standing, row, caller)
            how = standing.is_due(now) if standing else None
            if how is not None:
                break
        if how is not None and standing is not None:
            self.follows.end(standing.ended(how, clock.now_ms()))

    def _dialled(self, follow: Follow, row: Call, caller: Caller) -> Follow | None:
        """The follow after a try to dial for a call; None where another changed it meanwhile."""
        request = Request(
            action=follow.action,
            caller=caller,
            correlation_id=follow.correlationId,
            door="follow",
            name=f"{follow.id}/{row['confId']}",
            conf_id=row["confId"],
            client_id=follow.clientId,
            to=follow.to,
            follow_id=follow.id,
        )
        opened = self.requests.open(request, DIAL_LEASE_MS)
        if not isinstance(opened, Opened):
            return follow  # it was dialled for, or is just now
        if opened.supervision_id is not None:
            return follow  # a watcher that died had noted it, and may have sent it
        try:
            self.dial.dial(request, opened, besides=lambda one: [self.follows.noted(follow.with_dial(one))])
        except OutcomeUnknown as unknown:
            if not opened.closed:
                self.requests.close(opened, opened.unknown(unknown.extra))
        except Problem as problem:
            logger.info("a follow's dial is refused for now", code=problem.code, follow=follow.id)
            self.requests.release(opened)
            if opened.supervision_id is None:
                return follow
            noted = self.follows.get(follow.id)
            return noted and self.follows.save(noted.without_dial(opened.supervision_id))
        except Exception:
            if opened.supervision_id is None:
                self.requests.release(opened)
            raise
        add_metric("FollowDials")
        return self.follows.get(follow.id)

    def _goes_unanswered(self, follow: Follow) -> bool:
        last = [self.dial.supervisions.get(id_) for id_ in follow.supervisions[-UNANSWERED:]]
        return len(last) == UNANSWERED and all(one is not None and one.how == "not_answered" for one in last)

    def _caller(self, follow: Follow) -> Caller | None:
        """The follow's client as it may act now; None where it may not any more. A source or a person: as it was."""
        caller: Caller | None = Caller(
            follow.requestedBy, frozenset(follow.scopes), frozenset(follow.agents), frozenset(follow.phones)
        )
        if not follow.requestedBy.startswith((SOURCE, PERSON)):
            caller = self.clients().callers.get(follow.requestedBy)
        return caller if caller and caller.may("follow") and caller.may(follow.action) else None
