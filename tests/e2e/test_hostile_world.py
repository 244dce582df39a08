"""What an ordinary afternoon does to a supervised call.

For no longer than one look is a supervisor heard by whom they should not. Nothing is told that is not so, and where it
is not known, that is said. That no time is without a look is held by the simulation (`test_looks`).
"""

import threading
import time

import pytest

from tests.harness.fake_ytel.faults import Reset, Run, Status


@pytest.fixture(autouse=True)
def _as_it_was(scene):
    yield
    knobs = scene.ytel.knobs
    knobs.phones.ring_seconds, knobs.disconnects.empty_yes, scene.ytel.conferences.size = 60, 0.0, 100


def gone_in_one_look(scene, watch, call, phone):
    """Somebody joins, and one look later the supervisor is off the call."""
    scene.floor.join(call, "third")
    watch()
    assert not scene.floor.is_in(call, phone)


@pytest.mark.parametrize("seconds", [70, 95])
def test_a_phone_that_is_answered_late_is_looked_after(scene, watch, seconds):
    scene.ytel.knobs.phones.ring_seconds = 240
    call, phone = scene.call(), scene.phone()
    id_ = scene.ask("whisper", call, phone).json()["id"]
    scene.system.move_clock(seconds)
    for _ in range(2):
        watch()
    assert scene.supervision(id_)["state"] == ("dialing" if seconds == 70 else "failed")
    scene.floor.answer(call, phone)
    watch()
    assert scene.supervision(id_)["state"] == "joined"
    gone_in_one_look(scene, watch, call, phone)


def test_one_list_that_comes_without_the_call_ends_nothing(scene, watch):
    call = scene.call()
    one = scene.joined("whisper", call)
    scene.floor.hide(call)
    watch()
    assert scene.supervision(one["id"])["state"] == "joined"
    gone_in_one_look(scene, watch, call, one["to"])


@pytest.mark.parametrize("missed", [1, 4])
def test_a_dial_whose_answer_is_lost_is_looked_after_though_its_call_is_missed(scene, watch, missed):
    """By one list, or by so many that it is taken for over until it is seen again."""
    call, phone = scene.call(), scene.phone()
    scene.ytel.faults.add("POST", "/participant$", Reset(processed=True))
    lost = scene.ask("whisper", call, phone, key=call)
    assert (lost.status_code, lost.json()["code"]) == (504, "outcome_unknown")
    scene.floor.answer(call, phone)
    scene.floor.hide(call, times=missed)
    again = scene.ask("whisper", call, phone, key=call)
    assert again.status_code in (202, 404, 504), again.text
    for _ in range(missed):
        watch()
    assert scene.supervision(lost.json()["supervisionId"])["state"] == "joined"
    assert scene.dials(call) == 1
    gone_in_one_look(scene, watch, call, phone)


def test_a_leg_that_is_replaced_is_still_the_supervisors_and_heard_by_nobody_for_long(scene, watch):
    call = scene.call()
    one = scene.joined("whisper", call)
    scene.floor.replace(call, scene.floor.supervisor(call, one["to"]))
    watch()
    assert not scene.floor.is_in(call, one["to"])
    assert scene.supervision(one["id"])["exposed"]


@pytest.mark.parametrize("action", ["listen", "whisper"])
def test_a_leg_that_is_named_and_not_described_is_nobody_whom_one_could_keep_out(scene, action):
    call = scene.call()
    scene.floor.undescribe(call, scene.floor.join(call, "third"))
    assert scene.ask(action, call, scene.phone()).json()["code"] == "members_unknown"
    assert scene.dials(call) == 0


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_a_customer_who_shows_the_agents_number_hears_no_whisper(scene, direction):
    call = scene.call(direction=direction)
    scene.floor.spoof(call)
    assert scene.ask("whisper", call, scene.phone()).json()["code"] == "agent_not_proven"
    assert scene.dials(call) == 0


def test_a_whisper_with_nobody_to_keep_out_is_not_dialled(scene):
    call = scene.call(legs=("agent",))
    assert scene.ask("whisper", call, scene.phone()).json()["code"] == "contact_not_joined"
    assert scene.dials(call) == 0


def test_a_hang_up_that_is_answered_yes_and_does_nothing_has_hung_up_nobody(scene):
    scene.ytel.knobs.disconnects.empty_yes = 1.0
    call = scene.call()
    members = set(scene.floor.members(call))
    answer = scene.ask("hangup", call)
    assert (answer.status_code, answer.json()["code"]) == (502, "hangup_incomplete")
    assert (answer.json()["hungUp"], set(answer.json()["failed"])) == ([], members)
    assert scene.told("Call Hung Up", lambda data: data["confId"] == call) == []


@pytest.mark.parametrize("processed", [True, False], ids=["gone", "there"])
def test_a_disconnect_that_fails_is_judged_by_who_is_there(scene, processed):
    call = scene.call()
    leg = scene.floor.member(call, "contact")
    scene.ytel.faults.add("DELETE", f"/participant/{leg}$", Status(500, processed=processed))
    answer = scene.ask("hangup", call)
    if processed:
        assert (answer.status_code, sorted(answer.json()["failed"])) == (200, [])
    else:
        assert (answer.json()["code"], answer.json()["failed"]) == ("hangup_incomplete", [leg])


def test_who_comes_and_goes_while_the_phone_rings_and_an_agent_who_reconnects_throw_nobody_out(scene, watch):
    call, phone = scene.call(), scene.phone()
    id_ = scene.ask("whisper", call, phone).json()["id"]
    third = scene.floor.join(call, "third")
    watch()
    scene.floor.leave(call, third)
    scene.floor.answer(call, phone)
    scene.floor.replace(call, scene.floor.member(call, "agent"))
    for _ in range(2):
        watch()
    assert (scene.supervision(id_)["state"], scene.supervision(id_)["exposed"]) == ("joined", False)
    assert scene.floor.roles_that_ever_heard(call, phone) <= {"agent"}


def test_many_who_are_exposed_at_once_go_side_by_side(scene, watch):
    calls = [scene.floor.add_call(user) for user in scene.floor.users[:12]]
    phones = {call: scene.joined("whisper", call)["to"] for call in calls}
    met = threading.Barrier(4, timeout=20)  # one after the other, they would wait for each other in vain
    scene.ytel.faults.add("DELETE", "/participant/", Run(met.wait), times=12)
    for call in calls:
        scene.floor.join(call, "third")
    watch()
    assert not [call for call, phone in phones.items() if scene.floor.is_in(call, phone)]


def test_a_clock_that_is_wrong_for_a_while_hides_no_call(scene, watch):
    call = scene.call()
    one = scene.joined("whisper", call)
    ahead = scene.system.now - time.time()
    scene.system.runtime.move_clock(ahead + 300)
    scene.get("/calls")
    other = scene.call()
    scene.system.runtime.move_clock(ahead)
    scene.system.move_clock(3)
    listed = {row["confId"] for row in scene.get("/calls").json()["calls"]}
    assert {call, other} <= listed
    gone_in_one_look(scene, watch, call, one["to"])


def test_a_call_that_slips_to_another_page_while_it_is_looked_for_is_found(scene):
    first, _, slips, _ = [scene.call() for _ in range(4)]
    scene.ytel.conferences.size = 2
    scene.ytel.faults.add("GET", "/conference$", Run(lambda: scene.floor.end_call(first)), skip=1)
    asked = scene.ask("listen", slips, scene.phone())
    assert asked.status_code == 202, asked.text
    assert scene.dials(slips) == 1
