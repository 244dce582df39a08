"""The follows that run: one item for each agent and phone, in one partition, which each look of the watcher has whole.

A dial of a follow's is noted in its item in the same transaction as the supervision, before it is sent. So a follow
never dials more often than it was to, whatever dies, and however many dial for it at once.
"""

import json
from collections.abc import Sequence

from supervision.base import clock
from supervision.base.problems import InProgress
from supervision.rules.follow import Follow
from supervision.rules.ids import stored_id
from supervision.rules.phone_numbers import comparable
from supervision.table.events import Event
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key, each_readable
from supervision.table.outbox import Outbox
from supervision.table.writes import Delete, Guarded, Put, When, Write

FOLLOWS = "FOLLOW"
# Beyond its end, should no watcher run that ends it.
KEPT_SECONDS = 24 * 3600


def of_follow(detail_type: str, follow: Follow, at: int) -> Event:
    """What happened to a follow: it began or ended, once each."""
    return Event(detail_type, follow.id, follow.to_json(), follow.requestedBy, follow.correlationId, at)


class Follows:
    """The records. What changes one is conditional on nobody having changed it since it was read."""

    def __init__(self, gateway: Gateway, outbox: Outbox) -> None:
        self._gateway = gateway
        self._outbox = outbox

    def running(self) -> list[Follow]:
        """Each that runs, the oldest first; strongly consistent."""
        found = each_readable(self._gateway.partition(FOLLOWS), _read)
        return sorted(found, key=lambda one: (one.requestedAt, one.id))

    def get(self, id_: str) -> Follow | None:
        """The follow of this id, if it runs."""
        return next((one for one in self.running() if one.id == id_), None)

    def begin(self, follow: Follow, besides: Sequence[Write], guarded: Sequence[Guarded]) -> bool:
        """Records and tells that it begins, together with `besides` and `guarded`.

        False where one of that agent and phone runs already. Raises the problem of one of `guarded`.
        """
        event = of_follow("Follow Started", follow, follow.requestedAt)
        free = When("attribute_not_exists(pk) OR expiration <= :now", {":now": clock.now_ms() // 1000})
        own = [Put(_item(follow), free), *self._outbox.writes([event]), *besides]
        lost = self._gateway.write_together([*own, *(one.write for one in guarded)])
        if lost is not None and lost >= len(own):
            raise guarded[lost - len(own)].problem
        if lost is None:
            self._outbox.publish([event])
        return lost is None

    def noted(self, follow: Follow) -> Guarded:
        """What changes a follow, to be written together with a dial of its."""
        return Guarded(self._change(follow), InProgress("The follow was changed by another just now."))

    def save(self, follow: Follow) -> Follow | None:
        """Records what changed; None where another changed it meanwhile."""
        done = self._gateway.write(self._change(follow)).done
        return follow.replace(version=follow.version + 1) if done else None

    def end(self, ended: Follow) -> bool:
        """Forgets a follow that has ended, and tells that. False where another changed or ended it meanwhile."""
        event = of_follow("Follow Ended", ended, ended.endedAt or 0)
        if not self._outbox.keep([event], [Delete(_key(ended), _unchanged(ended))]):
            return False
        self._outbox.publish([event])
        return True

    def _change(self, follow: Follow) -> Write:
        return Put(_item(follow.replace(version=follow.version + 1)), _unchanged(follow))


def _key(follow: Follow) -> Key:
    return Key(FOLLOWS, f"{stored_id(follow.clientId)}#{comparable(follow.to)}")


def _item(follow: Follow) -> Item:
    return {
        **_key(follow)._asdict(),
        "id": follow.id,
        "version": follow.version,
        "data": json.dumps(follow.to_record()),
        "expiration": follow.until // 1000 + KEPT_SECONDS,
    }


def _unchanged(follow: Follow) -> When:
    return When("id = :id AND version = :version", {":id": follow.id, ":version": follow.version})


def _read(item: Item) -> Follow:
    return Follow.from_record(json.loads(str(item["data"])))
