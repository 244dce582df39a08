"""What of Ytel's answers is kept, and what is written to the log: the whole table and every line, read after a run."""

import contextlib
import json
import re
import zlib

import pytest

from tests.e2e.conftest import CLIENTS, Scene
from tests.harness.fake_ytel import SECRET, FakeYtel
from tests.harness.fake_ytel.faults import Body, Html, Json, Status
from tests.harness.fake_ytel.lists import contact_of
from tests.harness.system import System
from tests.harness.waiting import wait_until
from tests.harness.watching import look

CREDENTIALS = {"username": "quartermain@example.com", "password": "password-of-ytel"}
AGENT = ("Wilhelmina", "Featherstone")
# What stands in a user's or a contact's entry, or in a token's answer, and is of no use here.
NOT_KEPT = [
    *CREDENTIALS.values(),
    SECRET,
    "@example.com",
    "wilhelmina.featherstone",
    "webrtc-agent",
    "ucaasExtension",
    "inboxId",
    "America/New_York",
    "phonenumber1",
    "eyJ",
    "access-token-",
    "refresh-token-",
    "Bearer ",
]


@pytest.fixture(scope="module")
def run():
    """The system, in which all that asks Ytel for something has asked, with good and with bad answers; and its call."""
    fake = FakeYtel(username=CREDENTIALS["username"], password=CREDENTIALS["password"])
    env = {"YTEL_TOKEN": json.dumps(CREDENTIALS), "API_CLIENTS": CLIENTS, "CONTACTS": "on"}
    with System(env, fake, parameters={"LogLevel": "DEBUG"}) as system:
        scene = Scene(system)
        agent = fake.floor.add_user(*AGENT)
        for raw in (f"{SECRET}: a row", {"clientId": None, "password": SECRET}, [SECRET]):
            fake.floor.add_user(raw=raw)
        call = fake.floor.add_call(agent)
        asks_for_everything(scene, call)
        for shape, bad in (("flat", Body(SECRET.encode())), ("envelope", Json({"users": {"password": SECRET}}))):
            fake.knobs.turn({"tokens.shape": shape})
            fake.tokens.withdraw()
            system.move_clock(400)
            asks_for_everything(scene, call)
            for fault in (bad, Html(), Status(500)):
                for path in ("/users/", "/contact/", "/auth/v3/token$", "/conference$"):
                    fake.faults.add("*", path, fault)
                fake.floor.add_call(agent)
                fake.tokens.withdraw()
                system.move_clock(400)
                asks_for_everything(scene, call)
                fake.faults.clear()
        yield scene, call


def asks_for_everything(scene, call):
    scene.system.invoke("refresh_users", {})
    look(scene.system)
    scene.system.move_clock(3)
    for path in ("/calls", f"/calls/{call}", f"/calls/{call}/plan?action=whisper", "/supervisions"):
        scene.get(path)
    scene.ask("whisper", call, scene.phone())


def kept(scene):
    """All that the table holds, compressed or not, as one text."""
    table = scene.system.template.functions["Barge"].environment["TABLE_NAME"]
    texts = []
    for page in scene.aws("dynamodb").get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            texts.append(repr(item))
            for data in (value["B"] for value in item.values() if "B" in value):
                with contextlib.suppress(zlib.error):
                    texts.append(zlib.decompress(data).decode())
    return "\n".join(texts)


@pytest.mark.parametrize("what", NOT_KEPT)
def test_what_is_of_no_use_is_neither_kept_nor_logged(run, what):
    scene, _ = run
    assert what not in kept(scene)
    assert not [line for line in scene.system.logs if what in line]


def test_what_is_of_use_is_kept(run):
    scene, call = run
    held = kept(scene)
    assert " ".join(AGENT) in held
    assert scene.floor.user_of(scene.floor.call(call)).number in held
    assert "CONTACT#" in held


def test_a_customers_name_is_shown_and_stands_in_no_line(run):
    scene, call = run
    contact = contact_of(scene.floor.call(call))
    assert contact
    first, last = contact["extData"]["firstname"], contact["extData"]["lastname"]

    def shown():
        scene.system.move_clock(31)
        row = next(row for row in scene.get("/calls").json()["calls"] if row["confId"] == call)
        return row["contact"] == {"name": f"{first} {last}", "dnc": row["contact"]["dnc"]} if row["contact"] else None

    assert wait_until(shown)
    for line in scene.system.logs:
        assert first not in line
        assert last not in line
        assert not re.search("|".join(AGENT), line)
