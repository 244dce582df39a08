"""Every kind of item: one with a field more, or a field fewer, is read or passed over, and hides no other."""

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from supervision.actions.looks import Turn
from supervision.actions.watcher import Watcher
from supervision.api import entry
from supervision.base import aws
from supervision.base.settings import WatchSettings
from supervision.floor.contacts import Contacts
from supervision.floor.content import Content
from supervision.floor.floor import Held
from supervision.floor.listing import Listing
from supervision.floor.queries import CallQuery
from supervision.rules.absence import Absence
from supervision.rules.request import Done, Unknown
from supervision.table import items as items_module
from supervision.table.events import Event
from supervision.table.gateway import Gateway, from_attributes
from supervision.table.helps import Help
from supervision.table.history import SupervisionQuery, find
from supervision.table.items import Item, Key
from supervision.table.lease import Lease
from supervision.table.writes import Delete, Put
from supervision.ytel.session import Credentials, Session, SessionStore
from tests.harness.template import Template
from tests.integration.desk import CRM, PHONE, Desk
from tests.integration.looks_queue import looks_of

SECRET = "ytel-session"
GRANT = Credentials((("username", "u"), ("password", "p")))
BROKEN: list[Any] = ["{", "[]", "7", "null", ""]
MORE, NEWER = "ofANewerVersion", {"x": [1]}


class Kind(NamedTuple):
    """One kind of item.

    `make` has two come about. `pk` and `sk` are how their keys begin. `read` is what reads them, in an environment of
    its own: how many it shows, or whether it does what it should. `document` is the attribute that holds JSON, with
    fields of its own. What an item may lack and be read all the same, as earlier versions did not write it, is `newer`.
    `again` is whether all that an item held is read from Ytel again where it cannot be read.
    """

    make: Callable[[Desk], object]
    pk: str
    sk: str
    read: Callable[[Desk], int]
    document: str = ""
    newer: tuple[str, ...] = ()
    again: bool = False


def supervisions(desk: Desk) -> None:
    desk.dial("whisper", desk.call(), PHONE)
    desk.dial("listen", desk.call(), PHONE)


def events(desk: Desk) -> None:
    for number in range(2):
        desk.services.outbox.keep([Event("Call Started", f"c{number}", {"n": number}, "watch_calls", "r", number)])
    desk.move(60)


def swept(desk: Desk) -> None:
    events(desk)
    desk.services.outbox.sweep()
    desk.services.gateway.write(
        Put({"pk": "SWEEP", "sk": "LEASE", "leaseHolder": "dead", "leaseUntil": desk.move() - 1})
    )
    events(desk)


def session(desk: Desk) -> None:
    aws.client("secretsmanager").create_secret(Name=SECRET)
    SessionStore(desk.services.gateway, SECRET, 5_000).write(GRANT, Session("token", 1))


def opened(desk: Desk) -> int:
    return int(SessionStore(desk.services.gateway, SECRET, 5_000).read(GRANT) is not None)


def lists(desk: Desk) -> None:
    for _ in range(3):
        desk.call()
        desk.move(3)
        desk.services.floor.held()


def watcher(desk: Desk) -> Watcher:
    services = desk.function()
    made = Watcher(
        services.gateway, services.floor, services.outbox, WatchSettings(), 2.0, services.patience, looks_of(services)
    )
    made._recall()
    return made


def watched(desk: Desk) -> None:
    desk.call()
    desk.call()
    watcher(desk).look("w")


def end_of_calls(desk: Desk) -> int:
    one = watcher(desk)
    for _ in range(2):
        nobody = Held(Content("none", Absence.PROVEN, []), desk.move(3), False)
        one._tell(one._changes(nobody, "w"))
    return desk.types().count("Call Ended")


def named(desk: Desk, name: str) -> Any:
    call = next(iter(desk.floor.active_calls()), None)
    asked = replace(desk.asked("listen", call.conf_id if call else desk.call()), name=name)
    outcome = entry.act(asked, desk.function())
    desk.move(1)
    return outcome


def requests(desk: Desk) -> None:
    assert isinstance(named(desk, "key-1"), Done)


def asked_again(desk: Desk) -> int:
    """Whether the same request dials nobody, and is answered."""
    outcome = named(desk, "key-1")
    assert desk.dials() == 1
    return int(isinstance(outcome, Done) or (isinstance(outcome, Unknown) and MORE not in str(outcome)))


def recorded(desk: Desk) -> int:
    services = desk.function()
    return len(find(services.gateway, services.supervisions, SupervisionQuery.of({}), CRM)["supervisions"])


def rows(desk: Desk) -> int:
    """The rows that every filter and every form of the list leads to."""
    held = desk.function().floor.held()
    asked: list[dict[str, str]] = [{}, {"agent": "a"}, {"direction": "inbound"}, {"limit": "1"}, {"since": "0"}]
    for parameters in asked:
        for bound in (frozenset[str](), frozenset({"nobody"})):
            page = Listing().page(held, CallQuery.of(parameters, bound))
            page.body(held.as_of, stale=held.stale)
            if page.next:
                Listing().page(held, CallQuery.of({"cursor": page.next}))
    return len(held.rows)


def agents(desk: Desk) -> int:
    return len(desk.function().users.by_id())


def dialled(desk: Desk) -> int:
    desk.dial("listen", desk.call())
    return 1


def contacts(desk: Desk) -> None:
    for contact in ("c1", "c2"):
        until = desk.move() + 1000
        item: Item = {"pk": f"CONTACT#{contact}", "sk": "CONTACT", "until": until, "expiration": until // 1000}
        desk.services.gateway.write(Put({**item, "name": "Maria Gomez", "dnc": False}))


def named_contacts(desk: Desk) -> int:
    rows: list[dict[str, Any]] = [{"confId": one, "contactId": one, "contact": None} for one in ("c1", "c2", "c3")]
    earlier: list[dict[str, Any]] = [{"confId": "c1"}, {"confId": "c2", "contact": {"name": "x", "dnc": True}}]
    Contacts(desk.services.gateway, lambda: desk.services.ytel).fill(rows, earlier)
    return sum(row["contact"] is not None for row in rows)


def helped(desk: Desk) -> None:
    for call in ("c1", "c2"):
        desk.services.gateway.write(desk.services.helps.put(call, Help("why", 1, "crm"), None))


def followed(desk: Desk) -> None:
    for _ in range(2):
        agent = desk.floor.add_user()
        desk.move(31)
        desk.services.users.refresh()
        asked = desk.asked("follow", "", PHONE)
        desk.services.follow_agents.begin(replace(asked, conf_id=None, client_id=agent.client_id, to_action="listen"))


def leased(desk: Desk) -> None:
    desk.services.gateway.write(
        Put({"pk": "LINE#1", "sk": "LEASE", "leaseHolder": "dead", "leaseUntil": desk.move() - 1})
    )


def takes_the_lease(desk: Desk) -> int:
    return int(Lease(desk.services.gateway, Key("LINE#1", "LEASE"), 1_000).acquire("next", desk.move()).done)


def looked(desk: Desk) -> None:
    looks = looks_of(desk.services)
    assert looks.begin(1, "first", 10_000) is Turn.OURS
    looks.end("first")


def looks_on(desk: Desk) -> int:
    return int(looks_of(desk.function()).begin(2, "second", 10_000) is Turn.OURS)


KINDS = {
    "HELP": Kind(helped, "HELP", "", lambda desk: len(desk.function().helps.standing()), newer=("reason",)),
    "FOLLOW": Kind(followed, "FOLLOW", "", lambda desk: len(desk.function().follows.running()), "data"),
    "LINE": Kind(leased, "LINE#", "LEASE", takes_the_lease, newer=("leaseHolder", "leaseUntil")),
    "LOOKS": Kind(looked, "LOOKS", "CHAIN", looks_on, newer=("number", "began", "lastBegan")),
    "contact": Kind(contacts, "CONTACT#", "CONTACT", named_contacts),
    "OPEN": Kind(supervisions, "OPEN", "", lambda desk: len(desk.function().supervisions.open()), "data"),
    "record": Kind(supervisions, "SUPERVISION#", "RECORD", recorded, "data"),
    "OUTBOX": Kind(events, "OUTBOX", "", lambda desk: desk.function().outbox.sweep(), newer=("dueAt",)),
    "SWEEP": Kind(swept, "SWEEP", "", lambda desk: desk.function().outbox.sweep(), newer=("leaseHolder", "leaseUntil")),
    "session": Kind(session, "TOKEN", "SESSION", opened, newer=("madeAt", "renewAt", "endsAt")),
    "WATCHED": Kind(watched, "WATCHED", "", end_of_calls, "call"),
    "request": Kind(requests, "REQUEST#", "REQUEST", asked_again, "answer", ("keptUntil",)),
    "dials": Kind(dialled, "DIALS#", "", dialled, newer=("dials",)),
    "reads": Kind(dialled, "READS#", "", dialled, newer=("reads",)),
    "which list": Kind(lists, "SNAPSHOT#floor", "CURRENT", rows, again=True),
    "list": Kind(lists, "SNAPSHOT#floor#", "CHUNK#", rows, "data", again=True),
    "which users": Kind(lists, "SNAPSHOT#users", "CURRENT", agents, again=True),
    "users": Kind(lists, "SNAPSHOT#users#", "CHUNK#", agents, "data", again=True),
}
# Kept for a person to look at, and read by no function.
NOT_READ = {"ASIDE"}
# What may be missing from any item: the table's own tidying goes by it, and leases are over by the clock.
NOBODY_READS = {"expiration", "decidedAt", "version"}


def items(desk: Desk, kind: Kind) -> list[Item]:
    return [
        one
        for one in everything(desk).values()
        if str(one["pk"]).startswith(kind.pk) and str(one["sk"]).startswith(kind.sk)
    ]


def documents(value: Any) -> Iterator[Any]:
    """The document with each of its fields missing in turn, in whatever depth, and with one more in each object."""
    if isinstance(value, dict):
        yield {**value, MORE: NEWER}
        for name in value:
            yield {other: kept for other, kept in value.items() if other != name}
            for changed in documents(value[name]):
                yield {**value, name: changed}
    elif isinstance(value, list) and value:
        yield [*value, NEWER]
        yield value[:-1]
        for changed in documents(value[0]):
            yield [changed, *value[1:]]


def texts(value: Any) -> Iterator[Any]:
    """The same for a text or bytes that hold JSON, line by line where they are compressed lines."""
    if isinstance(value, str):
        yield from (json.dumps(one) for one in documents(json.loads(value)))
        yield from BROKEN
        return
    lines = zlib.decompress(value).split(b"\n")
    for number in range(min(len(lines), 2)):
        for one in documents(json.loads(lines[number])):
            yield zlib.compress(b"\n".join([*lines[:number], json.dumps(one).encode(), *lines[number + 1 :]]))
    yield from (zlib.compress(broken.encode()) for broken in BROKEN)
    yield b"no zlib"


def variations(kind: Kind, item: Item) -> Iterator[tuple[str, Item]]:
    yield "with one more", {**item, MORE: "x"}
    for name in item.keys() - {"pk", "sk"}:
        yield f"without {name}", {other: value for other, value in item.items() if other != name}
    if kind.document:
        for number, text in enumerate(texts(item[kind.document])):
            yield f"{kind.document}, {number}", {**item, kind.document: text}


def everything(desk: Desk) -> dict[Key, Item]:
    found = [from_attributes(one) for one in desk.everything()]
    return {Key(str(one["pk"]), str(one["sk"])): one for one in found}


def put_back(desk: Desk, before: dict[Key, Item]) -> None:
    now = everything(desk)
    for key in now.keys() - before.keys():
        desk.services.gateway.write(Delete(key))
    for key, item in before.items():
        if now.get(key) != item:
            desk.services.gateway.write(Put(item))


def test_the_kinds_are_all_that_the_functions_may_touch():
    """A new kind of item takes a statement in a policy, and so a place here."""
    keys: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for name, value in node.items():
                if name == "dynamodb:LeadingKeys" and not isinstance(value, bool) and value != "false":
                    keys.update([value] if isinstance(value, str) else value)
                walk(value)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk(Template()._document["Resources"])
    assert {key.rstrip("*") for key in keys} == {kind.pk for kind in KINDS.values()} | NOT_READ


@pytest.mark.parametrize("name", KINDS)
def test_one_with_a_field_more_or_a_field_fewer_is_read_or_passed_over_and_hides_no_other(desk, name):
    kind = KINDS[name]
    kind.make(desk)
    before = everything(desk)
    told = len(desk.told)
    item = items(desk, kind)[-1]
    all_of_them = 0
    for what, changed in [("as it was", item), *variations(kind, item)]:
        desk.services.gateway.write(Put(changed))
        shown = kind.read(desk)
        all_of_them = all_of_them or shown
        whole = kind.again or what in ("as it was", "with one more")
        whole = whole or what.removeprefix("without ") in {*kind.newer, *NOBODY_READS}
        assert shown >= max(1, all_of_them) - (not whole), what
        put_back(desk, before)
        del desk.told[told:]


@pytest.mark.parametrize("broken", BROKEN, ids=repr)
@pytest.mark.parametrize("name", ["OPEN", "OUTBOX"])
def test_one_that_cannot_be_read_hides_no_other_and_is_logged_once(desk, name, broken, caplog):
    items_module._logged.clear()
    kind = KINDS[name]
    kind.make(desk)
    item, _ = items(desk, kind)
    other: Item = {"pk": item["pk"], "sk": f"{item['sk']!s}-broken"}
    desk.services.gateway.write(Put({**other, "data": broken, "decidedAt": 1, "id": "x", "version": 1}))
    assert kind.read(desk) == 2
    desk.services.supervisions.open()
    assert [one.message for one in caplog.records if "cannot be read" in one.message] == ["an item cannot be read"]


def test_a_lease_of_a_clock_that_was_wrong_is_over(table):
    lease = Lease(Gateway(table), Key("L", "L"), 8_000)
    assert lease.acquire("first", 1_000_000_000).done
    assert not lease.acquire("second", 1_000_000_000 + 7_999).done
    assert lease.acquire("third", 1_000_000_000 - 3_600_000).done
    assert not lease.give_back("first").done
    assert lease.give_back("third").done
    assert lease.acquire("fourth", 1_000_000_000).done


def test_what_is_kept_has_an_end_whether_or_not_the_table_has_tidied_up(desk):
    begun = desk.dial("listen", desk.call())
    assert (recorded(desk), desk.function().supervisions.get(begun.id) is None) == (1, False)
    desk.move(desk.settings.audit_days * 24 * 3600 + 10)
    assert (recorded(desk), desk.function().supervisions.get(begun.id) is None) == (0, True)
    assert [one for one in desk.everything() if one["sk"]["S"] == "RECORD"]


def test_a_call_that_was_remembered_too_long_ago_is_told_anew(desk):
    watched(desk)
    assert desk.types() == ["Call Started"] * 2
    desk.move(7 * 24 * 3600 + 10)
    one = watcher(desk)
    one.look("w")
    assert desk.types().count("Call Started") == 4


def test_a_follow_that_nobody_has_ended_in_time_is_in_no_others_way(desk):
    followed(desk)
    [agent, _] = [one.clientId for one in desk.services.follows.running()]
    desk.move(3 * 24 * 3600)
    asked = replace(desk.asked("follow", "", PHONE), conf_id=None, client_id=agent, to_action="listen")
    assert desk.services.follow_agents.begin(asked)
    assert [one.clientId for one in desk.function().follows.running()] == [agent]
