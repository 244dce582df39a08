"""The same request is acted on once, whichever way it came in: one item for each request that has a name.

A request is opened before it is acted on and closed with its answer. While it is worked on, it is leased to the one
function that does so, for as long as that function may live. What is sent on its behalf is noted in the item in the
same transaction as the supervision, before the dial: a function that dies leaves a request that leads to what it began.

    absent ──open──► working ──begun──► working, with a supervision ──close──► answered (for a day) ──► absent
                        │  └─────────────────close────────────────────────────►┘
                        └──release (it was refused before anything was sent)──► absent
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from supervision.base import clock
from supervision.base.fast_json import dumps
from supervision.rules.clocks import latest_believed
from supervision.rules.request import Request
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key, readable
from supervision.table.rate_limit import CountedAhead
from supervision.table.writes import Change, Delete, Put, When, Write

REQUEST = "REQUEST#"
REQUEST_KEPT_MS = 24 * 3600 * 1000
_OBJECTS = {"done", "unknown"}


@dataclass(slots=True)
class Opened:
    """A request that this function is to act on, and nobody else until `close` or `release`.

    `supervision_id` is what was begun for it: by this function, or by an earlier one that died. `closed` is whether
    its answer is in the table. `reading` is that of its call, which was counted beside the opening.
    """

    key: Key
    holder: str
    fingerprint: str
    supervision_id: str | None = None
    closed: bool = False
    reading: CountedAhead | None = None

    def begun(self, supervision_id: str) -> Write:
        """Notes what is about to be sent. Its condition: the request is still this function's."""
        return Change(
            self.key,
            "SET supervisionId = :id",
            {":id": supervision_id},
            When("holder = :holder AND attribute_not_exists(answer)", {":holder": self.holder}),
        )

    def done(self, answer: Mapping[str, Any]) -> Write:
        """Keeps the answer to what was done."""
        return self._answered({"done": answer})

    def unknown(self, about: Mapping[str, Any]) -> Write:
        """Keeps that something was sent and its outcome is not known, and what is known of it."""
        return self._answered({"unknown": about})

    def refused(self, code: str) -> Write:
        """Keeps that it was refused: over the bus, where that is told once."""
        return self._answered({"refused": code})

    def _answered(self, answer: Mapping[str, Any]) -> Write:
        # Without a condition: the function that sent something knows best what came of it.
        until = clock.now_ms() + REQUEST_KEPT_MS
        return Put(
            {
                **self.key._asdict(),
                "holder": self.holder,
                "fingerprint": self.fingerprint,
                "answer": json.dumps(answer),
                "keptUntil": until,
                "expiration": until // 1000,
            }
        )


@dataclass(frozen=True, slots=True)
class BeingWorkedOn:
    """Another function is acting on it right now."""


@dataclass(frozen=True, slots=True)
class OfAnother:
    """Its name was given to another request."""


@dataclass(frozen=True, slots=True)
class Answered:
    """It was acted on, and `answer` was kept; it is empty where it cannot be read."""

    answer: dict[str, Any]


type Opening = Opened | BeingWorkedOn | OfAnother | Answered


class Requests:
    """The requests that have a name, in the table."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def open(self, request: Request, lease_ms: int) -> Opening:
        """Opens a request that has a name, for `lease_ms`: what is left of this function's time."""
        key, print_, now = _key(request), fingerprint(request), clock.now_ms()
        mine = Opened(key, uuid4().hex, print_)
        until = now + lease_ms
        item: Item = {
            **key._asdict(),
            "holder": mine.holder,
            "fingerprint": print_,
            "leaseFrom": now,
            "leaseUntil": until,
            "keptUntil": now + REQUEST_KEPT_MS,
            "expiration": (now + REQUEST_KEPT_MS) // 1000,
        }
        # What is over by the clock is over, whether or not the table has tidied it up.
        free = "attribute_not_exists(pk) OR keptUntil <= :now OR (attribute_not_exists(keptUntil) AND expiration <= :s)"
        won, found = self._gateway.write(Put(item, When(free, {":now": now, ":s": now // 1000})))
        return mine if won else self._standing(mine, found, now, until)

    def close(self, opened: Opened, answered: Write, besides: Sequence[Write] = ()) -> None:
        """Keeps the answer for a day, in one transaction with `besides`. `answered` is a write of `opened`."""
        self._gateway.write_together([answered, *besides])
        opened.closed = True

    def release(self, opened: Opened) -> None:
        """Forgets a request on whose behalf nothing was sent: it may be made again."""
        mine = When("holder = :holder AND attribute_not_exists(answer)", {":holder": opened.holder})
        self._gateway.write(Delete(opened.key, mine))

    def _standing(self, mine: Opened, found: Item, now: int, until: int) -> Opening:
        if found.get("fingerprint") != mine.fingerprint:
            return OfAnother()
        if "answer" in found:
            return Answered(readable(found, _read_answer) or {})
        if int(found.get("leaseFrom", 0)) <= latest_believed(now) and now < int(found.get("leaseUntil", 0)):
            return BeingWorkedOn()
        earlier = str(found.get("holder", ""))
        taken, _ = self._gateway.write(
            Change(
                mine.key,
                "SET holder = :mine, leaseFrom = :from, leaseUntil = :until",
                {":mine": mine.holder, ":from": now, ":until": until},
                When("holder = :earlier AND attribute_not_exists(answer)", {":earlier": earlier}),
            )
        )
        if not taken:
            return BeingWorkedOn()
        begun = found.get("supervisionId")
        return Opened(mine.key, mine.holder, mine.fingerprint, begun if isinstance(begun, str) else None)


def fingerprint(request: Request) -> str:
    """What tells one request from another under one name: what is asked, of which call or supervision."""
    asked = [request.action, request.conf_id, request.supervision_id, request.client_id, _sorted(request.asked)]
    if request.takes_back:
        asked.append(request.follow_id)
    return sha256(dumps(asked)).hexdigest()


def _sorted(asked: Mapping[str, Any]) -> Any:
    return sorted(asked.items(), key=lambda pair: pair[0])


def _read_answer(item: Item) -> dict[str, Any]:
    answer = json.loads(str(item["answer"]))
    if not isinstance(answer, dict) or not all(isinstance(answer[name], dict) for name in answer.keys() & _OBJECTS):
        raise TypeError("a kept answer is an object")
    return answer


def _key(request: Request) -> Key:
    named = dumps([request.door, request.caller.client, request.name])
    return Key(REQUEST + sha256(named).hexdigest(), "REQUEST")
