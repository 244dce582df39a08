"""The customers' names: asked for once each, off the way of the list, kept for a day; what fails leaves none."""

import json

import pytest

from supervision.actions.watcher import Watcher
from supervision.base.settings import WatchSettings
from supervision.rules.contacts import Contact, read_contact
from tests.harness.fake_ytel.faults import Delay, Hang, Html, Json, Reset, Status
from tests.harness.fake_ytel.lists import contact_of
from tests.integration.desk import at_once
from tests.integration.looks_queue import looks_of

CONTACT = "/contact/"
DAY = 24 * 3600


@pytest.fixture
def desk(make_desk):
    return make_desk(contacts=True)


@pytest.fixture
def counted(monkeypatch):
    names: list[str] = []
    monkeypatch.setattr("supervision.floor.contacts.add_metric", names.append)
    return names


def watcher(desk, services=None):
    services = services or desk.services
    return Watcher(
        services.gateway,
        services.floor,
        services.outbox,
        WatchSettings(),
        2.0,
        services.patience,
        looks_of(services),
        contacts=services.contacts,
    )


def look(desk, services=None):
    desk.move(3)
    watcher(desk, services).look("r1")


def shown(desk, services=None):
    desk.move(3)
    return {row["confId"]: row["contact"] for row in (services or desk.services).floor.held().rows}


def named(desk, call):
    """What the list is to show of the contact of a call."""
    contact = contact_of(desk.floor.call(call))
    assert contact
    return {"name": " ".join(contact["extData"][one] for one in ("firstname", "lastname")), "dnc": contact["dnc"]}


def asked(desk):
    return desk.ytel.requests.count("GET", CONTACT)


def test_a_list_asks_for_no_contact_and_shows_what_the_watcher_has_asked_for(desk):
    calls = [desk.call() for _ in range(30)]
    assert shown(desk) == dict.fromkeys(calls)
    assert asked(desk) == 0
    look(desk)
    assert shown(desk, desk.function()) == {call: named(desk, call) for call in calls}
    assert {one["dnc"] for one in shown(desk).values()} == {True, False}
    assert asked(desk) == 30


def test_each_is_asked_for_once_however_many_watch_and_however_long(desk):
    calls = [desk.call() for _ in range(5)]
    shared = desk.floor.call(calls[0]).details["contact_id"]
    other = desk.call(details={"contact_id": shared.upper()})
    desk.services.floor.held()
    at_once(lambda _: look(desk, desk.function()), 4)
    for _ in range(20):
        look(desk)
    assert asked(desk) == 5
    rows = shown(desk)
    assert rows[other] == rows[calls[0]] is not None


def test_they_are_kept_for_a_day(desk):
    call = desk.call()
    look(desk)
    contact = desk.floor.call(call).details["contact_id"]
    desk.floor.end_call(call)
    desk.move(DAY - 100)
    again = desk.call(details={"contact_id": contact})
    look(desk)
    assert shown(desk)[again]
    assert asked(desk) == 1
    desk.floor.end_call(again)
    desk.move(200)
    again = desk.call(details={"contact_id": contact})
    assert shown(desk)[again] is None
    look(desk, desk.function())
    assert shown(desk)[again]
    assert asked(desk) == 2


FAULTS = [
    Status(500),
    Status(401),
    Status(403),
    Status(429, retry_after=30),
    Html(),
    Reset(),
    Json({"status": True, "payload": [{"contactId": "another", "extData": {"firstname": "Eve"}}]}),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_what_fails_leaves_no_name_is_counted_and_hides_no_other(desk, counted, fault):
    desk.ytel.faults.add("GET", CONTACT, fault, times=1 if fault != FAULTS[1] else 2)
    first = desk.call()
    look(desk)
    desk.move(30)
    second = desk.call()
    for _ in range(6):
        desk.move(12)
        look(desk)
    assert counted == ["ContactsFailed"]
    assert shown(desk) == {first: None, second: named(desk, second)}
    assert asked(desk) == (3 if fault == FAULTS[1] else 2)
    desk.move(15 * 60)
    look(desk)
    desk.move(30)
    assert shown(desk) == {call: named(desk, call) for call in (first, second)}


def test_a_contact_that_there_is_not_is_asked_for_once_a_day_and_no_failure(desk, counted):
    desk.ytel.knobs.contacts.by_id = "404"
    call = desk.call()
    for _ in range(5):
        look(desk)
        desk.move(3600)
    assert shown(desk) == {call: None}
    assert (asked(desk), counted) == (1, [])


@pytest.mark.parametrize("fault", [Hang(), Delay(0.3)], ids=str)
def test_a_ytel_that_takes_its_time_holds_up_no_list(desk, monkeypatch, fault):
    monkeypatch.setattr("supervision.actions.watcher.CONTACTS_WITHIN", 0.05)
    desk.ytel.faults.add("GET", CONTACT, fault, times=None)
    calls = [desk.call() for _ in range(3)]
    look(desk)
    assert shown(desk) == dict.fromkeys(calls)


def test_a_table_that_fails_leaves_no_name(desk, monkeypatch):
    call = desk.call()
    look(desk)
    services = desk.function()

    def failing(*_, **__):
        raise TimeoutError("busy")

    monkeypatch.setattr(services.contacts._gateway, "get_many", failing, raising=False)
    services.contacts.fill(rows := [{"confId": call, "contactId": "x", "contact": None}], ())
    assert rows[0]["contact"] is None


def test_an_id_that_no_key_can_hold_hides_no_other(desk):
    call = desk.call()
    odd = [desk.call(details={"contact_id": text}) for text in ("half \ud800", "9" * 3000, "..", "/")]
    look(desk)
    assert shown(desk) == {call: named(desk, call), **dict.fromkeys(odd)}


def test_where_they_are_off_nobody_asks(make_desk):
    desk = make_desk()
    call = desk.call()
    look(desk)
    assert shown(desk) == {call: None}
    assert asked(desk) == 0


@pytest.mark.parametrize("by_id", ["envelope", "object", "bare", "keyed"])
def test_a_contact_is_read_whatever_stands_around_it(desk, by_id):
    desk.ytel.knobs.contacts.by_id = by_id
    call = desk.call()
    look(desk)
    assert shown(desk) == {call: named(desk, call)}


@pytest.mark.parametrize(
    ("entry", "contact"),
    [
        ({}, Contact("", dnc=False)),
        ({"dnc": None, "extData": None}, Contact("", dnc=False)),
        ({"dnc": "true", "extData": {"firstname": " Ann ", "lastname": None}}, Contact("Ann", dnc=True)),
        ({"dnc": 1, "extData": {"firstname": 7, "lastname": "Lee"}}, Contact("Lee", dnc=True)),
        ({"dnc": 0}, Contact("", dnc=False)),
        ({"dnc": "No"}, Contact("", dnc=False)),
        ({"dnc": {"since": 1}}, Contact("", dnc=True)),
        ({"extData": {"firstname": "A" * 300}}, Contact("A" * 200, dnc=False)),
    ],
)
def test_what_is_kept_of_a_contact(entry, contact):
    assert read_contact(entry) == contact


def test_nothing_else_of_a_contact_is_kept(desk):
    call = desk.call()
    contact = contact_of(desk.floor.call(call))
    assert contact
    look(desk)
    [item] = desk.items(f"CONTACT#{contact['contactId']}")
    assert item.keys() == {"pk", "sk", "until", "expiration", "name", "dnc"}
    assert contact["extData"]["email1"] not in json.dumps([repr(one) for one in desk.everything()])
