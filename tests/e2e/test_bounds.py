"""Who may not act on something does not see it.

Every route of the template is asked, with every parameter that it describes, by clients that are bound to other agents.
A route, a parameter or an id that is new has to find its place here.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from tests.e2e.conftest import SCOPES, Scene
from tests.harness.template import ROOT, Template
from tests.harness.waiting import wait_until

AGENT, ANOTHER = "00000000-0000-4000-8000-00000000b0d0", "00000000-0000-4000-8000-00000000b0d1"
NAME, PHONE, CUSTOMER = "Zenobia", "+14155550177", "+16505550188"
KEYS: dict[str, dict[str, Any]] = {
    "not bound": {},
    "bound to the agent": {"agents": [AGENT]},
    "bound to the agent, written otherwise": {"agents": [f"{{{AGENT.upper()}}}"]},
    "bound to another": {"agents": [ANOTHER]},
    "bound to another and to the phone": {"agents": [ANOTHER], "phones": [PHONE]},
    "bound to nobody": {"agents": []},
}
SEES = {"not bound", "bound to the agent", "bound to the agent, written otherwise"}
ALL_SCOPES = [*SCOPES, "calls:takeover", "calls:follow", "calls:help"]
ROUTES = {route.key: route for route in Template().routes if route.authorizer}
DOCUMENT = json.loads((ROOT / "functions/page/openapi.json").read_text())
# What a route answers that is about nobody's calls.
OF_ITSELF = {"GET /me"}
# The actions that a function listens for.
ON_BUS = sorted(
    {
        action
        for rule in Template().rules
        for action in rule.pattern.get("detail", {}).get("action", ())
        if isinstance(action, str)
    }
)
# What is sent with the routes that change something.
BODIES: dict[str, Any] = {
    **{action: {"to": PHONE} for action in ("listen", "whisper", "barge", "takeover")},
    "hangup": None,
    "help": {"reason": "x"},
    "follow": {"to": PHONE, "action": "listen"},
    "supervisions": {"action": "barge"},
    "follows": None,
}


class Stage(NamedTuple):
    """A call with a supervision on it, and what tells of them in an answer."""

    ids: dict[str, str]
    follow: str
    marks: frozenset[str]
    version: str
    now: int
    number: str


def key_of(name: str) -> str:
    return f"key-of-the-tests-{name.replace(' ', '-').replace(',', '')}"


@pytest.fixture(scope="module")
def settings():
    clients = {
        name: {"key": key_of(name), "source": key_of(name), "scopes": ALL_SCOPES, **bound}
        for name, bound in KEYS.items()
    }
    clients["supervisor"] = {"key": "local-supervisor-key", "scopes": ALL_SCOPES}
    return {"API_CLIENTS": json.dumps(clients), "READS_PER_MINUTE": "100000"}


@pytest.fixture(scope="module")
def stage(system):
    scene = Scene(system)
    agent = scene.floor.add_user(NAME, "Quill", client_id=AGENT)
    scene.floor.add_user("Another", "Agent", client_id=ANOTHER)
    system.move_clock(301)  # the users are read again
    call = scene.call(agent=agent, contact=CUSTOMER)
    begun = scene.joined("listen", call, PHONE)
    followed = scene.request("POST", f"/agents/{AGENT}/follow", json={"to": scene.phone(), "action": "listen"})
    assert followed.status_code == 201, followed.text
    page = scene.get("/calls").json()
    ids = {"confId": call, "clientId": AGENT, "id": begun["id"]}
    # The last is how the plan, which names nobody, says whose leg is the agent's.
    marks = frozenset({call, AGENT, NAME, agent.number, CUSTOMER, PHONE, begun["id"], "channelName"})
    return Stage(ids, followed.json()["id"], marks, page["version"], page["asOf"], agent.number)


@pytest.fixture
def scene(system):
    return Scene(system)


def values(stage: Stage) -> dict[str, str]:
    """What each parameter of a query is asked with: what leads to the call, and what shows the most."""
    return {
        "agent": NAME,
        "direction": "inbound",
        "supervised": "true",
        "help": "false",
        "since": stage.version,
        "limit": "1000",
        "cursor": "",
        "confId": stage.ids["confId"],
        "clientId": AGENT,
        "to": PHONE,
        "state": "joined",
        "requestedBy": "supervisor",
        "from": "1",
        "until": str(stage.now + 10**9),
        "action": "whisper",
    }


def targets(key: str, stage: Stage) -> Iterator[str]:
    """The paths, with their queries, that a route is asked with."""
    method, _, path = key.partition(" ")
    path = path.format(**{**stage.ids, **({"id": stage.follow} if path.startswith("/follows/") else {})})
    described = DOCUMENT["paths"][key.partition(" ")[2]][method.lower()]["parameters"]
    names = [one["name"] for one in described if one["in"] == "query"]
    needed = {one["name"] for one in described if one.get("required") and one["in"] == "query"}
    asked = {name: values(stage)[name] for name in names}
    yield f"{path}?{urlencode({name: asked[name] for name in needed})}"
    for name in names:
        if asked[name]:
            yield f"{path}?{urlencode({one: asked[one] for one in {*needed, name}})}"


def shown(answer: Any, stage: Stage, target: str) -> set[str]:
    """What the answer tells of the call that the question did not name."""
    return {mark for mark in stage.marks if mark in answer.text and mark not in target}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("key", ROUTES)
def test_a_client_sees_what_it_may_act_on_and_nothing_else(scene, stage, key, name):
    method, _, path = key.partition(" ")
    if method != "GET" and name in SEES:
        return  # what is let through changes things: tests/e2e/test_access.py
    headers = {"Authorization": f"Bearer {key_of(name)}"}
    body = None if method == "GET" else BODIES[path.rpartition("/")[2] if path[-1] != "}" else path.split("/")[1]]
    before = len(scene.ytel.requests)
    told = set()
    for target in targets(key, stage):
        for accept in ("application/json", "text/csv"):
            answer = scene.request(method, target, client=None, headers={**headers, "Accept": accept}, json=body)
            assert answer.status_code < 500, answer.text
            told |= shown(answer, stage, target)
            if name not in SEES and "{" in path:
                assert answer.status_code == 404, (target, answer.text)
    if key in OF_ITSELF:
        return
    assert bool(told) is (name in SEES), told
    assert [one for one in list(scene.ytel.requests)[before:] if one.method != "GET"] == []


@pytest.mark.parametrize("action", ON_BUS)
@pytest.mark.parametrize("named", ["confId", "clientId", "agentNumber", "supervisionId"])
@pytest.mark.parametrize("name", sorted(KEYS.keys() - SEES))
def test_over_the_bus_the_same_is_not_there(scene, stage, action, named, name):
    supervision = action in ("leave", "switch")
    if supervision is not (named == "supervisionId"):
        return
    value = {"supervisionId": stage.ids["id"], "agentNumber": stage.number}.get(named) or stage.ids[named]
    detail = {"action": action, named: value, "requestId": f"{action} {named} {name}"}
    detail |= {"toAction": "barge"} if action == "switch" else {} if supervision else {"to": PHONE}
    before = len(scene.ytel.requests)
    scene.put(detail, source=key_of(name))
    [told] = wait_until(lambda: scene.told("Supervision Failed", lambda data: data["request"] == detail))
    assert told["metadata"]["requestedBy"] == name
    code = "supervision_not_found" if supervision else "call_not_found"
    assert told["data"]["problem"]["code"] == code
    assert [one for one in list(scene.ytel.requests)[before:] if one.method != "GET"] == []
