"""A take-over on the running system: over HTTP and by one event."""

import pytest

from tests.e2e.bus_requests import request, started
from tests.harness.waiting import wait_until


@pytest.mark.parametrize("door", ["http", "bus"])
def test_the_agent_is_released_and_the_customer_stays_with_the_supervisor(scene, watch, door):
    call, phone = scene.call(), scene.phone()
    if door == "http":
        answer = scene.ask("takeover", call, phone)
        assert (answer.status_code, answer.json()["noSpeakToList"]) == (202, [])
        id_ = answer.json()["id"]
    else:
        detail = request("takeover", confId=call, to=phone)
        scene.put(detail)
        [one] = started(scene, detail)
        id_ = one["id"]
    assert len(scene.floor.members(call, "agent")) == 1
    scene.floor.answer(call, phone)
    scene.reaches(id_, "joined")
    wait_until(lambda: not scene.floor.members(call, "agent"), what="the agent to be released")
    watch()
    [told] = wait_until(lambda: scene.told("Agent Released", lambda data: data["id"] == id_), what="that it is told")
    shown = scene.get(f"/supervisions/{id_}").json()
    assert told["data"] == shown
    assert shown["agentReleasedAt"] == told["metadata"]["at"]
    assert scene.floor.roles_that_hear(call, phone) == {"contact"}


def test_a_supervisor_who_hangs_up_first_leaves_the_agent_where_they_are(scene, watch):
    call, phone = scene.call(), scene.phone()
    id_ = scene.ask("takeover", call, phone).json()["id"]
    scene.floor.answer(call, phone)
    scene.floor.leave(call, scene.floor.supervisor(call, phone))
    for _ in range(3):
        watch()
    assert len(scene.floor.members(call, "agent")) == 1
    assert not scene.told("Agent Released", lambda data: data["id"] == id_)


def test_what_a_take_over_would_do_is_planned(scene):
    call = scene.call()
    plan = scene.get(f"/calls/{call}/plan?action=takeover").json()
    assert (plan["noSpeakToList"], sorted(plan["hears"])) == ([], sorted(scene.floor.members(call)))
    unproven = scene.get(f"/calls/{scene.call(proof=None)}/plan?action=takeover").json()
    assert unproven["refused"]["code"] == "agent_not_proven"
