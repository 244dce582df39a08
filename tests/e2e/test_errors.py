"""Every code of the API, as its problem document says it."""

import pytest

from tests.harness.fake_ytel.faults import EnvelopeFailure, Html, Reset, Status

MEMBERS = {"type", "title", "status", "detail", "code"}
LISTS = {"confId", "hungUp", "failed"}


def problem(answer, status, code, more=()):
    """The document, checked: its members, its header, and that it tells nothing it must not."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    document = answer.json()
    assert document.keys() == MEMBERS | set(more)
    assert (document["status"], document["code"]) == (status, code)
    assert all(type(document[name]) is str and document[name] for name in ("type", "title", "detail"))
    assert answer.headers["X-Correlation-Id"]
    for secret in ("Traceback", "eyJ", "local-supervisor-key", "<html", "Scripted"):
        assert secret not in answer.text or (secret, code) == ("Scripted", "ytel_rejected")
    return document


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "direction=sideways", "cursor=%00", "cursor=nonsense"]
)
def test_a_query_nobody_can_mean(scene, query):
    problem(scene.get(f"/calls?{query}"), 422, "invalid_request")


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "state=gone", "cursor=nonsense"])
def test_nor_of_the_supervisions(scene, query):
    problem(scene.get(f"/supervisions?{query}"), 422, "invalid_request")


@pytest.mark.parametrize("action", ["", "shout", "hang up"])
def test_nor_of_the_plan(scene, action):
    problem(scene.get(f"/calls/{scene.call()}/plan?action={action}"), 422, "invalid_request")


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "7", "null", '"to"', "{}", '{"to": 7}', '{"to": null}', '{"to": ""}', '{"to": ["+12125550142"]}'],
)
@pytest.mark.parametrize("action", ["listen", "whisper", "barge"])
def test_a_body_that_is_malformed(scene, body, action):
    call = scene.call()
    problem(scene.request("POST", f"/calls/{call}/{action}", data=body), 422, "invalid_request")
    assert scene.dials(call) == 0


def test_an_idempotency_key_that_is_too_long(scene):
    problem(scene.ask("listen", scene.call(), scene.phone(), "k" * 256), 422, "invalid_request")


@pytest.mark.parametrize("to", ["+12125", "12", "+19005550142", "+447700900123", "+18765550142", "nobody", "911"])
def test_a_number_that_may_not_be_dialled(scene, to):
    call = scene.call()
    problem(scene.ask("barge", call, to), 422, "number_not_allowed")
    assert scene.dials(call) == 0


def test_a_number_of_the_call_itself(scene):
    agent = scene.agent()
    call = scene.call(agent=agent, contact="+13125550199")
    for number in (agent.number, "+13125550199", "(312) 555-0199"):
        problem(scene.ask("barge", call, number), 422, "number_not_allowed")
    assert scene.dials(call) == 0


@pytest.mark.parametrize("path", ["", "/plan?action=whisper"])
def test_no_such_call(scene, path):
    problem(scene.get(f"/calls/no-such{path}"), 404, "call_not_found")


@pytest.mark.parametrize("action", ["listen", "whisper", "barge", "hangup"])
def test_no_such_call_to_act_on(scene, action):
    problem(scene.ask(action, "no-such", scene.phone()), 404, "call_not_found")


def test_no_such_supervision(scene):
    problem(scene.request("DELETE", "/supervisions/no-such"), 404, "supervision_not_found")


def test_the_agent_is_not_proven(scene):
    problem(scene.ask("whisper", scene.call(proof=None), scene.phone()), 409, "agent_not_proven")


def test_the_members_are_unknown(scene):
    call = scene.call(shape={"memberData": None})
    for action in ("listen", "hangup"):
        problem(scene.ask(action, call, scene.phone()), 409, "members_unknown")


def test_already_supervising(scene):
    call, phone = scene.call(), scene.phone()
    one = scene.ask("listen", call, phone).json()
    document = problem(scene.ask("barge", call, phone), 409, "already_supervising", {"supervisionId"})
    assert document["supervisionId"] == one["id"]


def test_ytel_asks_to_slow_down(scene):
    call = scene.call()
    scene.ytel.faults.add("POST", "/participant$", Status(429, retry_after=7))
    answer = scene.ask("listen", call, scene.phone())
    problem(answer, 429, "ytel_rate_limited")
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize("fault", [Status(400), EnvelopeFailure(400), Status(422), Status(404)], ids=repr)
def test_ytel_refuses_in_its_own_words(scene, fault):
    scene.ytel.faults.add("POST", "/participant$", fault)
    document = problem(scene.ask("listen", scene.call(), scene.phone()), 502, "ytel_rejected")
    assert "Scripted failure" in document["detail"]


def test_ytel_refuses_the_token(scene):
    scene.ytel.faults.add("*", "", Status(401), times=None)
    problem(scene.ask("listen", scene.call(), scene.phone()), 502, "ytel_rejected")


def test_ytel_answers_what_it_does_not_document(scene):
    scene.ytel.faults.add("GET", "/conference$", Html())
    problem(scene.ask("listen", scene.call(), scene.phone()), 502, "ytel_invalid")


def test_a_hang_up_that_is_not_whole(scene):
    scene.ytel.faults.add("DELETE", "/participant/", Status(400))
    document = problem(scene.ask("hangup", scene.call()), 502, "hangup_incomplete", LISTS)
    assert len(document["hungUp"]) == len(document["failed"]) == 1


def test_a_hang_up_that_nobody_can_see(scene):
    scene.ytel.faults.add("GET", "/conference$", Status(400), skip=1, times=None)
    document = problem(scene.ask("hangup", scene.call()), 504, "outcome_unknown", LISTS)
    assert len(document["failed"]) == 2


def test_ytel_is_not_available(scene):
    scene.ytel.faults.add("GET", "/conference$", Status(503), times=None)
    answer = scene.ask("listen", scene.call(), scene.phone())
    problem(answer, 503, "ytel_unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_outcome_of_a_dial_is_unknown(scene):
    scene.ytel.faults.add("POST", "/participant$", Reset())
    answer = scene.ask("listen", scene.call(), scene.phone())
    document = problem(answer, 504, "outcome_unknown", {"supervisionId"})
    assert scene.supervision(document["supervisionId"])["state"] == "dialing"
    assert 1 <= int(answer.headers["Retry-After"]) <= 90


def test_no_key_and_a_wrong_one(scene):
    call = scene.call()
    for method, path in (("GET", "/calls"), ("POST", f"/calls/{call}/hangup"), ("GET", "/supervisions")):
        answer = scene.request(method, path, client=None)
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
        answer = scene.request(method, path, client=None, headers={"Authorization": "Bearer wrong"})
        assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})
    assert scene.floor.is_active(call)
