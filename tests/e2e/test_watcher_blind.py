"""What the watcher cannot see, it does not tell: no call has ended because Ytel did not show it."""

import pytest

from tests.e2e.test_watcher import told
from tests.harness.fake_ytel.faults import EnvelopeFailure, Html, Json, Status, Truncated


@pytest.mark.parametrize(
    "fault",
    [
        Status(503),
        Status(429),
        Status(500),
        Html(),
        Truncated(),
        EnvelopeFailure(500),
        Json({"status": True, "count": 1, "page": 1, "payload": "none"}),
    ],
    ids=repr,
)
def test_a_floor_that_cannot_be_read_ends_no_call(scene, watch, fault):
    call = scene.call()
    watch()
    scene.ytel.faults.add("GET", "/conference$", fault, times=None)
    for _ in range(2):
        assert watch().failure is None
    scene.ytel.faults.clear()
    scene.system.move_clock(10)
    watch()
    assert told(scene, call) == ["Call Started"]
    scene.floor.end_call(call)
    watch()
    assert told(scene, call) == ["Call Started"], "one list can lack a call that goes on"
    watch()
    assert told(scene, call) == ["Call Started", "Call Ended"]


def test_ytel_down_ends_no_call(scene, watch):
    call = scene.call()
    watch()
    with scene.ytel.down():
        watch()
        watch()
    scene.system.move_clock(40)
    watch()
    assert told(scene, call) == ["Call Started"]


@pytest.fixture
def paging(scene):
    yield scene.ytel.conferences
    scene.ytel.conferences.size, scene.ytel.conferences.count = 100, None


def test_where_a_call_can_slip_between_pages_a_second_look_decides(scene, watch, paging):
    call, *others = [scene.call() for _ in range(5)]
    watch()
    paging.size = 2
    scene.floor.end_call(call)
    watch()
    assert told(scene, call) == ["Call Started"]
    watch()
    assert told(scene, call) == ["Call Started", "Call Ended"]
    assert [told(scene, other) for other in others] == [["Call Started"]] * 4


def test_a_call_that_comes_back_in_the_second_look_has_not_ended(scene, watch, paging):
    call, *_ = [scene.call() for _ in range(5)]
    watch()
    paging.size = 2
    scene.floor.reshape(call, confId=None)
    watch()
    scene.floor.reshape(call, confId=call)
    watch()
    watch()
    assert told(scene, call) == ["Call Started"]
