"""What the watcher tells: calls that began, ended and ran long, each once; nothing by a floor it could not read."""

import json

import pytest

from supervision.actions.watcher import Watcher
from supervision.base import aws
from supervision.base.settings import WatchSettings
from tests.harness.fake_ytel.faults import Html, Reset, Status
from tests.integration.desk import PHONE, at_once
from tests.integration.looks_queue import LooksQueue, looks_of

MAX_AGE = 2.0
LEFT_MS = 18_000


@pytest.fixture
def queue(made_up_aws):
    return LooksQueue()


@pytest.fixture
def watcher(desk):
    return another(desk)


def another(desk, services=None, **settings):
    """One more watcher, as a function environment of its own has it."""
    services = services or desk.function()
    own = WatchSettings(**settings)
    looks = looks_of(services)
    return begin(Watcher(services.gateway, services.floor, services.outbox, own, MAX_AGE, services.patience, looks))


def begin(watcher):
    watcher._recall()  # what an invocation begins with
    return watcher


def look(desk, *watchers):
    """Each looks, at readings of its own; afterwards it is later."""
    for watcher in watchers:
        desk.move(MAX_AGE + 0.1)
        watcher.look("watch-1")


def test_calls_that_begin_and_end_are_told_once(desk, watcher):
    call = desk.call()
    for _ in range(3):
        look(desk, watcher)
    assert desk.types() == ["Call Started"]
    [row] = desk.services.floor.held().rows
    assert desk.told[0].data == row
    assert (desk.told[0].metadata["requestedBy"], desk.told[0].metadata["correlationId"]) == ("watch_calls", "watch-1")
    desk.floor.end_call(call)
    for _ in range(3):
        look(desk, watcher)
    assert desk.types() == ["Call Started", "Call Ended"]
    assert desk.told[1].data == {**row, "status": "ended"}


def test_a_call_that_runs_long_is_told_once(desk):
    watcher = another(desk, long_call_seconds=60)
    call = desk.call()
    look(desk, watcher)
    desk.move(50)
    look(desk, watcher)
    assert desk.types() == ["Call Started"]
    desk.move(10)
    for _ in range(3):
        look(desk, watcher)
    assert desk.types() == ["Call Started", "Call Running Long"]
    assert desk.told[1].data["confId"] == call
    desk.floor.end_call(call)
    look(desk, watcher)
    assert desk.types()[2:] == [], "one list can lack a call that goes on"
    look(desk, watcher)
    assert desk.types()[2:] == ["Call Ended"]


def test_one_that_is_long_when_it_is_first_seen_has_begun_and_runs_long(desk):
    desk.call(created=desk.move() - 3_600_000)
    look(desk, another(desk))
    assert desk.types() == ["Call Started", "Call Running Long"]


def test_a_call_whose_beginning_is_unknown_never_runs_long(desk):
    desk.call(shape={"createdTime": None})
    desk.move(10_000)
    look(desk, another(desk))
    assert desk.types() == ["Call Started"]


@pytest.mark.parametrize("invocations", [1, 2])
def test_a_call_that_ended_is_told_as_it_was_last_seen(desk, watcher, invocations):
    call = desk.call()
    look(desk, watcher)
    desk.joined("listen", call)
    look(desk, watcher)
    [row] = desk.services.floor.held().rows
    assert [one["state"] for one in row["supervisors"]] == ["joined"]
    desk.floor.end_call(call)
    if invocations == 2:
        watcher = another(desk)
    look(desk, watcher, watcher)
    assert desk.of_type("Call Ended").data == {**row, "status": "ended"}
    assert desk.items("WATCHED") == []


def test_a_call_whose_end_another_watcher_has_told_is_not_remembered_again(desk, watcher):
    slow, call = another(desk), desk.call()
    look(desk, watcher, slow)
    held = desk.services.floor.held()
    held.rows[0]["supervisors"] = ["changed"]
    desk.floor.end_call(call)
    look(desk, watcher, watcher)
    slow._keep_last_seen(held)
    assert desk.items("WATCHED") == []


def test_a_later_invocation_goes_on_where_the_last_left_off(desk):
    first, second = desk.call(), desk.call()
    look(desk, another(desk, long_call_seconds=60))
    desk.floor.end_call(first)
    desk.move(60)
    later = another(desk, long_call_seconds=60)
    look(desk, later, later)
    look(desk, another(desk, long_call_seconds=60))
    assert sorted(desk.types()) == ["Call Ended", "Call Running Long", "Call Started", "Call Started"]
    assert desk.of_type("Call Running Long").data["confId"] == second


# ---------------------------------------------------------------- two at once, and deaths


def test_two_watchers_do_not_tell_twice(desk):
    calls = [desk.call() for _ in range(3)]
    one, other = another(desk, long_call_seconds=30), another(desk, long_call_seconds=30)
    for _ in range(2):
        look(desk, one, other)
        desk.move(20)
    desk.floor.end_call(calls[0])
    look(desk, one, other)
    look(desk, one, other)
    assert sorted(desk.types()) == ["Call Ended", *["Call Running Long"] * 3, *["Call Started"] * 3]


def test_watchers_at_the_same_moment_do_not_tell_twice(desk):
    for _ in range(12):
        desk.floor.add_call()
    desk.move(1)
    watchers = [another(desk, long_call_seconds=1) for _ in range(4)]
    desk.move(5)
    at_once(lambda n: watchers[n].look("watch-1"), 4)
    for watcher in watchers:
        look(desk, watcher)
    assert sorted(desk.types()) == [*["Call Running Long"] * 12, *["Call Started"] * 12]


@pytest.mark.parametrize("where", ["before it is remembered", "between remembering and telling"])
@pytest.mark.parametrize("change", ["Call Started", "Call Running Long", "Call Ended"])
def test_one_that_dies_loses_nothing(desk, monkeypatch, where, change):
    call = desk.call()
    if change != "Call Started":
        look(desk, another(desk, long_call_seconds=60))
    if change == "Call Running Long":
        desk.move(60)
    if change == "Call Ended":
        desk.floor.end_call(call)
    desk.told.clear()

    class Died(BaseException):
        pass

    def die(*_, **__):
        raise Died

    dying = another(desk, long_call_seconds=60)
    if change == "Call Ended":
        look(desk, dying)
    desk.move(MAX_AGE + 0.1)
    with monkeypatch.context() as patched:
        owner, name = (aws.client("events"), "put_events") if "between" in where else (type(dying), "_remember")
        patched.setattr(owner, name, die)
        with pytest.raises(Died):
            dying.look("watch-1")
    assert desk.told == []
    desk.move(30)
    later = another(desk, long_call_seconds=60)
    look(desk, later, later)
    assert desk.types() == [change]


# ---------------------------------------------------------------- floors that could not be read


@pytest.mark.parametrize("fault", [Status(503), Status(429, retry_after=30), Reset(), Html()], ids=str)
def test_a_floor_that_cannot_be_read_has_not_ended(desk, watcher, fault):
    desk.call()
    look(desk, watcher)
    script = desk.ytel.faults.add("GET", "/conference$", fault, times=None)
    for _ in range(20):
        look(desk, watcher)
    desk.ytel.faults.clear(script)
    desk.move(60)
    look(desk, watcher)
    assert desk.types() == ["Call Started"]


def test_a_call_under_another_status_has_not_ended(desk, watcher):
    call = desk.call()
    look(desk, watcher)
    desk.floor.reshape(call, status="wrap-up")
    look(desk, watcher, watcher, watcher)
    assert desk.types() == ["Call Started"]


# ---------------------------------------------------------------- look after look


def test_each_look_guards_the_supervisions_too(desk, watcher):
    call = desk.call()
    desk.dial("whisper", call)
    desk.floor.answer(call, PHONE)
    desk.floor.join(call, "third")
    for number in (1, 2):
        desk.move(10)
        assert watcher.watch(number, f"invocation-{number}", LEFT_MS)
    assert not desk.floor.is_in(call, PHONE)
    assert sorted(desk.types()) == [
        "Call Started",
        "Supervision Ended",
        "Supervision Exposed",
        "Supervision Joined",
        "Supervision Started",
    ]


def test_a_look_that_fails_is_made_and_the_next_one_comes(desk, watcher, queue, monkeypatch):
    desk.call()
    with monkeypatch.context() as patched:
        patched.setattr(watcher, "look", lambda _: 1 // 0)
        assert watcher.watch(1, "invocation-1", LEFT_MS)
    assert queue.bodies() == ["2"]
    assert watcher.watch(2, "invocation-2", LEFT_MS)
    assert desk.types() == ["Call Started"]


def test_one_whose_next_cannot_be_sent_is_made_raises_and_is_made_again(desk, watcher, queue, monkeypatch):
    desk.call()
    with monkeypatch.context() as patched:
        patched.setattr(aws.client("sqs"), "send_message", lambda **_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            watcher.watch(1, "invocation-1", LEFT_MS)
    assert desk.types() == ["Call Started"]
    desk.move(25)
    assert watcher.watch(1, "invocation-2", LEFT_MS)
    assert queue.bodies() == ["2"]


def test_a_look_that_another_makes_comes_again_and_one_that_was_made_does_not(desk):
    dead, other = another(desk), another(desk)
    dead.looks.begin(1, "the one that dies", LEFT_MS)
    desk.move(10)
    assert not other.watch(1, "invocation-1", LEFT_MS)
    desk.move(10)
    for _ in range(2):
        assert other.watch(1, "invocation-2", LEFT_MS)
    assert desk.ytel.requests.walks("/conference$") == 1


def test_while_the_table_is_down_each_look_still_sends_the_next(desk, watcher, queue, monkeypatch):
    for operation in ("get_item", "update_item", "query", "put_item"):
        monkeypatch.setattr(aws.client("dynamodb"), operation, lambda **_: 1 // 0)
    assert watcher.watch(1, "invocation-1", LEFT_MS)
    assert queue.bodies() == ["2"]


def test_it_reads_what_was_told_only_where_another_may_have_told_since(desk, made_up_aws):
    def queries():
        return [one for name, one, _ in made_up_aws.asked if name == "Query" and "WATCHED" in json.dumps(one)]

    one, other = another(desk), another(desk)
    desk.call()
    made_up_aws.forget()
    read = []
    for number, watcher in enumerate([one, one, one, other, other, one, one], 1):
        desk.move(10)
        assert watcher.watch(number, f"invocation-{number}", LEFT_MS)
        read.append(len(queries()))
    assert read == [1, 1, 1, 2, 2, 3, 3]
    assert desk.types() == ["Call Started"]


def test_what_others_decided_and_could_not_tell_is_swept(desk, watcher, monkeypatch):
    call = desk.call()
    with monkeypatch.context() as patched:
        patched.setattr(aws.client("events"), "put_events", lambda **_: 1 // 0)
        desk.dial("listen", call)
    assert desk.told == []
    desk.move(10)
    look(desk, watcher)
    assert "Supervision Started" in desk.types()


def test_what_is_remembered_is_gone_some_day(desk, watcher):
    desk.call()
    look(desk, watcher)
    [item] = desk.items("WATCHED")
    assert int(item["expiration"]["N"]) > desk.move() // 1000 + 24 * 3600
    assert json.loads(item["call"]["S"])["status"] == "active"
