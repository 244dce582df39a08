"""Every kind of item: one with a field more, or a field fewer, is read; one that cannot be read hides no other."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from supervision.table import gateway as gateway_module
from supervision.table.gateway import Gateway, Item, Key, Put
from supervision.table.lease import Lease
from supervision.table.outbox import Event
from supervision.ytel.session import Credentials, Session, SessionTable
from tests.integration.desk import PHONE, Desk

GRANT = Credentials((("username", "u"), ("password", "p")))
BROKEN: list[Any] = ["{", "[]", "7", "null", ""]


class Kind(NamedTuple):
    """One kind of item: how one comes about, its key's beginning, and what reads it."""

    make: Callable[[Desk], object]
    pk: str
    sk: str
    read: Callable[[Desk], object]
    # What an item may lack and be read all the same: what a newer version has added.
    newer: tuple[str, ...] = ()


def supervision(desk: Desk) -> object:
    return desk.dial("whisper", desk.call(), PHONE)


def event(desk: Desk) -> None:
    desk.parts.outbox.keep([Event("Call Started", "c", {"n": 1}, "watch_calls", "r", 1)])
    desk.move(60)


def session(desk: Desk) -> None:
    SessionTable(desk.parts.gateway, 5_000).write(GRANT, Session("token", 1))


KINDS = {
    "OPEN": Kind(supervision, "OPEN", "", lambda desk: len(desk.parts.supervisions.open())),
    "SUPERVISION": Kind(
        supervision,
        "SUPERVISION#",
        "RECORD",
        lambda desk: len([one for one in records(desk) if desk.parts.supervisions.get(one) is not None]),
    ),
    "OUTBOX": Kind(event, "OUTBOX", "", lambda desk: desk.parts.outbox.sweep(), ("dueAt",)),
    "SESSION": Kind(
        session, "TOKEN", "SESSION", lambda desk: int(SessionTable(desk.parts.gateway, 5_000).read(GRANT) is not None)
    ),
}


def records(desk: Desk) -> list[str]:
    return [one["pk"]["S"].removeprefix("SUPERVISION#") for one in desk.everything() if one["sk"]["S"] == "RECORD"]


def items(desk: Desk, kind: Kind) -> list[Item]:
    found = [gateway_module.from_attributes(one) for one in desk.everything()]
    return [one for one in found if str(one["pk"]).startswith(kind.pk) and str(one["sk"]).startswith(kind.sk)]


@pytest.mark.parametrize("name", KINDS)
def test_a_field_more_and_a_field_fewer_are_read(desk, name):
    kind = KINDS[name]
    kind.make(desk)
    [item] = items(desk, kind)
    data = json.loads(str(item["data"])) if "data" in item else None
    more = {**item, "ofANewerVersion": "x"} | ({"data": json.dumps({**data, "ofANewerVersion": [1]})} if data else {})
    fewer = {field: value for field, value in more.items() if field not in kind.newer}
    desk.parts.gateway.write(Put(fewer))
    assert kind.read(desk) == 1


@pytest.mark.parametrize("broken", BROKEN, ids=repr)
@pytest.mark.parametrize("name", ["OPEN", "OUTBOX"])
def test_one_that_cannot_be_read_hides_no_other_and_is_logged_once(desk, name, broken, caplog):
    gateway_module._logged.clear()
    kind = KINDS[name]
    kind.make(desk)
    [item] = items(desk, kind)
    other: Item = {"pk": item["pk"], "sk": f"{item['sk']!s}-broken"}
    desk.parts.gateway.write(Put({**other, "data": broken, "decidedAt": 1, "id": "x", "version": 1}))
    assert kind.read(desk) == 1
    desk.parts.supervisions.open()
    assert [one.message for one in caplog.records if "cannot be read" in one.message] == ["an item cannot be read"]


def test_a_lease_of_a_clock_that_was_wrong_is_over(table):
    lease = Lease(Gateway(table), Key("L", "L"), 8_000)
    assert lease.acquire("first", 1_000_000_000).done
    assert not lease.acquire("second", 1_000_000_000 + 7_999).done
    assert lease.acquire("third", 1_000_000_000 - 3_600_000).done
    assert not lease.give_back("first").done
    assert lease.give_back("third").done
    assert lease.acquire("fourth", 1_000_000_000).done
