"""A follow on the running system: over HTTP and by one event."""

import uuid

import pytest

from tests.harness.waiting import wait_until


@pytest.mark.parametrize("door", ["http", "bus"])
def test_the_agents_next_call_is_dialled_for(scene, watch, door):
    agent, phone = scene.agent(), scene.phone()
    if door == "http":
        body = {"to": phone, "action": "whisper"}
        answer = scene.request("POST", f"/agents/{agent.client_id}/follow", json=body)
        assert answer.status_code == 201
        follow = answer.json()
    else:
        detail = {"agentNumber": agent.number, "to": phone, "action": "whisper", "requestId": uuid.uuid4().hex}
        scene.put(detail, detail_type="Follow Requested")
        [told] = wait_until(lambda: scene.told("Follow Started", lambda data: data["to"] == phone), what="the follow")
        follow = told["data"]
    assert follow["clientId"] == agent.client_id
    assert follow["id"] in [one["id"] for one in scene.get("/follows").json()["follows"]]
    call = scene.call(agent=agent)
    watch()
    assert scene.dials(call) == 1
    scene.floor.answer(call, phone)
    watch()
    assert scene.floor.roles_that_hear(call, phone) == {"agent"}
    [one] = scene.get(f"/supervisions?confId={call}").json()["supervisions"]
    assert (one["follow"], one["state"]) == (follow["id"], "joined")
    [ended] = scene.told("Follow Ended", lambda data: data["id"] == follow["id"])
    assert ended["data"]["how"] == "calls"


def test_a_request_to_follow_that_can_never_work_is_told(scene):
    detail = {"clientId": "nobody", "to": scene.phone(), "action": "whisper", "requestId": uuid.uuid4().hex}
    scene.put(detail, detail_type="Follow Requested")
    [told] = wait_until(lambda: scene.told("Supervision Failed", lambda data: data["request"] == detail))
    assert told["data"]["problem"]["code"] == "agent_not_found"
