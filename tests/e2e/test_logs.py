"""What the functions write about a whole run: enough to follow a request, and nothing that is not theirs to tell."""

import json
import re

import pytest

from tests.e2e.conftest import Scene
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.faults import Body, EnvelopeFailure, Html, Reset, Status
from tests.harness.system import System
from tests.harness.waiting import wait_until
from tests.harness.watching import look

CREDENTIALS = {"username": "quartermain@example.com", "password": "password-of-ytel"}
KEYS = {"crm": "local-supervisor-key", "bound": "key-of-the-bound-client"}
SCOPES = ["calls:read", "calls:listen", "calls:whisper", "calls:barge", "calls:hangup"]
CLIENTS = {
    "crm": {"key": KEYS["crm"], "scopes": SCOPES},
    "bound": {"keys": [KEYS["bound"]], "scopes": SCOPES, "phones": ["+14155550191"]},
    "broken": {"key": "key-of-the-broken-client", "scopes": "all"},
}
CONTACT, SUPERVISOR, STRANGER = "+16505550177", "+12125550142", "+18095550143"
NAMES = ("Zebulon", "Quartermain")
BODY = "marker-of-a-body"
SAYS = f"the number {CONTACT} of {NAMES[0]} {NAMES[1]} is {BODY}"
FOLLOWED = "id-that-is-followed"


@pytest.fixture(scope="module")
def run():
    """Every line of a run in which everything is done and much goes wrong, and the agent in it."""
    fake = FakeYtel(username=CREDENTIALS["username"], password=CREDENTIALS["password"])
    agent = fake.floor.add_user(*NAMES)
    env = {"YTEL_TOKEN": json.dumps(CREDENTIALS), "API_CLIENTS": json.dumps(CLIENTS)}
    with System(env, fake, parameters={"LogLevel": "DEBUG"}) as system:
        scene = Scene(system)
        call = fake.floor.add_call(agent, contact=CONTACT)
        everything(scene, call)
        what_goes_wrong(scene, call, agent)
        yield system.logs, agent


def everything(scene, call):
    for path in (
        "/",
        "/calls",
        f"/calls/{call}",
        f"/calls/{call}/plan?action=whisper",
        "/supervisions",
        "/openapi.json",
    ):
        assert scene.get(path).status_code == 200
    scene.request("POST", f"/calls/{call}/listen", json={"to": STRANGER}, headers={"X-Correlation-Id": FOLLOWED})
    for action in ("listen", "whisper", "barge"):
        assert scene.ask(action, call, SUPERVISOR, key=f"idempotency-{action}").status_code in (202, 409)
    scene.floor.answer(call, SUPERVISOR)
    joined = wait_until(
        lambda: [one for one in scene.get("/supervisions").json()["supervisions"] if one["state"] == "joined"]
    )
    scene.floor.join(call)
    scene.get("/calls")
    scene.request("DELETE", f"/supervisions/{joined[0]['id']}")
    for number, action in enumerate(("whisper", "nothing")):
        scene.put({"action": action, "confId": call, "to": SUPERVISOR, "requestId": f"request-{number}", "note": BODY})
    for function in ("watch_calls", "refresh_users"):
        scene.system.invoke(function, {})
    look(scene.system)


def what_goes_wrong(scene, call, agent):
    for key in ("an-unknown-key", "eyJhbGciOiJub25lIn0.e30.", *KEYS.values()):
        headers = {"Authorization": f"Bearer {key}"}
        scene.request(
            "POST", f"/calls/{call}/listen", client=None, headers=headers, json={"to": STRANGER, "note": BODY}
        )
    for body in (f'{{"to": "{SUPERVISOR}", {BODY}', json.dumps([SUPERVISOR, BODY]), json.dumps({"to": BODY * 9})):
        scene.request("POST", f"/calls/{call}/barge", data=body)
    for to in (CONTACT, agent.number, "+442079460958"):
        scene.ask("whisper", call, to)
    faults = [
        Status(400, message=SAYS),
        Status(500, message=SAYS),
        EnvelopeFailure(422, message=SAYS),
        Html(status=502),
        Body(SAYS.encode()),
        Reset(processed=True),
    ]
    for number, fault in enumerate(faults):
        for method, path in (("POST", "/participant$"), ("DELETE", "/participant/")):
            scene.ytel.faults.add(method, path, fault)
        scene.ask("barge", scene.floor.add_call(agent, contact=CONTACT), f"+1212555015{number}")
        scene.request("POST", f"/calls/{scene.floor.add_call(agent, contact=CONTACT)}/hangup")
        scene.ytel.faults.clear()
        scene.ytel.faults.add("GET", "/conference$", fault, times=9)
        scene.system.move_clock(3)
        scene.get("/calls")
        scene.ytel.faults.clear()
    scene.floor.add_call(agent, contact=CONTACT, shape={"memberData": SAYS, "createdTime": SAYS})
    scene.system.move_clock(10)
    scene.get("/calls")
    scene.ytel.tokens.withdraw()
    scene.ytel.tokens.password = "changed"
    scene.system.move_clock(40)
    scene.get(f"/calls/{call}/plan?action=whisper")
    scene.aws("dynamodb").delete_table(TableName=scene.system.template.functions["Barge"].environment["TABLE_NAME"])
    scene.ask("barge", call, SUPERVISOR)
    scene.request("POST", f"/calls/{call}/hangup")
    scene.put({"action": "barge", "confId": call, "to": SUPERVISOR, "requestId": "last", "note": BODY})
    wait_until(lambda: [name for name, _ in scene.system.failures if name == "Barge"])


def said(lines, what):
    return [line for line in lines if what in line]


def test_no_line_holds_a_whole_phone_number(run):
    lines, agent = run
    numbers = {CONTACT, SUPERVISOR, STRANGER, agent.number, *(f"+1212555015{number}" for number in range(6))}
    for line in lines:
        digits = re.sub(r"[^0-9A-Za-z\"]", "", line)
        assert not [number for number in numbers if number[2:] in digits], line


def test_no_line_holds_a_name_a_key_a_token_or_a_body(run):
    lines, _ = run
    held = [*NAMES, BODY, *KEYS.values(), "key-of-the-broken-client", "an-unknown-key", *CREDENTIALS.values()]
    held += ["access-token-", "refresh-token-", "eyJ", "Bearer", "idempotency-"]
    for what in held:
        assert said(lines, what) == []


def test_every_line_is_json_that_says_when_and_how_grave(run):
    lines, _ = run
    assert len(lines) > 50
    for line in map(json.loads, lines):
        # Metrics, and the runtime's own lines of what a function raised, are not the logger's.
        assert "_aws" in line or "errorType" in line or {"level", "timestamp", "message", "service"} <= line.keys()


def test_a_request_can_be_followed_by_its_correlation_id_through_every_function(run):
    lines, _ = run
    authorized, asked, refused = (line for line in map(json.loads, said(lines, FOLLOWED)) if "level" in line)
    assert (authorized["function_name"], authorized["message"]) == ("call-floor-Authorize", "allowed")
    assert (refused["function_name"], refused["code"]) == ("call-floor-Listen", "number_not_allowed")
    for line in (asked, refused):
        assert (line["client"], line["action"]) == (authorized["client"], "listen")
        assert line["confId"]


def test_what_went_wrong_is_there(run):
    lines, _ = run
    for what in ("denied", "a client is left out", "an unforeseen error", "number_not_allowed", "ytel_rejected"):
        assert said(lines, what), what
