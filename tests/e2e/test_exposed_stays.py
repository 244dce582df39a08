"""With DROP_EXPOSED false an exposure is marked and told, and the supervisor stays."""

import pytest

from tests.harness.waiting import wait_until


@pytest.fixture(scope="module")
def settings():
    return {"DROP_EXPOSED": "false", "LISTEN_MUTE": "true"}


def test_it_is_marked_and_told_and_nobody_is_dropped(scene):
    call = scene.call()
    one = scene.joined("whisper", call)
    scene.floor.join(call, "third")
    wait_until(lambda: scene.supervision(one["id"])["exposed"], what="the exposure", every=0.05)
    assert scene.get(f"/calls/{call}").json()["supervisors"][0]["exposed"]
    assert scene.floor.is_in(call, one["to"])
    assert len(scene.told("Supervision Exposed", lambda data: data["id"] == one["id"])) == 1


@pytest.mark.parametrize(("action", "muted"), [("listen", True), ("whisper", False), ("barge", False)])
def test_listen_mute_mutes_a_listen_and_nothing_else(scene, action, muted):
    call, phone = scene.call(), scene.phone()
    scene.ask(action, call, phone)
    assert scene.floor.dialled(phone)[0].muted is muted
