"""Supervisions as Ytel shows them: their states, leaving, and the guard."""

import pytest

from tests.harness.waiting import wait_until
from tests.harness.watching import look


def test_it_is_dialing_then_joined_then_ended(scene):
    call, phone = scene.call(), scene.phone()
    begun = scene.ask("whisper", call, phone).json()
    assert (begun["state"], begun["to"], begun["confId"]) == ("dialing", phone, call)
    assert scene.supervision(begun["id"])["state"] == "dialing"
    assert scene.get(f"/calls/{call}").json()["supervisors"] == [
        {"id": begun["id"], "action": "whisper", "state": "dialing", "exposed": False, "requestedBy": "supervisor"}
    ]
    member = scene.floor.answer(call, phone)
    scene.reaches(begun["id"], "joined")
    row = scene.get(f"/calls/{call}").json()
    assert row["supervisors"][0]["state"] == "joined"
    assert member not in (row["contactMemberId"], row["agentMemberId"], *row["otherMemberIds"])
    scene.floor.leave(call, member)
    assert scene.reaches(begun["id"], "ended")["how"] == "hung_up"
    assert scene.get(f"/calls/{call}").json()["supervisors"] == []


def test_it_ends_with_its_call(scene):
    call = scene.call()
    one = scene.joined("barge", call)
    scene.floor.end_call(call)
    assert scene.reaches(one["id"], "ended")["how"] == "call_ended"


def test_a_phone_that_does_not_come_in_time_has_failed(scene):
    call = scene.call()
    one = scene.ask("listen", call, scene.phone()).json()
    scene.system.move_clock(91)
    assert scene.reaches(one["id"], "failed")["how"] == "not_answered"
    [told] = scene.told("Supervision Failed", lambda data: data["request"].get("supervisionId") == one["id"])
    assert told["data"]["problem"]["code"] == "not_joined"


def test_leaving_drops_the_supervisors_own_leg_and_the_call_goes_on(scene):
    call = scene.call()
    stays, leaves = scene.joined("whisper", call), scene.joined("listen", call)
    answer = scene.request("DELETE", f"/supervisions/{leaves['id']}")
    assert answer.status_code == 202
    scene.reaches(leaves["id"], "ended")
    assert not scene.floor.is_in(call, leaves["to"])
    assert scene.floor.is_in(call, stays["to"])
    assert len(scene.floor.members(call, "agent", "contact")) == 2
    assert scene.request("DELETE", f"/supervisions/{leaves['id']}").status_code == 202


def test_one_who_rings_is_given_up_and_dropped_if_it_is_answered_all_the_same(scene):
    call, phone = scene.call(), scene.phone()
    one = scene.ask("listen", call, phone).json()
    given_up = scene.request("DELETE", f"/supervisions/{one['id']}")
    assert (given_up.status_code, given_up.json()["state"], given_up.json()["how"]) == (202, "ended", "given_up")
    scene.floor.answer(call, phone)
    scene.system.move_clock(3)
    scene.get("/calls")
    wait_until(lambda: not scene.floor.is_in(call, phone), what="the drop", every=0.05)


def test_an_unknown_supervision_is_404(scene):
    answer = scene.request("DELETE", "/supervisions/no-such")
    assert (answer.status_code, answer.json()["code"]) == (404, "supervision_not_found")


def test_a_phone_is_asked_into_a_call_once_and_again_after_it_left(scene):
    call = scene.call()
    one = scene.joined("listen", call)
    answer = scene.ask("barge", call, one["to"])
    assert (answer.status_code, answer.json()["code"]) == (409, "already_supervising")
    scene.request("DELETE", f"/supervisions/{one['id']}")
    assert scene.ask("barge", call, one["to"]).status_code == 202
    assert scene.dials(call) == 2


def test_they_are_listed_newest_first_by_call_and_by_state(scene):
    call = scene.call()
    asked = [scene.ask("listen", call, scene.phone()).json()["id"] for _ in range(3)]
    found = scene.get(f"/supervisions?confId={call}").json()
    assert [one["id"] for one in found["supervisions"]] == asked[::-1]
    page = scene.get(f"/supervisions?confId={call}&limit=2").json()
    rest = scene.get(f"/supervisions?confId={call}&limit=2&cursor={page['next']}").json()
    assert [one["id"] for one in page["supervisions"] + rest["supervisions"]] == asked[::-1]
    assert rest["next"] is None
    scene.floor.answer(call, found["supervisions"][0]["to"])
    scene.reaches(asked[2], "joined")
    joined = scene.get(f"/supervisions?confId={call}&state=joined").json()
    assert [one["id"] for one in joined["supervisions"]] == [asked[2]]
    assert scene.get("/supervisions?state=nowhere").json()["code"] == "invalid_request"


@pytest.mark.parametrize("action", ["whisper", "listen"])
@pytest.mark.parametrize("who", ["third", "contact"])
def test_one_who_joins_and_could_hear_has_the_supervisor_dropped(scene, action, who):
    call = scene.call()
    one = scene.joined(action, call)
    scene.floor.join(call, who)
    ended = scene.reaches(one["id"], "ended")
    assert ended["exposed"]
    assert ended["how"] == "exposed"
    assert not scene.floor.is_in(call, one["to"])
    assert scene.floor.is_active(call)
    [told] = scene.told("Supervision Exposed", lambda data: data["id"] == one["id"])
    assert told["data"]["exposed"]


def test_one_who_joins_while_the_phone_rings_has_it_dropped_once_it_is_answered(scene):
    call, phone = scene.call(), scene.phone()
    one = scene.ask("whisper", call, phone).json()
    scene.floor.join(call, "third")
    assert not scene.supervision(one["id"])["exposed"], "nobody hears"
    scene.floor.answer(call, phone)
    scene.reaches(one["id"], "ended")
    assert not scene.floor.is_in(call, phone)


def test_another_supervisor_exposes_nobody(scene):
    call = scene.call()
    first = scene.joined("whisper", call)
    scene.joined("barge", call)
    assert scene.supervision(first["id"]) | {"state": "joined", "exposed": False} == scene.supervision(first["id"])


def test_a_barge_is_never_exposed(scene):
    call = scene.call()
    one = scene.joined("barge", call)
    scene.floor.join(call, "third")
    scene.system.move_clock(5)
    assert scene.supervision(one["id"])["exposed"] is False
    assert scene.floor.is_in(call, one["to"])


def test_the_watchers_look_guards_too(scene):
    call = scene.call()
    one = scene.joined("whisper", call)
    scene.floor.join(call, "third")
    scene.system.move_clock(5)
    look(scene.system)
    assert not scene.floor.is_in(call, one["to"])
