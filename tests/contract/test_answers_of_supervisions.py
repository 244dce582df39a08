"""What is running answers what is described, of the supervisions and the follows."""

import pytest

from tests.contract.conformance import PHONE, dial
from tests.harness.fake_ytel.faults import Reset


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
