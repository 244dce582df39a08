"""Functions killed in the middle of what they do: nothing is lost, nobody is dialled twice, the next request looks."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.harness.fake_ytel.faults import Hang, Run
from tests.harness.waiting import wait_until


@pytest.fixture
def cut_off(scene):
    """Asks for something and kills its function at a request to AWS: before that is carried out, or `processed`."""

    def cut_off(function, ask, where, *, text="", processed=False):
        faults = scene.system.aws.faults
        with faults.held(where, text=text, processed=processed) as hold, ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask)
            hold.wait()
            scene.system.kill(function)
            hold.drop()
            return asked.result()

    return cut_off


def kinds(scene, call, phone):
    """What was told of the supervision of this phone, in order; what was told twice has one id, and counts once."""
    told = {}
    for event in scene.system.outgoing():
        data = event["detail"]["data"]
        of = data.get("request", data)
        if (of.get("confId"), of.get("to")) == (call, phone):
            told[event["detail"]["metadata"]["id"]] = event["detail-type"]
    return list(told.values())


def asked_again(scene, call, phone, key=None):
    answer = scene.ask("whisper", call, phone, key)
    return answer.status_code, answer.json().get("code")


def test_killed_before_its_record_nothing_has_happened(scene, cut_off):
    call, phone = scene.call(), scene.phone()
    answer = cut_off("whisper", lambda: scene.ask("whisper", call, phone), "TransactWriteItems", text=call)
    assert answer.status_code == 500
    assert scene.dials(call) == 0
    assert asked_again(scene, call, phone)[0] == 202
    assert scene.dials(call) == 1


def test_killed_between_record_and_dial_nobody_is_dialled_while_it_may_ring(scene, cut_off):
    call, phone = scene.call(), scene.phone()
    whisper = lambda: scene.ask("whisper", call, phone)  # noqa: E731
    assert cut_off("whisper", whisper, "TransactWriteItems", text=call, processed=True).status_code == 500
    assert asked_again(scene, call, phone) == (409, "in_progress")
    scene.system.move_clock(11)
    assert asked_again(scene, call, phone) == (504, "outcome_unknown")
    scene.system.move_clock(80)
    assert asked_again(scene, call, phone)[0] == 202
    assert kinds(scene, call, phone) == ["Supervision Failed", "Supervision Started"]
    assert scene.dials(call) == 1


@pytest.mark.parametrize("joins", [True, False])
def test_killed_between_dial_and_record_the_next_request_looks_first(scene, joins, watch):
    call, phone = scene.call(), scene.phone()
    killed = Run(lambda: scene.system.kill("whisper"), processed=True)
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", killed)
    assert scene.ask("whisper", call, phone).status_code == 500
    scene.system.move_clock(11)
    assert asked_again(scene, call, phone) == (504, "outcome_unknown")
    if joins:
        scene.floor.answer(call, phone)
        again = scene.ask("whisper", call, phone)
        assert (again.status_code, again.json()["state"]) == (202, "joined")
        assert scene.floor.roles_that_ever_heard(call, phone) == {"agent"}
        expected = ["Supervision Started", "Supervision Joined"]
    else:
        scene.system.move_clock(80)
        watch()
        expected = ["Supervision Failed"]
    assert kinds(scene, call, phone) == expected
    assert scene.dials(call) == 1


@pytest.mark.parametrize("where", ["TransactWriteItems", "PutEvents"])
@pytest.mark.parametrize("processed", [True, False])
def test_killed_between_change_and_event_the_event_is_told(scene, cut_off, where, processed, watch):
    call, phone = scene.call(), scene.phone()
    whisper = lambda: scene.ask("whisper", call, phone)  # noqa: E731
    assert cut_off("whisper", whisper, where, text="Supervision Started", processed=processed).status_code == 500
    scene.system.move_clock(11)
    scene.floor.answer(call, phone)
    watch()
    # What was left untold is told after what this look found.
    assert sorted(kinds(scene, call, phone)) == ["Supervision Joined", "Supervision Started"]
    assert asked_again(scene, call, phone)[0] == 202
    assert scene.dials(call) == 1


def test_killed_with_a_key_the_key_waits_and_then_looks(scene, cut_off):
    call, phone, key = scene.call(), scene.phone(), "crashed-key"
    killed = Run(lambda: scene.system.kill("whisper"), processed=True)
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", killed)
    with with_time(scene, "Whisper", 4):  # less than a request to Ytel may take
        assert scene.ask("whisper", call, phone, key).status_code == 500
    assert asked_again(scene, call, phone, key) == (409, "in_progress")
    scene.system.move_clock(11)
    code = wait_until(
        lambda: (got := asked_again(scene, call, phone, key)) != (409, "in_progress") and got, what="the key", every=0.1
    )
    assert code == (504, "outcome_unknown")
    scene.floor.answer(call, phone)
    assert asked_again(scene, call, phone, key)[0] == 202
    assert scene.dials(call) == 1


@pytest.mark.parametrize("processed", [True, False])
def test_out_of_time_in_the_middle_of_a_dial(scene, processed):
    call, phone = scene.call(), scene.phone()
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", Hang(processed=processed))
    with with_time(scene, "Whisper", 4):  # less than a request to Ytel may take
        assert scene.ask("whisper", call, phone).status_code == 500
    scene.system.move_clock(11)
    assert asked_again(scene, call, phone) == (504, "outcome_unknown")
    if processed:
        scene.floor.answer(call, phone)
        assert asked_again(scene, call, phone)[0] == 202
    assert scene.dials(call) == 1


def test_a_request_over_the_bus_is_tried_again_and_dials_once(scene, cut_off):
    call, phone = scene.call(), scene.phone()
    killed = Run(lambda: scene.system.kill("whisper"), processed=True)
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", killed)
    scene.put({"action": "whisper", "confId": call, "to": phone})
    wait_until(lambda: scene.dials(call), what="the dial")
    scene.system.deliveries.settle()
    scene.floor.answer(call, phone)
    scene.get("/supervisions")
    wait_until(lambda: scene.told("Supervision Joined", lambda data: data["to"] == phone), what="the phone")
    assert scene.dials(call) == 1


@pytest.mark.parametrize("how", ["killed", "out of time"])
def test_a_hang_up_cut_off_is_finished_by_asking_again(scene, how):
    call = scene.call(legs=("contact", "agent", "third"))
    [agent] = scene.floor.members(call, "agent")
    kill = Run(lambda: scene.system.kill("hangup"))
    scene.ytel.faults.add("DELETE", f"/participant/{agent}$", kill if how == "killed" else Hang())
    with with_time(scene, "Hangup", 4):  # less than a request to Ytel may take
        assert scene.ask("hangup", call).status_code == 500
    again = scene.ask("hangup", call)
    assert again.status_code in (200, 404)
    assert not scene.floor.is_active(call)


@pytest.mark.parametrize(
    ("where", "processed"), [("TransactWriteItems", False), ("TransactWriteItems", True), ("PutEvents", False)]
)
def test_a_hang_up_that_nobody_was_left_to_tell_is_told(scene, cut_off, watch, where, processed):
    call = scene.call()
    members = sorted(scene.floor.members(call))
    text = f'hungUp\\": [\\"{members[0]}' if where == "TransactWriteItems" else call
    assert (
        cut_off("hangup", lambda: scene.ask("hangup", call), where, text=text, processed=processed).status_code == 500
    )
    assert not scene.floor.is_active(call)
    scene.system.move_clock(61)
    watch()
    watch()
    [told] = scene.told("Call Hung Up", lambda data: data["confId"] == call)
    assert sorted(told["data"]["hungUp"] + told["data"]["failed"]) == members
    assert told["data"]["requestedBy"] == "supervisor"


def test_a_reader_cut_off_holds_nobody_up_for_long(scene):
    call = scene.call()
    scene.ytel.faults.add("GET", "/conference$", Run(lambda: scene.system.kill("list_calls")))
    scene.system.move_clock(3)
    assert scene.get("/calls").status_code == 500
    scene.system.move_clock(9)
    answer = scene.get("/calls")
    assert (answer.status_code, answer.json()["stale"]) == (200, False)
    assert call in {one["confId"] for one in answer.json()["calls"]}


@contextmanager
def with_time(scene, function, seconds):
    """Gives a function less time than the template does."""
    functions = scene.system.template.functions
    whole = functions[function]
    functions[function] = replace(whole, timeout=seconds)
    yield
    functions[function] = whole


@pytest.fixture(autouse=True)
def whole_time(scene):
    functions = scene.system.template.functions
    before = dict(functions)
    yield
    functions.update(before)
