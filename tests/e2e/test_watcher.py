"""The watcher: what it tells of calls and supervisions, each once, whatever happens to it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.watching import look_event

CALL_TYPES = ("Call Started", "Call Running Long", "Call Ended")


def events(scene, call):
    found = [event for event in scene.system.outgoing() if event["detail-type"] in CALL_TYPES]
    return [event for event in found if event["detail"]["data"]["confId"] == call]


def told(scene, call):
    """The types of what was told of a call, in order."""
    return [event["detail-type"] for event in events(scene, call)]


def ago(scene, seconds):
    return scene.floor.now - 1000 * seconds


def test_each_call_is_told_once_as_begun_and_once_as_ended(scene, watch):
    calls = [scene.call() for _ in range(3)]
    for _ in range(3):
        assert watch().failure is None
    assert [told(scene, call) for call in calls] == [["Call Started"]] * 3
    for call in calls[:2]:
        scene.floor.end_call(call)
    for _ in range(2):
        watch()
    assert [told(scene, call) for call in calls] == [["Call Started", "Call Ended"]] * 2 + [["Call Started"]]


def test_a_call_is_told_as_the_list_shows_it(scene, watch):
    call = scene.call()
    watch()
    shown = next(one for one in scene.get("/calls").json()["calls"] if one["confId"] == call)
    scene.floor.end_call(call)
    watch()
    watch()
    began, ended = (event["detail"] for event in events(scene, call))
    assert began["data"] == shown
    assert ended["data"] == {**shown, "status": "ended"}
    assert began["metadata"]["requestedBy"] == ended["metadata"]["requestedBy"] == "watch_calls"


def test_a_call_runs_long_once(scene, watch):
    young, old = scene.call(created=ago(scene, 1100)), scene.call(created=ago(scene, 1300))
    watch()
    assert told(scene, old) == ["Call Started", "Call Running Long"]
    assert told(scene, young) == ["Call Started"]
    scene.system.move_clock(100)
    watch()
    watch()
    assert told(scene, young) == told(scene, old) == ["Call Started", "Call Running Long"]


def test_a_new_environment_tells_nothing_again(scene, watch):
    call = scene.call(created=ago(scene, 7200))
    watch()
    scene.system.restart("watch_calls")
    watch()
    scene.floor.end_call(call)
    scene.system.restart("watch_calls")
    watch()
    watch()
    assert told(scene, call) == ["Call Started", "Call Running Long", "Call Ended"]


@pytest.mark.parametrize("change", ["Call Started", "Call Ended"])
def test_of_two_watchers_that_see_the_same_one_tells(scene, watch, change):
    calls = [scene.call() for _ in range(8)]
    with scene.system.another("watch_calls") as another, ThreadPoolExecutor(1) as pool:
        if change == "Call Ended":
            watch()
            for call in calls:
                scene.floor.end_call(call)
            watch()
            another(look_event(scene.system))
        with scene.system.aws.faults.held("TransactWriteItems", text="WATCHED") as hold:
            first = pool.submit(watch)
            hold.wait()
            assert another(look_event(scene.system)).failure is None
        assert first.result().failure is None
    for call in calls:  # at least once, and each time under the same id
        of_kind = [event for event in events(scene, call) if event["detail-type"] == change]
        assert len({event["detail"]["metadata"]["id"] for event in of_kind}) == 1


@pytest.mark.parametrize(
    ("where", "processed", "times"),
    [
        ("TransactWriteItems", False, 1),
        ("TransactWriteItems", True, 1),
        ("PutEvents", False, 1),
        ("PutEvents", True, 2),
    ],
)
@pytest.mark.parametrize("change", ["Call Started", "Call Ended"])
def test_killed_in_the_middle_it_loses_nothing(scene, watch, change, where, processed, times):
    call = scene.call()
    if change == "Call Ended":
        watch()
        scene.floor.end_call(call)
        watch()
    with scene.system.aws.faults.held(where, text=call, processed=processed) as hold, ThreadPoolExecutor(1) as pool:
        look = pool.submit(watch)
        hold.wait()
        scene.system.kill("watch_calls")
        hold.drop()
        assert look.result().failure
    scene.system.move_clock(10)
    for _ in range(3):
        watch()
    of_change = [event for event in events(scene, call) if event["detail-type"] == change]
    assert len(of_change) == times, "told, and its answer lost: once more" if times == 2 else ""
    assert len({event["detail"]["metadata"]["id"] for event in of_change}) == 1


def test_an_event_that_the_bus_refuses_is_told_by_a_later_look(scene, watch):
    call = scene.call()
    scene.system.aws.faults.fail("PutEvents", text=call, times=None)
    watch()
    assert told(scene, call) == []
    scene.system.aws.faults.clear()
    watch()
    watch()
    assert told(scene, call) == ["Call Started"]


def test_supervisions_move_on_though_nobody_asks(scene, watch):
    call = scene.call()
    joins, leaves, never = (scene.ask("listen", call, scene.phone()).json() for _ in range(3))
    left = scene.floor.answer(call, leaves["to"])
    scene.floor.answer(call, joins["to"])
    watch()
    scene.floor.leave(call, left)
    watch()
    scene.system.move_clock(91)
    watch()
    watch()
    whole = {
        one["id"]: [
            event["detail-type"]
            for event in scene.system.outgoing()
            if one["id"]
            in (event["detail"]["data"].get("id"), event["detail"]["data"].get("request", {}).get("supervisionId"))
        ]
        for one in (joins, leaves, never)
    }
    assert whole == {
        joins["id"]: ["Supervision Started", "Supervision Joined"],
        leaves["id"]: ["Supervision Started", "Supervision Joined", "Supervision Ended"],
        never["id"]: ["Supervision Started", "Supervision Failed"],
    }
