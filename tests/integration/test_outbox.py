"""Events are told once in the ordinary case and at least once in every case: partial failures, outages, deaths."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from supervision.base import aws
from supervision.base.problems import HangupIncomplete, NotJoined
from supervision.table.events import Event, of_failure, of_supervision
from supervision.table.kept_event import ENTRIES, KEEP_SECONDS
from supervision.table.outbox import SWEEP_AFTER_MS
from supervision.table.writes import Put
from tests.harness.waiting import wait_until
from tests.integration.desk import at_once
from tests.integration.test_supervisions import supervision

AFTER = SWEEP_AFTER_MS / 1000 + 0.001


@pytest.fixture
def outbox(desk):
    return desk.services.outbox


@pytest.fixture
def metrics(monkeypatch):
    """The names of the metrics that were counted."""
    counted = []
    monkeypatch.setattr("supervision.table.outbox.add_metric", lambda name, *_: counted.append(name))
    return lambda: counted


def events(number):
    return [event(n) for n in range(number)]


def event(number, at=1, **data):
    return Event("Call Started", f"call-{number}", {"n": number, **data}, "watch_calls", "r1", at)


def numbers(desk):
    return [one.data["n"] for one in desk.told]


def kept(desk):
    return [json.loads(item["detail"]["S"])["data"]["n"] for item in desk.items("OUTBOX")]


class Bus:
    """The bus with what goes wrong on it: each outcome is for one call; a set names the entries that are refused."""

    def __init__(self, monkeypatch, *outcomes):
        self.put, self.outcomes, self.calls = aws.client("events").put_events, list(outcomes), 0
        monkeypatch.setattr(aws.client("events"), "put_events", self)

    def __call__(self, **request: Any) -> Any:
        self.calls += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        refused = outcome or set()
        taken = [entry for n, entry in enumerate(request["Entries"]) if n not in refused]
        answered = iter(self.put(Entries=taken)["Entries"] if taken else [])
        return {
            "FailedEntryCount": len(refused),
            "Entries": [
                {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"} if n in refused else next(answered)
                for n in range(len(request["Entries"]))
            ],
        }


def keep_and_tell(outbox, all_events):
    outbox.keep(all_events)
    outbox.publish(all_events)


def test_what_was_told_is_forgotten(desk, outbox):
    keep_and_tell(outbox, events(1))
    assert numbers(desk) == [0]
    assert desk.items("OUTBOX") == []
    desk.move(AFTER)
    assert outbox.sweep() == 0


@pytest.mark.parametrize("number", [0, 1, ENTRIES, ENTRIES + 1, 3 * ENTRIES])
def test_they_go_ten_at_a_time(desk, outbox, monkeypatch, number):
    bus = Bus(monkeypatch)
    keep_and_tell(outbox, events(number))
    assert numbers(desk) == list(range(number))
    assert bus.calls == -(-number // ENTRIES)


def test_entries_that_the_bus_refuses_are_kept_and_swept_and_the_others_are_not_told_again(desk, outbox, monkeypatch):
    Bus(monkeypatch, {1, 3})
    keep_and_tell(outbox, events(5))
    assert numbers(desk) == [0, 2, 4]
    assert sorted(kept(desk)) == [1, 3]
    assert outbox.sweep() == 2
    assert numbers(desk) == [0, 2, 4, 1, 3]
    assert kept(desk) == []


def test_while_the_bus_is_down_everything_is_kept_and_told_in_its_order_once_it_is_back(desk, outbox, monkeypatch):
    Bus(monkeypatch, *[ConnectionError("down")] * 4)
    for event in events(3):
        keep_and_tell(outbox, [event])
        desk.move(0.1)
    desk.move(AFTER)
    with pytest.raises(ConnectionError):
        outbox.sweep()
    assert desk.told == []
    assert outbox.sweep() == 3
    assert numbers(desk) == [0, 1, 2]


def test_what_a_function_decided_and_died_over_is_told_by_the_next_sweep(desk, outbox):
    event = Event("Call Started", "call-7", {"n": 7}, "watch_calls", "r1", 1)
    outbox.keep([event])
    desk.move(AFTER)
    assert desk.function().outbox.sweep() == 1
    assert desk.of_type("Call Started").metadata["id"] == event.id


def test_a_function_that_died_after_telling_tells_again_under_the_same_id(desk, outbox, monkeypatch):
    def fail(**_):
        raise ConnectionError("the table is down")

    outbox.keep(events(1))
    with monkeypatch.context() as patched:
        patched.setattr(aws.client("dynamodb"), "delete_item", fail)
        outbox.publish(events(1))
    desk.move(AFTER)
    outbox.sweep()
    first, second = desk.told
    assert first == second
    assert kept(desk) == []


# ---------------------------------------------------------------- what waits


def test_what_waits_is_told_before_what_is_newer_by_whoever_tells_next_whatever_its_function(desk, outbox, monkeypatch):
    Bus(monkeypatch, ConnectionError("down"), {0})
    keep_and_tell(outbox, [event(1, at=1)])
    keep_and_tell(outbox, [event(2, at=2)])
    assert numbers(desk) == [2], "the bus refused the older one"
    keep_and_tell(desk.function().outbox, [event(3, at=3)])
    assert numbers(desk) == [2, 1, 3]
    assert kept(desk) == []
    assert [one.metadata["at"] for one in desk.told] == [2, 1, 3]


def test_what_another_function_has_just_kept_is_left_to_it(desk, outbox):
    outbox.keep([event(1)])
    keep_and_tell(desk.function().outbox, [event(2, at=2)])
    assert numbers(desk) == [2]
    desk.move(AFTER)
    keep_and_tell(desk.function().outbox, [event(3, at=3)])
    assert numbers(desk) == [2, 1, 3]


def test_what_waits_is_told_after_a_reading_of_the_floor_without_a_watcher(desk, outbox):
    outbox.keep([event(1)])
    desk.move(AFTER)
    desk.look()
    wait_until(lambda: kept(desk) == [])
    assert numbers(desk) == [1]


def test_a_bus_that_is_down_costs_a_reading_of_the_floor_little_and_no_failure(desk, outbox, monkeypatch):
    outbox.keep([event(1)])
    desk.move(AFTER)
    bus = Bus(monkeypatch, ConnectionError("down"))
    desk.look()
    wait_until(lambda: bus.calls == 1)
    assert kept(desk) == [1]


def test_while_the_bus_is_down_large_events_hold_up_no_other(desk, outbox, monkeypatch):
    Bus(monkeypatch, *[ConnectionError("down")] * 5)
    for number in range(3):
        keep_and_tell(outbox, [event(number, at=number, text="x" * 200_000)])
    for number in range(3, 5):
        keep_and_tell(outbox, [event(number, at=number)])
    keep_and_tell(desk.function().outbox, [event(5, at=5)])
    assert numbers(desk) == [0, 1, 2, 3, 4, 5]
    assert kept(desk) == []


def test_of_many_functions_one_tells_what_waits_and_each_event_once(desk, outbox):
    outbox.keep(events(30))
    desk.move(AFTER)
    others = [desk.function().outbox for _ in range(4)]
    at_once(lambda number: others[number].sweep(), 4)
    assert sorted(numbers(desk)) == list(range(30))


def test_what_waits_is_told_though_the_function_that_was_telling_it_died(desk, outbox):
    outbox.keep(events(1))
    desk.move(AFTER)
    outbox._lease.acquire("dead", desk.move())
    assert outbox.sweep() == 0
    keep_and_tell(outbox, [event(2)])
    assert numbers(desk) == [2]
    desk.move(15)
    assert outbox.sweep() == 1


def test_many_that_wait_are_told_a_few_at_a_time_beside_other_work(desk, outbox):
    outbox.keep(events(45))
    desk.move(AFTER)
    keep_and_tell(outbox, [event(99, at=2)])
    assert numbers(desk)[-1] == 99
    assert len(desk.told) == 1 + 20
    assert desk.function().outbox.sweep() == 25


# ---------------------------------------------------------------- what cannot be told


def aside(desk):
    return [(item["detailType"]["S"], item["why"]["S"]) for item in desk.items("ASIDE")]


def test_what_is_larger_than_the_bus_takes_is_set_aside_and_the_change_it_tells_of_is_made(desk, outbox, metrics):
    change = Put({"pk": "CHANGE", "sk": "1"})
    large = event(1, text="\U0001f600" * 140_000)
    outbox.keep([large], [change])
    outbox.publish([large])
    keep_and_tell(outbox, [event(2)])
    assert numbers(desk) == [2]
    assert desk.items("CHANGE")
    [(kind, why)] = aside(desk)
    assert kind == "Call Started"
    assert why
    assert kept(desk) == []
    assert "EventsSetAside" in metrics()


@pytest.mark.parametrize("code", ["MalformedDetail", "InvalidArgument", "NotAuthorizedForDetailTypeException"])
def test_an_entry_that_the_bus_will_never_take_is_set_aside(desk, outbox, monkeypatch, metrics, code):
    put = aws.client("events").put_events

    def refuse_the_first(Entries):  # noqa: N803 - the API's own name
        refused = [one for one in Entries if json.loads(one["Detail"])["data"]["n"] == 1]
        answer = put(Entries=[one for one in Entries if one not in refused]) if len(Entries) > len(refused) else None
        good = iter(answer["Entries"] if answer else [])
        return {"Entries": [{"ErrorCode": code} if one in refused else next(good) for one in Entries]}

    monkeypatch.setattr(aws.client("events"), "put_events", refuse_the_first)
    keep_and_tell(outbox, events(4))
    assert numbers(desk) == [0, 2, 3]
    assert aside(desk) == [("Call Started", code)]
    assert kept(desk) == []
    assert metrics().count("EventsSetAside") == 1


def test_one_for_which_the_bus_refuses_the_whole_call_is_set_aside_and_the_others_are_told(desk, outbox, monkeypatch):
    put = aws.client("events").put_events

    def refuse(Entries):  # noqa: N803 - the API's own name
        if any(json.loads(one["Detail"])["data"]["n"] == 1 for one in Entries):
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "No."}}, "PutEvents")
        return put(Entries=Entries)

    monkeypatch.setattr(aws.client("events"), "put_events", refuse)
    keep_and_tell(outbox, events(4))
    assert numbers(desk) == [0, 2, 3]
    assert len(aside(desk)) == 1
    assert kept(desk) == []


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "ResourceNotFoundException"])
def test_what_the_bus_refuses_for_another_reason_waits(desk, outbox, monkeypatch, code):
    Bus(monkeypatch, ClientError({"Error": {"Code": code, "Message": "No."}}, "PutEvents"))
    keep_and_tell(outbox, events(2))
    assert numbers(desk) == []
    assert aside(desk) == []
    assert outbox.sweep() == 2


def test_a_kept_event_that_cannot_be_read_is_set_aside(desk, outbox):
    desk.services.gateway.write(Put({"pk": "OUTBOX", "sk": "0", "detail": "{", "detailType": "x"}))
    keep_and_tell(outbox, events(1))
    assert numbers(desk) == [0]
    assert [item["why"]["S"] for item in desk.items("ASIDE")] == ["it cannot be read"]
    assert desk.items("OUTBOX") == []


def test_an_event_that_an_earlier_version_kept_is_told(desk, outbox):
    detail = json.dumps({"metadata": json.loads(event(1).detail())["metadata"], "data": {"n": 7}})
    old = {"pk": "OUTBOX", "sk": event(1).id, "detailType": "Call Started", "detail": detail, "decidedAt": 1}
    desk.services.gateway.write(Put(old))
    assert outbox.sweep() == 1
    assert numbers(desk) == [7]
    assert desk.items("OUTBOX") == []


def test_telling_never_raises(desk, outbox, monkeypatch):
    Bus(monkeypatch, ValueError("odd"))
    keep_and_tell(outbox, events(1))
    assert kept(desk) == [0]


def test_what_is_kept_is_gone_some_day(desk, outbox):
    outbox.keep(events(1))
    [item] = desk.items("OUTBOX")
    assert int(item["expiration"]["N"]) == desk.move() // 1000 + KEEP_SECONDS


# ---------------------------------------------------------------- what an event says


def test_an_events_id_is_of_what_happened_alone():
    one = supervision(id="s1")
    started = of_supervision("Supervision Started", one)
    assert started.id == of_supervision("Supervision Started", one.replace(state="joined", correlationId="r2")).id
    others = [of_supervision("Supervision Ended", one), of_supervision("Supervision Started", one.replace(id="s2"))]
    assert len({started.id, *[other.id for other in others]}) == 3


def test_the_envelope():
    event = of_supervision("Supervision Started", supervision())
    detail = json.loads(event.detail())
    assert detail == {
        "metadata": {
            "version": "1",
            "id": event.id,
            "at": supervision().requestedAt,
            "correlationId": "r1",
            "requestedBy": "crm",
        },
        "data": supervision(id=detail["data"]["id"]).to_json(),
    }


def test_a_failure_holds_the_request_and_the_problem_as_the_api_puts_it():
    problem = HangupIncomplete("Some.", extra={"hungUp": [], "failed": ["1"]})
    event = of_failure("x", {"confId": "c1"}, problem, requested_by="crm", correlation_id="r1")
    assert event.detail_type == "Supervision Failed"
    assert event.data["request"] == {"confId": "c1"}
    assert event.data["problem"] == problem.as_dict()
    assert of_failure("y", {}, NotJoined("."), requested_by="crm", correlation_id="r1").id != event.id
