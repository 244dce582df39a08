"""Hanging up: everybody is disconnected, what failed is said, and asking again finishes it."""

import pytest

from tests.harness.fake_ytel.faults import EnvelopeFailure, Hang, Reset, Run, Status, Truncated


@pytest.fixture(scope="module")
def settings():
    return {"YTEL_TIMEOUT_SECONDS": "2", "CONFIRM_SECONDS": "2"}


def disconnects(scene, call):
    """The members that Ytel was asked to disconnect, in order of their ids."""
    asked = scene.ytel.requests.of("DELETE", f"/conference/{call}/participant/")
    return sorted(request.path.rpartition("/")[2] for request in asked)


def fails(scene, call, member, fault):
    scene.ytel.faults.add("DELETE", f"/conference/{call}/participant/{member}$", fault)


def told(scene, call):
    return [event["data"] for event in scene.told("Call Hung Up", lambda data: data["confId"] == call)]


def test_everybody_is_disconnected_supervisors_too(scene):
    call = scene.call(legs=("contact", "agent", "third"))
    supervisor = scene.joined("whisper", call)
    members = scene.floor.members(call)
    answer = scene.ask("hangup", call)
    assert answer.status_code == 200
    assert answer.json() == {"confId": call, "hungUp": sorted(members, key=int), "failed": []}
    assert disconnects(scene, call) == sorted(members)
    assert not scene.floor.is_active(call)
    assert not scene.floor.is_in(call, supervisor["to"])
    assert scene.reaches(supervisor["id"], "ended")["how"] == "call_ended"


def test_a_hung_up_call_is_gone(scene):
    call, stays = scene.call(), scene.call()
    scene.system.move_clock(3)
    assert {call, stays} <= {one["confId"] for one in scene.get("/calls").json()["calls"]}
    scene.ask("hangup", call)
    listed = {one["confId"] for one in scene.get("/calls").json()["calls"]}
    assert call not in listed
    assert stays in listed
    for answer in (scene.get(f"/calls/{call}"), scene.ask("hangup", call), scene.ask("listen", call, scene.phone())):
        assert (answer.status_code, answer.json()["code"]) == (404, "call_not_found")


def test_it_is_told_once_with_who_asked(scene):
    call = scene.call()
    members = sorted(scene.floor.members(call))
    scene.ask("hangup", call, client="other", key="told-key")
    scene.ask("hangup", call, client="other", key="told-key")
    assert told(scene, call) == [{"confId": call, "hungUp": members, "failed": [], "requestedBy": "other"}]


def test_the_same_key_gives_the_first_answer(scene):
    call = scene.call()
    first = scene.ask("hangup", call, key="h-key")
    again = scene.ask("hangup", call, key="h-key")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(disconnects(scene, call)) == 2


def test_one_who_leaves_in_the_middle_counts_as_hung_up(scene):
    call = scene.call(legs=("contact", "agent", "third"))
    [third], members = scene.floor.members(call, "third"), scene.floor.members(call)
    fails(scene, call, third, Run(lambda: scene.floor.leave(call, third)))
    answer = scene.ask("hangup", call)
    assert (answer.status_code, sorted(answer.json()["hungUp"])) == (200, sorted(members))


@pytest.mark.parametrize("key", ["half-key", None])
@pytest.mark.parametrize("fault", [Status(400), EnvelopeFailure(400), Status(503), Status(404)], ids=repr)
def test_half_a_hang_up_says_which_half_and_asking_again_finishes_it(scene, fault, key):
    call = scene.call()
    [agent], [contact] = scene.floor.members(call, "agent"), scene.floor.members(call, "contact")
    key = key and f"{key} {call}"
    fails(scene, call, agent, fault)
    answer = scene.ask("hangup", call, key=key)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (502, "hangup_incomplete")
    assert (problem["confId"], problem["hungUp"], problem["failed"]) == (call, [contact], [agent])
    assert scene.floor.members(call) == [agent]
    again = scene.ask("hangup", call, key=key)
    assert (again.status_code, again.json()) == (200, {"confId": call, "hungUp": [agent], "failed": []})
    assert not scene.floor.is_active(call)
    assert [(one["hungUp"], one["failed"]) for one in told(scene, call)] == [([contact], [agent]), ([agent], [])]


@pytest.mark.parametrize("lost", [Reset(processed=True), Hang(processed=True), Truncated()], ids=repr)
def test_a_leg_that_is_gone_is_hung_up_though_its_answer_never_came(scene, lost):
    call = scene.call()
    [agent], members = scene.floor.members(call, "agent"), scene.floor.members(call)
    fails(scene, call, agent, lost)
    answer = scene.ask("hangup", call)
    assert (answer.status_code, answer.json()) == (200, {"confId": call, "hungUp": members, "failed": []})
    assert len(disconnects(scene, call)) == 2


@pytest.mark.parametrize("key", ["unseen-key", None])
def test_where_nobody_can_see_who_is_gone_that_is_said_and_asking_again_finishes_it(scene, key):
    call = scene.call()
    members = scene.floor.members(call)
    key = key and f"{key} {call}"
    blind = scene.ytel.faults.add("GET", "/conference$", Status(400), skip=1, times=None)
    answer = scene.ask("hangup", call, key=key)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (504, "outcome_unknown")
    assert (problem["confId"], problem["hungUp"], sorted(problem["failed"])) == (call, [], sorted(members))
    scene.ytel.faults.clear(blind)
    again = scene.ask("hangup", call, key=key)
    if key:
        assert (again.status_code, again.json()["failed"]) == (200, [])
    else:
        assert again.json()["code"] == "call_not_found"
    assert len(disconnects(scene, call)) == 2


def test_where_ytel_slows_down_every_leg_nobody_was_disconnected(scene):
    call = scene.call()
    members = sorted(scene.floor.members(call))
    scene.ytel.faults.add("DELETE", f"/conference/{call}/", Status(429, retry_after=7), times=2)
    answer = scene.ask("hangup", call, key="slow-key")
    assert (answer.status_code, answer.json()["code"]) == (429, "ytel_rate_limited")
    assert answer.headers["Retry-After"] == "7"
    assert (answer.json()["hungUp"], answer.json()["failed"]) == ([], members)
    assert scene.floor.is_active(call)
    assert told(scene, call) == []
    assert scene.ask("hangup", call, key="slow-key").status_code == 200


def test_where_it_slows_down_some_legs_the_hang_up_is_incomplete(scene):
    call = scene.call()
    [agent] = scene.floor.members(call, "agent")
    fails(scene, call, agent, Status(429))
    answer = scene.ask("hangup", call)
    assert (answer.status_code, answer.json()["code"], answer.json()["failed"]) == (502, "hangup_incomplete", [agent])


def test_each_leg_is_sent_one_request_and_none_is_tried_again(scene):
    call = scene.call()
    scene.ytel.faults.add("DELETE", f"/conference/{call}/", Status(503), times=None)
    assert scene.ask("hangup", call).json()["failed"] == sorted(scene.floor.members(call))
    assert len(disconnects(scene, call)) == 2
