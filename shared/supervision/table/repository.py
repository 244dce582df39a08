"""The supervisions in the table: those that are watched, and the record of each.

Two items each. `OPEN` items are those whose leg is on a call or may still come to it. They are one partition, read
whole and strongly consistent on every fresh reading of the floor. Their key, call and phone, is what lets a phone be
asked into a call by one request at a time: a new supervision takes the place of a closed one that is still watched, and
moves that to a key of its own (`displaced`). The record is kept for the audit, and found by call, by client and by
time. What else must be written before a dial is sent is written in one transaction with the two: so nobody is dialled
again for a function that died in between.
"""

import json
from collections.abc import Sequence

from supervision.base.problems import InProgress, YtelInvalid
from supervision.rules.ids import id_key, same_id, stored_id
from supervision.rules.phone_numbers import comparable
from supervision.rules.supervision import Supervision
from supervision.table.events import Event
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key, each_readable, has_expired, readable
from supervision.table.outbox import Outbox
from supervision.table.writes import Check, Delete, Guarded, Put, When, Write

OPEN = "OPEN"
RECORD = "SUPERVISION#"
LONGEST_ID = 255
LARGEST_RECORD = 250_000  # bytes of JSON; an item holds 400 KB, and a record grows


class PhoneTaken(Exception):
    """A supervision of this phone is under way for this call already."""


def changed_by_others() -> InProgress:
    """The problem of a request whose every change of a record was lost to somebody else's."""
    return InProgress("The supervision is being changed by others; ask again in a moment.")


class Supervisions:
    """The records. What changes one is conditional on nobody having changed it since it was read."""

    def __init__(self, gateway: Gateway, audit_days: int, outbox: Outbox) -> None:
        self._gateway = gateway
        self._audit_days = audit_days
        self.outbox = outbox

    def begin(
        self,
        supervision: Supervision,
        besides: Sequence[Guarded] = (),
        *,
        instead_of: Supervision | None = None,
        replaces: Supervision | None = None,
    ) -> None:
        """Records a supervision before its dial is sent, together with `besides`.

        `instead_of` is the closed supervision of the same phone and call that stands in its place, if there is one;
        `replaces` the one whose mode is changed by it. Neither may have changed since it was read.
        Raises PhoneTaken, or the problem of one of `besides` whose condition does not hold; YtelInvalid where an item
        of the table cannot hold what Ytel says of the call. Then nothing was recorded.
        """
        if len(json.dumps(supervision.to_record())) > LARGEST_RECORD:
            raise YtelInvalid("What Ytel says of this call is too large to be kept on record; nothing was dialled.")
        if instead_of is None:
            own = self._writes(supervision, When("attribute_not_exists(pk)"))
        else:
            moved = instead_of.replace(displaced=True, version=instead_of.version + 1)
            always = When("attribute_not_exists(pk)")
            own = [*self._writes(supervision, _unchanged(instead_of)), *self._writes(moved, always)]
        if replaces is not None and (instead_of is None or instead_of.id != replaces.id):
            own.append(Check(_record_key(replaces.id), _unchanged(replaces)))
        lost = self._gateway.write_together([*own, *(one.write for one in besides)])
        if lost is None:
            return
        if lost < len(own):
            raise PhoneTaken
        raise besides[lost - len(own)].problem

    def save(
        self,
        supervision: Supervision,
        tell: Sequence[Event] = (),
        besides: Sequence[Write] = (),
        guarded: Sequence[Guarded] = (),
        *,
        was_watched: bool = True,
    ) -> Supervision | None:
        """Records what changed, together with the events that tell of it and with `besides`, and sends the events.

        `was_watched` is False for one that was watched no more when it was read: its record is all that is left of it.
        None where somebody else changed the record meanwhile; then nothing was recorded, and nothing told. Nor was it
        where the problem of one of `guarded` is raised, whose condition does not hold.
        """
        saved = supervision.replace(version=supervision.version + 1)
        changed = self._writes(saved, _unchanged(supervision))
        if not was_watched:
            changed = [Put(self._record(saved), _unchanged(supervision))]
        ahead = self.outbox.look_ahead() if tell else None
        own = [*changed, *self.outbox.writes(tell), *besides]
        lost = self._gateway.write_together([*own, *(one.write for one in guarded)])
        if lost is not None and lost >= len(own):
            raise guarded[lost - len(own)].problem
        if lost is not None:
            return None
        if tell:
            self.outbox.publish(tell, ahead)
        return saved

    def get(self, id_: str) -> Supervision | None:
        """The supervision of this id."""
        if not 0 < len(id_) <= LONGEST_ID:
            return None
        item = self._gateway.get(_record_key(id_key(id_)))
        return readable(item, read_item) if item and not has_expired(item) else None

    def open(self, conf_id: str | None = None) -> list[Supervision]:
        """Those that are watched, on one call or on all; strongly consistent."""
        items = self._gateway.partition(OPEN, "" if conf_id is None else f"{stored_id(conf_id)}#")
        return [one for one in each_readable(items, read_item) if conf_id is None or same_id(one.confId, conf_id)]

    def _writes(self, supervision: Supervision, when: When) -> list[Write]:
        place = f"{stored_id(supervision.confId)}#{comparable(supervision.to)}"
        key = Key(OPEN, f"{place}#{supervision.id}" if supervision.displaced else place)
        standing: Write = Delete(key, when)
        if supervision.watched:
            standing = Put({**key._asdict(), **_body(supervision)}, when)
        return [standing, Put(self._record(supervision))]

    def _record(self, supervision: Supervision) -> Item:
        return {
            **_record_key(supervision.id)._asdict(),
            **_body(supervision),
            "kind": "supervision",
            "confId": stored_id(supervision.confId),
            "clientId": stored_id(supervision.clientId),
            "phone": comparable(supervision.to),
            "requestedBy": supervision.requestedBy,
            "requestedAt": supervision.requestedAt,
            "state": supervision.state,
            "expiration": supervision.requestedAt // 1000 + self._audit_days * 24 * 3600,
        }


def _body(supervision: Supervision) -> Item:
    return {"id": supervision.id, "version": supervision.version, "data": json.dumps(supervision.to_record())}


def _record_key(id_: str) -> Key:
    return Key(RECORD + id_, "RECORD")


def _unchanged(supervision: Supervision) -> When:
    return When("id = :id AND version = :version", {":id": supervision.id, ":version": supervision.version})


def read_item(item: Item) -> Supervision:
    """The supervision that an item of the table holds."""
    return Supervision.from_record(json.loads(str(item["data"])))
