"""What is running answers what is described: every route, every status, to the last member."""

import pytest

from supervision.base.problems import Forbidden, Problem
from tests.contract.conformance import PHONE
from tests.harness.fake_ytel.faults import EnvelopeFailure, Html, Reset, Run, Status
from tests.harness.gateway.core import LARGEST_BODY
from tests.harness.waiting import wait_until

PARTICIPANT = "/participant$"
LIST = "/conference"


@pytest.fixture(params=["listen", "whisper", "barge", "takeover"])
def action(request):
    return request.param


def dial(api, call, action="whisper", to=PHONE, **more):
    return api("POST", "/calls/{confId}/" + action, confId=call, body={"to": to}, **more)


def fresh(api, system):
    """The list, read anew."""
    system.move_clock(5)
    return api("GET", "/calls", query={"limit": "1000"})


# ---------------------------------------------------------------- the calls


def test_the_list(api, system, floor, call):
    floor.add_call(None, legs=("contact",))  # an agent nobody knows
    floor.add_call(shape={"memberData": None, "details": None, "createdTime": "soon"})
    answer = fresh(api, system)
    assert call in [one["confId"] for one in answer.json()["calls"]]
    again = api("GET", "/calls", query={"limit": "1000"}, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert api("GET", "/calls", query={"limit": "1"}).json()["next"]
    assert api("GET", "/calls", query={"agent": "Ann", "direction": "inbound"}).status_code == 200


def test_what_changed_in_the_list(api, system, floor, call):
    version = fresh(api, system).json()["version"]
    began = floor.add_call(None)
    system.move_clock(5)
    change = api("GET", "/calls", query={"since": version, "limit": "1000"}).json()
    assert change["full"] is False
    assert [one["confId"] for one in change["calls"]] == [began]
    whole = api("GET", "/calls", query={"since": "unknown"}).json()
    assert whole["full"] is True
    assert {call, began} <= {one["confId"] for one in whole["calls"]}


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "x"}, {"direction": "up"}, {"cursor": "?"}, {"supervised": "1"}, {"help": "no"}]
)
def test_a_list_that_cannot_be_asked_for(api, query):
    assert api("GET", "/calls", query=query).status_code == 422


def test_one_call(api, system, call):
    fresh(api, system)
    answer = api("GET", "/calls/{confId}", confId=call)
    assert answer.status_code == 200
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert api("GET", "/calls/{confId}", confId=call, headers=tag).status_code == 304
    assert api("GET", "/calls/{confId}", confId="nobody").json()["code"] == "call_not_found"


@pytest.mark.parametrize("thought_of", ["listen", "whisper", "barge", "takeover", "hangup"])
def test_a_plan(api, floor, agent, call, thought_of):
    plan = api("GET", "/calls/{confId}/plan", confId=call, query={"action": thought_of}).json()
    assert plan["action"] == thought_of
    unproven = floor.add_call(agent, proof=None, shape={"memberData": None})
    api("GET", "/calls/{confId}/plan", confId=unproven, query={"action": thought_of})


def test_a_plan_that_is_refused(api, floor, agent):
    plan = api(
        "GET", "/calls/{confId}/plan", confId=floor.add_call(agent, proof=None), query={"action": "whisper"}
    ).json()
    assert plan["refused"]["code"] == "agent_not_proven"


def test_a_plan_that_cannot_be_made(api, call):
    assert api("GET", "/calls/{confId}/plan", confId=call).status_code == 422
    assert api("GET", "/calls/{confId}/plan", confId="nobody", query={"action": "barge"}).status_code == 404


# ---------------------------------------------------------------- the actions


def test_a_supervision_from_its_dial_to_its_end(api, system, floor, call, action):
    dialled = dial(api, call, action)
    assert (dialled.status_code, dialled.json()["state"]) == (202, "dialing")
    assert dial(api, call, action).json()["id"] == dialled.json()["id"]
    other = "barge" if action != "barge" else "listen"
    assert dial(api, call, other).json()["code"] == "already_supervising"
    floor.answer(call, PHONE)
    rows = fresh(api, system).json()["calls"]
    assert [one["state"] for row in rows if row["confId"] == call for one in row["supervisors"]] == ["joined"]
    assert api("DELETE", "/supervisions/{id}", id=dialled.json()["id"]).status_code == 202
    fresh(api, system)
    listed = api("GET", "/supervisions", query={"confId": call}).json()["supervisions"]
    assert [(one["state"], one["how"]) for one in listed] == [("ended", "left")]


def test_a_dial_made_twice_with_one_key(api, call, action):
    key = {"Idempotency-Key": f"{call}/{action}"}
    first, again = (dial(api, call, action, headers=key) for _ in range(2))
    assert (again.headers.get("Idempotent-Replayed"), again.json()) == ("true", first.json())
    assert "Idempotent-Replayed" not in first.headers
    assert dial(api, call, action, to="+12125550143", headers=key).json()["code"] == "invalid_request"


@pytest.mark.parametrize("body", [None, b"{", b"[]", b"{}", b'{"to": 5}', b'{"to": ""}', b"\xff"])
def test_a_body_that_is_no_request(api, call, action, body):
    answer = api("POST", "/calls/{confId}/" + action, confId=call, body=body)
    assert answer.json()["code"] == "invalid_request"


def test_a_number_that_may_not_be_dialled(api, call, action):
    assert dial(api, call, action, to="+18095550100").json()["code"] == "number_not_allowed"


def test_a_call_that_is_not_there(api, action):
    assert dial(api, "nobody", action).json()["code"] == "call_not_found"


def test_an_agent_who_is_not_known(api, floor, action):
    assert dial(api, floor.add_call(None), action).json()["code"] == "agent_not_proven"


@pytest.mark.parametrize("action", ["listen", "whisper"])
def test_members_who_are_not_known(api, floor, agent, action):
    assert dial(api, floor.add_call(agent, shape={"memberData": None}), action).json()["code"] == "members_unknown"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Status(429, retry_after=7), "ytel_rate_limited"),
        (Status(400), "ytel_rejected"),
        (EnvelopeFailure(), "ytel_rejected"),
        (Status(503), "ytel_unavailable"),
        (Reset(processed=True), "outcome_unknown"),
        (Status(500), "outcome_unknown"),
    ],
)
def test_what_becomes_of_a_dial_that_ytel_does_not_take(api, system, call, action, fault, code):
    system.ytel.faults.add("POST", PARTICIPANT, fault)
    answer = dial(api, call, action)
    assert answer.json()["code"] == code
    assert ("Retry-After" in answer.headers) == (answer.status_code in (429, 503, 504))


def test_two_dials_at_one_moment(api, system, call, action):
    inner = []
    system.ytel.faults.add("POST", PARTICIPANT, Run(lambda: inner.append(dial(api, call, other_action))))
    other_action = "listen" if action != "listen" else "barge"
    assert dial(api, call, action).status_code == 202
    assert inner[0].json()["code"] in ("in_progress", "already_supervising")


def test_a_hang_up(api, call):
    key = {"Idempotency-Key": call}
    answer, again = (api("POST", "/calls/{confId}/hangup", confId=call, headers=key) for _ in range(2))
    assert (answer.status_code, len(answer.json()["hungUp"])) == (200, 2)
    assert again.json() == answer.json()
    assert api("POST", "/calls/{confId}/hangup", confId=call).json()["code"] == "call_not_found"


@pytest.mark.parametrize(
    ("method", "path", "skip", "code"),
    [("DELETE", "/participant/", 0, "hangup_incomplete"), ("GET", "/conference$", 1, "outcome_unknown")],
)
def test_a_hang_up_that_is_half_done(api, system, call, method, path, skip, code):
    system.ytel.faults.add(method, path, Status(400), skip=skip, times=None)
    answer = api("POST", "/calls/{confId}/hangup", confId=call).json()
    assert (answer["code"], answer["confId"], sorted(answer)[0]) == (code, call, "code")
    assert answer["failed"]


def test_a_hang_up_that_cannot_be_begun(api, system, floor, agent, call):
    unknown = floor.add_call(agent, shape={"memberData": None})
    assert api("POST", "/calls/{confId}/hangup", confId=unknown).json()["code"] == "members_unknown"
    system.ytel.faults.add("DELETE", "/participant/", Status(429, retry_after=3), times=None)
    assert api("POST", "/calls/{confId}/hangup", confId=call).json()["code"] == "ytel_rate_limited"
    long = {"Idempotency-Key": "x" * 256}
    assert api("POST", "/calls/{confId}/hangup", confId=call, headers=long).json()["code"] == "invalid_request"


def test_help_is_asked_for_and_withdrawn(api, system, call):
    asked = api("PUT", "/calls/{confId}/help", confId=call, body={"reason": "a manager, please"}).json()
    assert (asked["confId"], asked["help"]["reason"]) == (call, "a manager, please")
    again = api("PUT", "/calls/{confId}/help", confId=call).json()
    assert again["help"] == {**asked["help"], "reason": None}
    rows = api("GET", "/calls", query={"help": "true", "limit": "1000"}).json()["calls"]
    assert [one["help"] for one in rows if one["confId"] == call] == [again["help"]]
    for _ in range(2):
        withdrawn = api("DELETE", "/calls/{confId}/help", confId=call)
        assert (withdrawn.status_code, withdrawn.json()["help"]) == (200, None)
    for method in ("PUT", "DELETE"):
        assert api(method, "/calls/{confId}/help", confId="nobody").json()["code"] == "call_not_found"


@pytest.mark.parametrize("body", [b"{", {"reason": 5}, {"reason": None}, {"reason": "x" * 501}, {"why": "so"}])
def test_help_that_cannot_be_asked_for(api, call, body):
    assert api("PUT", "/calls/{confId}/help", confId=call, body=body).json()["code"] == "invalid_request"


# ---------------------------------------------------------------- the supervisions


@pytest.mark.parametrize(
    "query",
    [
        {"state": "gone"},
        {"limit": "1001"},
        {"cursor": "?"},
        {"confId": ""},
        {"clientId": ""},
        {"to": ""},
        {"from": "x"},
        {"until": "-1"},
    ],
)
def test_supervisions_that_cannot_be_asked_for(api, query):
    assert api("GET", "/supervisions", query=query).status_code == 422


def test_the_supervisions_in_pages(api, floor, agent):
    for _ in range(2):
        dial(api, floor.add_call(agent))
    page = api("GET", "/supervisions", query={"limit": "1"}).json()
    more = api("GET", "/supervisions", query={"limit": "1", "cursor": page["next"]}).json()
    assert page["supervisions"] != more["supervisions"]


def test_one_supervision(api, system, floor, call):
    dialled = dial(api, call).json()
    assert api("GET", "/supervisions/{id}", id=dialled["id"]).json() == dialled
    floor.answer(call, PHONE)
    system.move_clock(5)
    assert api("GET", "/supervisions/{id}", id=dialled["id"]).json()["state"] == "joined"


def test_supervisions_by_phone_agent_and_time(api, agent, call):
    made = dial(api, call, to="+12125550147").json()
    at = str(made["requestedAt"])
    asked = {"to": "+12125550147", "clientId": agent.client_id, "confId": call, "from": at, "until": at}
    assert [one["id"] for one in api("GET", "/supervisions", query=asked).json()["supervisions"]] == [made["id"]]


def test_supervisions_as_csv(api, call):
    made = dial(api, call).json()
    answer = api("GET", "/supervisions", query={"confId": call}, headers={"Accept": "text/csv"})
    assert answer.text.splitlines()[1].startswith(made["id"])


def test_a_supervision_that_never_was(api):
    assert api("GET", "/supervisions/{id}", id="nothing").json()["code"] == "supervision_not_found"
    assert api("DELETE", "/supervisions/{id}", id="nothing").json()["code"] == "supervision_not_found"


def test_a_leave_whose_answer_is_lost(api, system, floor, call):
    dialled = dial(api, call).json()
    floor.answer(call, PHONE)
    system.move_clock(1)
    system.ytel.faults.add("DELETE", "/participant/", Reset(processed=True), times=None)
    assert api("DELETE", "/supervisions/{id}", id=dialled["id"]).status_code == 202


def test_a_change_of_mode(api, system, floor, call):
    dialled = dial(api, call, "listen").json()
    assert api("PATCH", "/supervisions/{id}", id=dialled["id"], body={"action": "barge"}).json()["code"] == "not_joined"
    floor.answer(call, PHONE)
    system.move_clock(1)
    key = {"Idempotency-Key": f"switch {call}"}
    answers = [
        api("PATCH", "/supervisions/{id}", id=dialled["id"], body={"action": "whisper"}, headers=key) for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].json()["replaces"], answers[1].headers["Idempotent-Replayed"]) == (dialled["id"], "true")
    assert api("GET", "/supervisions/{id}", id=dialled["id"]).json()["how"] == "switched"


@pytest.mark.parametrize("body", [None, b"{", {}, {"action": "hangup"}, {"action": "barge", "to": PHONE}])
def test_a_change_of_mode_that_cannot_be_asked_for(api, call, body):
    dialled = dial(api, call, "listen").json()
    answer = api("PATCH", "/supervisions/{id}", id=dialled["id"], body=body)
    assert answer.json()["code"] == "invalid_request"
    assert api("PATCH", "/supervisions/{id}", id="none", body={"action": "barge"}).json()["code"] == (
        "supervision_not_found"
    )


def test_a_ringing_that_is_given_up(api, call):
    given_up = api("DELETE", "/supervisions/{id}", id=dial(api, call).json()["id"])
    assert (given_up.status_code, given_up.json()["how"]) == (202, "given_up")


# ---------------------------------------------------------------- the follows


def test_a_follow_from_its_beginning_to_its_end(api, agent):
    route, body = "/agents/{clientId}/follow", {"to": "+12125550171", "action": "whisper", "calls": 2}
    key = {"Idempotency-Key": "follow"}
    begun, again = (api("POST", route, clientId=agent.client_id, body=body, headers=key) for _ in range(2))
    assert (begun.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (201, begun.json(), "true")
    follow = begun.json()
    other = {"to": "+12125550171", "action": "listen"}
    refused = api("POST", route, clientId=agent.client_id, body=other).json()
    assert (refused["code"], refused["followId"]) == ("already_supervising", follow["id"])
    assert follow in api("GET", "/follows").json()["follows"]
    ended = api("DELETE", "/follows/{id}", id=follow["id"])
    assert (ended.status_code, ended.json()["how"]) == (200, "withdrawn")
    assert api("DELETE", "/follows/{id}", id=follow["id"]).json()["code"] == "follow_not_found"
    assert api("POST", route, clientId="nobody", body=body).json()["code"] == "agent_not_found"


@pytest.mark.parametrize(
    "more", [{"calls": 0}, {"calls": 51}, {"until": 1}, {"action": "hangup"}, {"to": ""}, {"maxSeconds": 5}]
)
def test_a_follow_that_cannot_be_asked_for(api, agent, more):
    body = {"to": PHONE, "action": "listen", **more}
    answer = api("POST", "/agents/{clientId}/follow", clientId=agent.client_id, body=body)
    assert answer.json()["code"] == "invalid_request"


# ---------------------------------------------------------------- Ytel, the gateway, and whom it lets in


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Status(429, retry_after=1), "ytel_rate_limited"),
        (Status(401), "ytel_rejected"),
        (Html(), "ytel_invalid"),
        (Status(503), "ytel_unavailable"),
    ],
)
def test_ytel_in_trouble(api, system, call, fault, code):
    system.move_clock(120)  # nothing young enough is held
    system.ytel.faults.add("GET", LIST, fault, times=None)
    for answer in (
        api("GET", "/calls"),
        api("GET", "/calls/{confId}", confId=call),
        api("GET", "/calls/{confId}/plan", confId=call, query={"action": "listen"}),
        dial(api, call),
        api("POST", "/calls/{confId}/hangup", confId=call),
    ):
        assert answer.json()["code"] == code
    assert api("GET", "/supervisions").status_code == 200
    system.ytel.faults.clear()
    system.move_clock(120)
    wait_until(lambda: api("GET", "/calls").status_code == 200, what="the list again")


def secured(document):
    return [
        (method.upper(), route)
        for route, item in document["paths"].items()
        for method, operation in item.items()
        if operation["security"]
    ]


def test_whom_the_gateway_lets_in(api, document):
    ids = {"confId": "x", "id": "x", "clientId": "x"}
    for method, route in secured(document):
        assert api(method, route, key=None, **ids).status_code == 401
        assert api(method, route, key="nobody's", **ids).status_code == 403
        if method != "GET":
            assert api(method, route, key="reader-key-of-tests", **ids).status_code == 403


def test_a_body_with_a_member_that_is_not_described_is_refused(api, document):
    ids = {"confId": "x", "id": "x", "clientId": "x"}
    for route, item in document["paths"].items():
        for method, one in item.items():
            if "requestBody" in one:
                described = one["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                assert document["components"]["schemas"][described]["additionalProperties"] is False
                body = {"to": PHONE, "action": "listen", "reason": "because"}
                answer = api(method.upper(), route, body={**body, "misspelt": 1}, **ids)
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), route


def test_a_body_that_the_gateway_does_not_take(api, call, document):
    too_large = {"to": PHONE, "more": "x" * LARGEST_BODY}
    assert api("POST", "/calls/{confId}/whisper", confId=call, body=too_large).status_code == 413
    with_body = [one for item in document["paths"].values() for one in item.values() if "requestBody" in one]
    assert with_body == [
        one for item in document["paths"].values() for one in item.values() if "413" in one["responses"]
    ]


def test_what_takes_no_key(api):
    for route in ("/", "/docs", "/openapi.json", "/asyncapi.json"):
        answer = api("GET", route, key=None)
        assert api("GET", route, key=None, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert api("GET", "/openapi.json", key=None).json() == api.document


def test_every_problem_leads_to_the_docs(document):
    assert {f"/docs#{one['code']}" for one in document["x-problems"]} >= {
        kind("").as_dict()["type"]
        for kind in Problem.__subclasses__()
        if "code" in vars(kind) and kind is not Forbidden
    }
