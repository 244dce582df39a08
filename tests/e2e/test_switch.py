"""A change of mode on the running system: over HTTP and by one event."""

import pytest

from tests.e2e.bus_requests import refused, request
from tests.harness.waiting import wait_until


@pytest.mark.parametrize("door", ["http", "bus"])
def test_a_listen_becomes_a_whisper(scene, door):
    call = scene.call()
    before = scene.joined("listen", call)
    if door == "http":
        answer = scene.request("PATCH", f"/supervisions/{before['id']}", json={"action": "whisper"})
        assert (answer.status_code, answer.json()["replaces"]) == (202, before["id"])
    else:
        scene.put(request("switch", supervisionId=before["id"], toAction="whisper"))
    [told] = wait_until(
        lambda: scene.told("Supervision Started", lambda data: data["replaces"] == before["id"]), what="the new dial"
    )
    assert told["data"]["gapMs"] >= 0
    [ended] = wait_until(lambda: scene.told("Supervision Ended", lambda data: data["id"] == before["id"]))
    assert ended["data"]["how"] == "switched"
    scene.floor.answer(call, before["to"])
    scene.reaches(told["data"]["id"], "joined")
    assert scene.floor.roles_that_hear(call, before["to"]) == {"agent"}
    assert scene.dials(call) == 2


def test_a_refusal_over_the_bus_is_told_and_changes_nothing(scene):
    call = scene.call(proof=None)
    before = scene.joined("listen", call)
    for detail, code in (
        (request("switch", supervisionId=before["id"], toAction="whisper"), "agent_not_proven"),
        (request("switch", supervisionId=before["id"]), "invalid_request"),
        (request("switch", toAction="whisper"), "invalid_request"),
        (request("leave"), "invalid_request"),
        (request("switch", supervisionId="none", toAction="whisper"), "supervision_not_found"),
    ):
        scene.put(detail)
        assert refused(scene, detail)["code"] == code
    assert scene.floor.is_in(call, before["to"])
    assert scene.dials(call) == 1
