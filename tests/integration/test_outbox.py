"""Events are told once in the ordinary case and at least once in every case: partial failures, outages, deaths."""

import json
from typing import Any

import pytest

from supervision.base import aws
from supervision.base.problems import HangupIncomplete, NotJoined
from supervision.table.outbox import ENTRIES, KEEP_SECONDS, SWEEP_AFTER_MS, Event, of_failure, of_supervision
from tests.integration.test_supervisions import supervision

AFTER = SWEEP_AFTER_MS / 1000 + 0.001


@pytest.fixture
def outbox(desk):
    return desk.parts.outbox


def events(number):
    return [Event("Call Started", f"call-{n}", {"n": n}, "watch_calls", "r1", 1) for n in range(number)]


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
    assert outbox.sweep() == 0, "too soon: its own function may be at it"
    desk.move(AFTER)
    assert outbox.sweep() == 2
    assert sorted(numbers(desk)) == [0, 1, 2, 3, 4]
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
