"""Whom the supervisor is heard by, row by row of the audience table, and what is refused."""

import pytest

from tests.harness.fake_ytel.calls import MISSING


@pytest.mark.parametrize(
    ("action", "hears"), [("listen", set()), ("whisper", {"agent"}), ("barge", {"agent", "contact"})]
)
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_the_supervisor_is_heard_by_exactly_those(scene, action, hears, direction):
    call = scene.call(direction=direction)
    phone = scene.joined(action, call)["to"]
    assert scene.floor.roles_that_hear(call, phone) == hears
    assert scene.floor.roles_that_ever_heard(call, phone) == hears


@pytest.mark.parametrize("legs", [("contact", "agent"), ("agent", "contact"), ("contact", "third", "agent")])
@pytest.mark.parametrize("proof", ["channelName", "callerId"])
def test_a_whisper_reaches_the_agent_alone_wherever_the_proven_leg_stands(scene, legs, proof):
    call = scene.call(legs=legs, proof=proof)
    phone = scene.joined("whisper", call)["to"]
    assert scene.floor.roles_that_ever_heard(call, phone) == {"agent"}


def test_a_second_whisper_is_heard_by_the_agent_and_the_other_supervisor(scene):
    call = scene.call()
    scene.joined("whisper", call)
    second = scene.joined("whisper", call)["to"]
    assert scene.floor.roles_that_ever_heard(call, second) == {"agent", "supervisor"}


def test_a_leg_that_cannot_be_read_is_kept_out_of_a_whisper(scene):
    call = scene.call()
    third = scene.floor.join(call, "third", raw="{no json")
    answer = scene.ask("whisper", call, scene.phone())
    assert answer.status_code == 202
    assert third in answer.json()["noSpeakToList"]


def refused(scene, action, call, code, status=409):
    answer = scene.ask(action, call, scene.phone())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert scene.dials(call) == 0, "something was dialled"


@pytest.mark.parametrize(
    "unproven",
    [
        {"proof": None},
        {"agent": None},
        {"legs": ("contact",)},
        {"proof": None, "legs": ("contact", "agent", "third")},
    ],
    ids=["otherwise", "no such user", "one leg", "three legs"],
)
def test_a_whisper_without_proof_of_the_agents_leg_is_refused(scene, unproven):
    call = scene.call(**unproven)
    refused(scene, "whisper", call, "agent_not_proven")
    assert scene.get(f"/calls/{call}/plan?action=whisper").json()["refused"]["code"] == "agent_not_proven"


@pytest.mark.parametrize("action", ["listen", "barge"])
def test_without_the_agents_number_nobody_is_dialled(scene, action):
    refused(scene, action, scene.call(agent=None), "agent_not_proven")


@pytest.mark.parametrize("shape", [None, {}, "[]", MISSING, 7], ids=repr)
@pytest.mark.parametrize("action", ["listen", "whisper", "hangup"])
def test_with_members_unknown_nobody_can_be_kept_out_and_nobody_hung_up(scene, action, shape):
    call = scene.call(shape={"memberData": shape})
    refused(scene, action, call, "members_unknown")


@pytest.mark.parametrize("proof", ["channelName", None])
def test_a_barge_needs_no_more_than_the_agents_number(scene, proof):
    call = scene.call(proof=proof)
    assert scene.ask("barge", call, scene.phone()).json()["noSpeakToList"] == []


@pytest.mark.parametrize("action", ["listen", "whisper", "barge"])
def test_the_plan_is_what_is_dialled(scene, action):
    call = scene.call(legs=("contact", "agent", "third"))
    plan = scene.get(f"/calls/{call}/plan?action={action}").json()
    assert scene.dials(call) == 0
    phone = scene.joined(action, call)["to"]
    [dial] = scene.floor.dialled(phone)
    assert sorted(plan["noSpeakToList"]) == sorted(dial.kept_from)
    assert set(plan["hears"]) == scene.floor.who_hears(call, scene.floor.supervisor(call, phone))
    assert plan["agentMatch"] == "channelName"


def test_members_are_read_for_the_request_and_never_from_what_is_held(scene):
    call = scene.call()
    scene.get("/calls")
    third = scene.floor.join(call, "third")
    assert third in scene.ask("whisper", call, scene.phone()).json()["noSpeakToList"]


def test_a_warm_whisper_asks_ytel_for_the_list_and_the_dial(scene):
    call = scene.call()
    scene.ask("whisper", call, scene.phone())
    scene.ytel.requests.reset()
    scene.ask("whisper", call, scene.phone())
    assert [request.method for request in scene.ytel.requests] == ["GET", "POST"]
