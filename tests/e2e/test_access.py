"""Who may do what: every route with every kind of bearer, and what reaches Ytel of it."""

import base64
import json
import re
import time
from dataclasses import dataclass

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.e2e.conftest import SCOPES, Scene
from tests.harness.template import Template
from tests.harness.waiting import wait_until
from tests.integration.authorizer import Issuer

AUDIENCE = "call-floor"
DIALS_PER_MINUTE = 40
ISSUERS_KEY, ANOTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
EVERY = tuple(SCOPES)
ISSUER = Issuer()
ISSUER.keys = [{**RSAAlgorithm.to_jwk(ISSUERS_KEY.public_key(), as_dict=True), "kid": "1", "use": "sig"}]
THE_AGENT, ANOTHER_AGENT = "00000000-0000-4000-8000-00000000b0d0", "00000000-0000-4000-8000-00000000b0d1"
BOUND_PHONE, ANY_PHONE = "+14155550198", "+14155550199"


@dataclass(frozen=True)
class Who:
    """A bearer, what it stands for, and what it is bound to; without scopes it stands for nothing."""

    bearer: str | None
    scopes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def is_blind(self) -> bool:
        """Whether the agent of the call, and all that is theirs, is not there for it."""
        return bool(self.agents) and THE_AGENT not in self.agents[0].lower()


def token(key=ISSUERS_KEY, algorithm="RS256", **claims):
    now = int(time.time())
    standard = {"iss": ISSUER.url, "aud": AUDIENCE, "sub": "ann", "scope": " ".join(EVERY), "exp": now + 3600}
    return jwt.encode(standard | claims, key, algorithm, headers={"kid": "1"})


def unsigned():
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"1"}').decode().rstrip("=")
    return f"{head}.{token().split('.')[1]}."


WHO = {
    "nobody": Who(None),
    "an unknown key": Who("an-unknown-key"),
    **{f"a key for {scope}": Who(f"key-of-the-tests-{scope}", (scope,)) for scope in EVERY},
    "a key for all": Who("key-of-the-tests-all", EVERY),
    "a key bound to the agent": Who("key-of-the-tests-agent", EVERY, agents=(f"{{{THE_AGENT.upper()}}}",)),
    "a key bound to another agent": Who("key-of-the-tests-another-agent", EVERY, agents=(ANOTHER_AGENT,)),
    "a key bound to no agent": Who("key-of-the-tests-no-agent", EVERY, agents=("-",)),
    "a key bound to another phone": Who("key-of-the-tests-phone", EVERY, phones=(BOUND_PHONE,)),
    **{f"a person for {scope}": Who(token(scope=scope), (scope,)) for scope in EVERY},
    "an expired token": Who(token(exp=int(time.time()) - 60)),
    "a token that is not valid yet": Who(token(nbf=int(time.time()) + 86_400)),
    "a wrongly signed token": Who(token(key=ANOTHER_KEY)),
    "an unsigned token": Who(unsigned()),
    "a token of a foreign issuer": Who(token(iss="https://elsewhere.example.com")),
    "a token for another audience": Who(token(aud="another")),
}
ROUTES = {route.key: route for route in Template().routes if route.path}


@pytest.fixture(scope="module")
def settings():
    clients = {
        re.sub(r"\W", "-", who.bearer): {
            "key": who.bearer,
            "scopes": who.scopes,
            **({"agents": who.agents} if who.agents else {}),
            **({"phones": who.phones} if who.phones else {}),
        }
        for who in WHO.values()
        if who.bearer and who.bearer.startswith("key-of-the-tests-")
    }
    clients["supervisor"] = {"key": "local-supervisor-key", "scopes": EVERY}
    yield {
        "API_CLIENTS": json.dumps(clients),
        "JWT_ISSUER": ISSUER.url,
        "JWT_AUDIENCE": AUDIENCE,
        "DIALS_PER_MINUTE": str(DIALS_PER_MINUTE),
    }
    ISSUER.stop()


def expected(key, who):
    """What the contract says this bearer is answered on this route."""
    method, _, path = key.partition(" ")
    if not ROUTES[key].authorizer:
        return 200
    if who.bearer is None:
        return 401
    if path == "/me":
        return 200 if who.scopes else 403
    words = {"/supervisions/{id}": "whisper", "/follows/{id}": "follow"}
    action = words.get(path) or path.rpartition("/")[2]
    if method == "PATCH" and not {"calls:whisper", "calls:barge"} <= set(who.scopes):
        return 403
    if (f"calls:{action}" if method != "GET" else "calls:read") not in who.scopes:
        return 403
    if path.endswith("/follow") and "calls:whisper" not in who.scopes:
        return 403  # the scope of its action
    if who.is_blind and "{" in path:
        return 404
    if method == "GET":
        return 200
    if action == "help" or path.startswith("/follows/"):
        return 200
    if who.phones and action != "hangup" and method in ("POST", "PATCH"):
        return 422
    return {"hangup": 200, "follow": 201}.get(action, 202)


@pytest.fixture
def scene(system):
    yield Scene(system)  # the call and the supervision of the first test are the others' too
    assert system.ytel.complaints == []


@pytest.fixture(scope="module")
def scenery():
    return {}


@pytest.mark.parametrize("name", WHO)
@pytest.mark.parametrize("key", ROUTES)
def test_a_bearer_is_answered_as_it_should_be_and_reaches_ytel_only_where_it_may(scene, key, name, scenery):
    who, (method, _, path) = WHO[name], key.partition(" ")
    if "call" not in scenery:
        scenery["agent"] = scene.floor.add_user(client_id=THE_AGENT)
        scene.system.move_clock(301)  # the users are read again
        scenery["call"] = scene.call(agent=scenery["agent"])
        scenery["whisper"] = scene.joined("whisper", scenery["call"])["id"]
        scenery["asset"] = re.findall(r'/assets/([^"]+)', scene.get("/", client=None).text)[0]
    # What is let through changes the call or the supervision: such a request has one of its own.
    changes = method != "GET" and expected(key, who) < 300
    call = scene.call(agent=scenery["agent"]) if changes and method == "POST" else scenery["call"]
    supervision = scenery["whisper"]
    if changes and method in ("DELETE", "PATCH"):
        supervision = scene.joined("whisper", scene.call(agent=scenery["agent"]))["id"]
    if path.startswith("/follows/") and (changes or who.is_blind):
        follow = {"to": scene.phone(), "action": "listen"}
        supervision = scene.request("POST", f"/agents/{THE_AGENT}/follow", json=follow).json()["id"]
    path = path.format(confId=call, clientId=THE_AGENT, id=supervision, file=scenery["asset"])
    before = len(scene.ytel.requests)

    answer = scene.request(
        method,
        f"{path}?action=whisper" if path.endswith("/plan") else path,
        client=None,
        headers={"Authorization": f"Bearer {who.bearer}"} if who.bearer else {},
        json={
            "POST": {"to": scene.phone() if changes else ANY_PHONE},
            "PATCH": {"action": "barge"},
        }.get(method)
        if not path.endswith("/follow")
        else {"to": scene.phone() if changes else ANY_PHONE, "action": "whisper"},
    )

    assert answer.status_code == expected(key, who), answer.text
    if path in ("/calls", "/supervisions") and answer.status_code == 200:
        shown = answer.json()
        assert (shown["count"] == 0) is who.is_blind
        assert {one["clientId"] for one in shown[path[1:]]} == (set() if who.is_blind else {THE_AGENT})
    if path == "/me" and answer.status_code == 200:
        told = answer.json()
        assert told.keys() == {"client", "scopes", "agents", "phones"}
        assert (told["scopes"], told["agents"], told["phones"]) == (sorted(who.scopes), [*who.agents], [*who.phones])
    asked = list(scene.ytel.requests)[before:]
    if answer.status_code in (401, 403):
        assert answer.json() == {"message": "Unauthorized" if answer.status_code == 401 else "Forbidden"}
    if answer.status_code in (401, 403) and not (method in ("DELETE", "PATCH") and set(who.scopes) - {EVERY[0]}):
        assert asked == []
    assert bool([one for one in asked if one.method != "GET"]) is (
        changes and "/help" not in path and "/follow" not in path
    )


# ---------------------------------------------------------------- numbers

REFUSED = {
    "Caribbean": "+18095550142",
    "Jamaican": "+18765550142",
    "premium": "+19005550142",
    "foreign": "+442079460958",
    "short": "911",
    "short with a plus": "+1911",
    "no number": "supervisor",
    "the contact's own": "+16505550177",
    "the contact's own, written otherwise": "+1 (650) 555-0177",
    "the agent's own": None,
}


@pytest.mark.parametrize("action", ["listen", "whisper", "barge", "takeover"])
@pytest.mark.parametrize("what", REFUSED)
def test_a_number_that_may_not_be_dialled_is_refused_before_anything_is_sent(scene, action, what):
    agent = scene.agent()
    call = scene.call(agent=agent, contact="+16505550177")
    answer = scene.ask(action, call, REFUSED[what] or agent.number)
    assert (answer.status_code, answer.json()["code"]) == (422, "number_not_allowed")
    assert scene.dials(call) == 0
    request = {"action": action, "confId": call, "to": REFUSED[what] or agent.number, "requestId": f"{action}-{what}"}
    scene.put(request)
    [told] = wait_until(lambda: scene.told("Supervision Failed", lambda data: data["request"]["confId"] == call))
    assert told["data"]["problem"]["code"] == "number_not_allowed"
    assert scene.dials(call) == 0


def test_a_client_dials_so_often_in_a_minute_and_others_are_not_held_up(scene):
    def dial(bearer):
        call = scene.floor.add_call(agent)
        headers = {"Authorization": f"Bearer {bearer}"}
        body = {"to": ANY_PHONE}
        return call, scene.request("POST", f"/calls/{call}/barge", client=None, headers=headers, json=body)

    agent = scene.agent()
    for _ in range(2 * DIALS_PER_MINUTE + 1):  # its minute may end on the way
        call, answer = dial("key-of-the-tests-all")
        if answer.status_code != 202:
            break
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_dials"), answer.text
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert scene.dials(call) == 0
    assert dial("key-of-the-tests-calls:barge")[1].status_code == 202


@pytest.mark.parametrize("action", ["listen", "whisper", "barge", "takeover"])
def test_a_phone_of_the_accounts_own_users_is_dialled_though_it_is_in_no_region(scene, action):
    supervisor = scene.floor.add_user(number="+15555280600")
    scene.system.move_clock(301)  # the users are read again
    call = scene.call()
    assert scene.ask(action, call, supervisor.number).status_code == 202
    assert scene.dials(call) == 1
