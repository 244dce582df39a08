"""What is running answers what is described, of calls and of the actions on them: every route, every status."""

import pytest

from tests.contract.conformance import PHONE, dial, fresh
from tests.harness.fake_ytel.faults import EnvelopeFailure, Reset, Run, Status

PARTICIPANT = "/participant$"


@pytest.fixture(params=["listen", "whisper", "barge", "takeover"])
def action(request):
    return request.param


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
