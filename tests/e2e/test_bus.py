"""Requests over the bus: the call that is meant, and one dial for one request."""

import uuid

import pytest

from tests.e2e.bus_requests import refused, request, started
from tests.harness.waiting import wait_until

# ---------------------------------------------------------------- the call that is meant


@pytest.mark.parametrize("action", ["listen", "whisper", "barge", "takeover"])
@pytest.mark.parametrize("named", ["confId", "clientId", "agentNumber"])
def test_the_call_is_named_or_is_the_one_that_the_agent_is_on(scene, action, named):
    agent = scene.agent()
    call = scene.call(agent=agent)
    names = {"confId": call, "clientId": agent.client_id, "agentNumber": agent.number}
    detail = request(action, to=scene.phone(), **{named: names[named]})
    scene.put(detail)
    [one] = started(scene, detail)
    assert (one["action"], one["confId"], one["requestedBy"]) == (action, call, "source:crm.automation")
    assert scene.supervision(one["id"])["state"] == "dialing"
    scene.floor.answer(call, detail["to"])
    heard = {"listen": set(), "whisper": {"agent"}, "barge": {"agent", "contact"}, "takeover": {"agent", "contact"}}[
        action
    ]
    assert scene.floor.roles_that_ever_heard(call, detail["to"]) == heard


@pytest.mark.parametrize("named", ["confId", "clientId", "agentNumber"])
def test_a_call_is_hung_up(scene, named):
    agent = scene.agent()
    call = scene.call(agent=agent)
    members = sorted(scene.floor.members(call))
    names = {"confId": call, "clientId": agent.client_id, "agentNumber": agent.number}
    scene.put(request("hangup", **{named: names[named]}))
    [told] = wait_until(lambda: scene.told("Call Hung Up", lambda data: data["confId"] == call), what="the hang-up")
    assert told["data"] == {"confId": call, "hungUp": members, "failed": [], "requestedBy": "source:crm.automation"}
    assert not scene.floor.is_active(call)


@pytest.mark.parametrize(("calls", "code"), [(0, "call_not_found"), (2, "call_ambiguous")])
@pytest.mark.parametrize("action", ["whisper", "hangup"])
@pytest.mark.parametrize("named", ["clientId", "agentNumber"])
def test_an_agent_on_no_call_or_on_several_is_said(scene, calls, code, action, named):
    agent = scene.agent()
    theirs = [scene.call(agent=agent) for _ in range(calls)]
    name = agent.client_id if named == "clientId" else agent.number
    detail = request(action, to=scene.phone(), **{named: name})
    scene.put(detail)
    problem = refused(scene, detail)
    assert problem["code"] == code
    assert all(scene.floor.is_active(call) and scene.dials(call) == 0 for call in theirs)


# ---------------------------------------------------------------- once


def test_the_same_request_delivered_three_times_dials_once(scene):
    call = scene.call()
    detail = request("whisper", confId=call, to=scene.phone())
    for _ in range(3):
        scene.put(detail)
    started(scene, detail)
    assert scene.dials(call) == 1


@pytest.mark.parametrize("given", [uuid.uuid4().hex, None], ids=["requestId", "without"])
def test_the_same_event_delivered_three_times_dials_once(scene, given):
    call = scene.call()
    detail = request("whisper", confId=call, to=scene.phone()) | {"requestId": given}
    with scene.system.deliveries.held() as held:
        scene.put({name: value for name, value in detail.items() if value})
        wait_until(lambda: held.deliveries, what="the event")
    for _ in range(3):
        scene.system.deliveries.deliver(held.deliveries[0])
    started(scene, detail)
    assert scene.dials(call) == 1
    scene.system.move_clock(90)
    scene.system.deliveries.deliver(held.deliveries[0])
    scene.system.deliveries.settle()
    assert scene.dials(call) == 1, "late, and dialled again"


def test_a_refused_request_delivered_again_is_told_once(scene):
    detail = request("whisper", confId=scene.call(proof=None), to=scene.phone())
    scene.system.deliveries.plan = lambda _: [0, 0, 0]
    try:
        scene.put(detail)
        assert refused(scene, detail)["code"] == "agent_not_proven"
    finally:
        scene.system.deliveries.plan = lambda _: [0]


def test_a_request_id_names_one_request_of_one_source(scene):
    call, other = scene.call(), scene.call()
    detail = request("whisper", confId=call, to=scene.phone())
    scene.put(detail)
    started(scene, detail)
    reused = {**detail, "confId": other}
    scene.put(reused)
    assert refused(scene, reused)["code"] == "invalid_request"
    assert scene.dials(other) == 0
    scene.put({**detail, "confId": other, "to": (phone := scene.phone())}, source="another.automation")
    wait_until(lambda: scene.floor.dialled(phone), what="the other source's dial")
