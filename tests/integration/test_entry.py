"""A request from the bus: one that can never work is answered once, one that may work later is raised."""

import json
from typing import Any

import pytest

from supervision.api import entry, perform
from supervision.base import aws
from supervision.base.problems import (
    AgentNotProven,
    CallAmbiguous,
    CallNotFound,
    HangupIncomplete,
    InProgress,
    InvalidRequest,
    NumberNotAllowed,
    OutcomeUnknown,
    TooManyDials,
    TooManyRequests,
    YtelInvalid,
    YtelRateLimited,
    YtelRejected,
    YtelUnavailable,
)
from supervision.rules.caller import Caller
from supervision.rules.request import Done, Refused, Unknown
from supervision.rules.scopes import SCOPES
from supervision.table.secret import SecretUnavailable
from tests.integration.doors import Context

DONE = {"id": "s1"}
LATER = [InProgress, TooManyDials, TooManyRequests, YtelRateLimited, YtelUnavailable, YtelInvalid, HangupIncomplete]
NEVER = [InvalidRequest, CallNotFound, CallAmbiguous, AgentNotProven, NumberNotAllowed, YtelRejected, OutcomeUnknown]


def event(event_id="e1", source="crm.automations", **detail):
    asked = {"action": "whisper", "confId": "c1", "to": "+12125550142", "requestId": "r1", **detail}
    detail = {name: value for name, value in asked.items() if value is not None}
    return {"id": event_id, "source": source, "detail-type": "Supervision Requested", "detail": detail}


@pytest.fixture
def act(monkeypatch):
    """Stands for what is done on a request: raises its problems first. `requests` are those it was done for."""

    class Act:
        def __init__(self) -> None:
            self.problems: list[Exception] = []
            self.requests: list[Any] = []

        def __call__(self, request, services, opened=None):
            self.requests.append(request)
            if self.problems:
                problem = self.problems.pop(0)
                if isinstance(problem, OutcomeUnknown):
                    return Unknown(problem)
                if isinstance(problem, ConnectionError):
                    raise problem
                return Refused(problem)  # type: ignore[arg-type] # a Problem
            return Done(DONE)

    act = Act()
    monkeypatch.setattr(perform, "perform", act)
    return act


@pytest.fixture
def deliver(desk):
    def deliver(delivered, *actions):
        return entry.handle(None, lambda: desk.services, delivered, Context(), *(actions or ("whisper",)))  # type: ignore[arg-type]

    return deliver


def test_a_request_is_acted_on_once_however_often_it_is_delivered(desk, deliver, act):
    assert deliver(event("e1")) == {"done": DONE}
    assert [deliver(event(event_id)) for event_id in ("e1", "e2")] == [{"acted": "before", "done": DONE}] * 2
    [request] = act.requests
    assert (request.caller.client, request.name, request.correlation_id) == ("source:crm.automations", "r1", "r1")
    assert request.caller.may("whisper")
    assert desk.told == []


def test_without_a_request_id_it_is_the_events_own(deliver, act):
    for event_id in ("e1", "e1", "e2"):
        deliver(event(event_id, requestId=None))
    assert [one.name for one in act.requests] == ["e1", "e2"]


def test_a_request_id_may_be_a_whole_number(deliver, act):
    for event_id in ("e1", "e2"):
        deliver(event(event_id, requestId=7))
    assert [one.name for one in act.requests] == ["7"]


@pytest.mark.parametrize("request_id", ["", ["r1"], "x" * 256, 7.5, True, {}], ids=repr)
def test_any_other_request_id_is_refused(desk, deliver, act, request_id):
    assert deliver(event(requestId=request_id)) == {"refused": "invalid_request"}
    assert act.requests == []
    assert desk.of_type("Supervision Failed").metadata["correlationId"] == "e1"


def test_request_ids_belong_to_their_source(deliver, act):
    for source in ("crm.automations", "another", "crm.automations"):
        deliver(event(source=source))
    assert len(act.requests) == 2


@pytest.mark.parametrize("kind", NEVER, ids=lambda kind: kind.__name__)
def test_what_can_never_work_is_answered_once_and_not_tried_again(desk, deliver, act, kind):
    problem = kind("Because.", extra={"hungUp": []})
    act.problems = [problem]
    assert deliver(event("e1")) == {"refused": kind.code}
    for event_id in ("e1", "e2"):
        assert deliver(event(event_id))["acted"] == "before"
    assert len(act.requests) == 1
    failed = desk.of_type("Supervision Failed")
    assert failed.data == {"request": event()["detail"], "problem": problem.as_dict()}
    assert (failed.metadata["requestedBy"], failed.metadata["correlationId"]) == ("source:crm.automations", "r1")
    assert failed.metadata["at"] == desk.move()


@pytest.mark.parametrize("kind", LATER, ids=lambda kind: kind.__name__)
def test_what_may_work_later_is_raised_and_works_later(desk, deliver, act, kind):
    act.problems = [kind("Not now."), kind("Not now.")]
    for _ in range(2):
        with pytest.raises(kind):
            deliver(event())
    assert deliver(event()) == {"done": DONE}
    assert desk.told == []


def test_what_is_unforeseen_is_raised_for_another_try(deliver, act):
    act.problems = [ConnectionError("the table is down")]
    with pytest.raises(ConnectionError):
        deliver(event())
    assert deliver(event()) == {"done": DONE}


def test_a_request_id_that_stood_for_another_request_is_refused_each_time_it_comes(desk, deliver, act):
    deliver(event("e1"))
    for event_id in ("e2", "e2", "e3"):
        assert deliver(event(event_id, confId="c2")) == {"refused": "invalid_request"}
    assert len(act.requests) == 1
    assert {one.metadata["id"] for one in desk.told} == {one.metadata["id"] for one in (desk.told[0], desk.told[2])}
    assert [one.data["request"]["confId"] for one in desk.told] == ["c2"] * 3


@pytest.mark.parametrize("action", [None, "barge", "monitor", ["whisper"], 7], ids=repr)
def test_what_asks_for_another_action_than_this_functions_is_refused(deliver, act, action):
    assert deliver(event(action=action)) == {"refused": "invalid_request"}
    assert act.requests == []


@pytest.mark.parametrize("detail", [None, [], "x", 7], ids=repr)
def test_a_detail_that_is_no_object_is_refused(desk, deliver, detail):
    assert deliver({**event(), "detail": detail}) == {"refused": "invalid_request"}
    assert desk.of_type("Supervision Failed").data["request"] == {}


def deep(levels):
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


EXTREMES: dict[str, dict[str, Any]] = {
    "large": {"note": "x" * 250_000},
    "of 140 KB of emoji": {"note": "\U0001f600" * 35_000},
    "of many fields": {f"note-{number}": "x" * 900 for number in range(280)},
    "of many long names": {"\U0001f600" * 250 + str(number): 1 for number in range(140)},
    "nested 500 deep": {"note": deep(500)},
    "nested very deep": {"note": deep(100_000)},
    "nested deep in objects": {"note": json.loads('{"a":' * 500 + "1" + "}" * 500)},
}


@pytest.mark.parametrize("more", EXTREMES.values(), ids=EXTREMES)
def test_a_refusal_is_told_whatever_the_size_and_the_depth_of_its_request(desk, deliver, act, more):
    act.problems = [CallNotFound("No.")]
    assert deliver(event(**more)) == {"refused": "call_not_found"}
    told = desk.of_type("Supervision Failed")
    assert told.data["request"].items() >= event()["detail"].items()
    assert len(json.dumps(told.data)) < 70_000
    assert desk.items("ASIDE") == []


@pytest.mark.parametrize("field", ["to", "confId", "requestId", "action", "supervisionId"])
@pytest.mark.parametrize("value", ["\U0001f600" * 35_000, deep(500), {"x": deep(500)}], ids=["emoji", "list", "object"])
def test_a_field_that_is_far_too_large_or_too_deep_is_refused_in_an_event(desk, deliver, act, field, value):
    assert deliver(event(**{field: value})) == {"refused": "invalid_request"}
    assert field not in desk.of_type("Supervision Failed").data["request"]
    assert act.requests == []


def test_a_request_that_is_too_old_is_refused(desk, deliver, act):
    old = {**event(), "time": "2024-03-07T21:52:23Z"}  # 900 s before the desk's time, less a fraction of a second
    assert deliver(old) == {"done": DONE}
    assert deliver({**event("e2", requestId="r2"), "time": "2024-03-07T21:52:22Z"}) == {"refused": "too_old"}
    assert len(act.requests) == 1
    assert desk.of_type("Supervision Failed").data["problem"]["code"] == "too_old"


def test_what_was_acted_on_in_time_is_not_too_old_when_it_comes_again(desk, deliver, act):
    deliver({**event(), "time": "2024-03-07T22:07:22Z"})
    desk.move(1000)
    assert deliver({**event(), "time": "2024-03-07T22:07:22Z"}) == {"acted": "before", "done": DONE}
    assert desk.told == []


def test_a_name_used_again_a_day_later_tells_another_failure_under_another_id(desk, deliver, act):
    act.problems = [CallNotFound("No."), AgentNotProven("No.")]
    deliver(event("e1"))
    desk.move(24 * 3600)
    deliver(event("e2"))
    first, second = desk.told
    assert first.metadata["id"] != second.metadata["id"]


def test_a_failure_that_could_not_be_kept_is_raised_and_the_request_tried_again(desk, deliver, act, monkeypatch):
    act.problems = [CallNotFound("No."), CallNotFound("No.")]

    def fail(**_):
        raise ConnectionError("the table is down")

    with monkeypatch.context() as patched:
        patched.setattr(aws.client("dynamodb"), "transact_write_items", fail)
        with pytest.raises(ConnectionError):
            deliver(event())
    desk.move(30)
    assert deliver(event()) == {"refused": "call_not_found"}
    assert desk.types() == ["Supervision Failed"]


# ---------------------------------------------------------------- which call is meant


def test_a_call_is_named_by_itself_or_by_the_agent_who_is_on_it(desk, deliver):
    call = desk.call()
    agent = desk.floor.user_of(desk.floor.call(call))
    for number, named in enumerate(({"confId": call}, {"clientId": agent.client_id}, {"agentNumber": agent.number})):
        asked = {"confId": None, "requestId": f"r{number}", "to": f"+1212555014{number}", **named}
        assert deliver(event(**asked))["done"]["confId"] == call
    assert deliver(event(confId=None, clientId="nobody", requestId="nobody")) == {"refused": "call_not_found"}


@pytest.mark.parametrize(
    "detail",
    [{}, {"confId": ""}, {"confId": 7}, {"clientId": []}, {"agentNumber": "1" * 256}, {"confId": "c1", "to": None}],
)
def test_what_names_no_call_or_no_phone_is_an_invalid_request(deliver, detail):
    assert deliver(event(**{"confId": None, **detail})) == {"refused": "invalid_request"}


def test_a_request_that_names_a_call_and_an_agent_who_is_not_on_it_is_invalid(desk, deliver):
    call, other = desk.call(), desk.call()
    agent = desk.floor.user_of(desk.floor.call(other))
    for number, named in enumerate(({"clientId": agent.client_id}, {"agentNumber": agent.number})):
        asked = event(confId=call, requestId=f"r{number}", **named)
        assert deliver(asked) == {"refused": "invalid_request"}
        assert deliver(event("e2", action="hangup", confId=call, requestId=f"h{number}", **named), "hangup") == {
            "refused": "invalid_request"
        }
    assert desk.dials() == 0
    assert desk.floor.is_active(call)


# ---------------------------------------------------------------- how many calls of AWS


def test_a_warm_whisper_makes_eight_calls_of_aws_one_after_another(desk, monkeypatch):
    from dataclasses import replace

    desk.dial("whisper", desk.call())
    call = desk.call()
    asked: list[str] = []
    clients: list[Any] = [aws.client("dynamodb"), aws.client("events")]
    for client in clients:

        def noted(operation, parameters, make=client._make_api_call):
            asked.append(f"{operation} {json.dumps(parameters, default=str)}")
            return make(operation, parameters)

        monkeypatch.setattr(client, "_make_api_call", noted)
    outcome = entry.act(replace(desk.asked("whisper", call), name="a key"), desk.services)
    assert isinstance(outcome, Done)
    # The held list is put out of date side by side with the others. The update counts the reading, and one of the
    # queries looks for events that wait.
    in_turn = [one.split()[0] for one in asked if "outOfDateAt" not in one]
    assert sorted(in_turn) == sorted(
        [
            "PutItem",
            "UpdateItem",
            "Query",
            "Query",
            "TransactWriteItems",
            "TransactWriteItems",
            "PutEvents",
            "DeleteItem",
        ]
    )


# ---------------------------------------------------------------- who asks

ENTRY = {"key": "a-key-of-sixteen", "scopes": ["calls:whisper"], "agents": ["a-1"], "phones": ["+12125550142"]}


def test_a_request_from_a_clients_source_is_the_clients(desk, deliver, act):
    desk.set_clients({"crm": {**ENTRY, "source": "crm.automations"}})
    deliver(event())
    deliver(event(source="another"))
    mine, others = [request.caller for request in act.requests]
    assert (mine.client, mine.scopes, mine.agents, mine.phones) == (
        "crm",
        {"calls:whisper"},
        {"a-1"},
        {"+12125550142"},
    )
    assert (others.client, others.scopes, others.agents, others.phones) == ("source:another", SCOPES, set(), set())


@pytest.mark.parametrize("listed", [True, False])
def test_a_request_for_which_there_is_no_scope_is_refused_once(make_desk, listed):
    desk = make_desk(bus_sources="listed")
    entry_of_another = {**ENTRY, "scopes": ["calls:listen"], "source": "crm.automations" if listed else "another"}
    desk.set_clients({"crm": entry_of_another})
    for event_id in ("e1", "e2"):
        entry.handle(None, lambda: desk.services, event(event_id), Context(), "whisper")  # type: ignore[arg-type]
    failed = desk.of_type("Supervision Failed")
    assert failed.data["problem"]["code"] == "forbidden"
    assert failed.metadata["requestedBy"] == ("crm" if listed else "source:crm.automations")
    assert desk.dials() == 0


@pytest.mark.parametrize("text", [None, "{"])
def test_while_it_is_not_known_whose_a_source_is_nothing_is_done_and_lambda_asks_again(desk, deliver, act, text):
    vault = aws.client("secretsmanager")
    if text is None:
        vault.delete_secret(SecretId="clients", ForceDeleteWithoutRecovery=True)
    else:
        vault.put_secret_value(SecretId="clients", SecretString=text)
    with pytest.raises((SecretUnavailable, ValueError)):
        deliver(event())
    assert act.requests == []
    assert desk.told == []
    if text is None:
        vault.create_secret(Name="clients", SecretString="{}")
    desk.set_clients({})
    desk.move(61)
    assert deliver(event()) == {"done": DONE}


def test_the_sources_that_are_nobodys_share_one_limit(make_desk):
    desk = make_desk(dials_per_minute=1)
    desk.dial("listen", desk.call(), caller=Caller("source:one", SCOPES))
    with pytest.raises(TooManyDials):
        desk.dial("listen", desk.call(), caller=Caller("source:another", SCOPES))
    desk.dial("listen", desk.call(), caller=Caller("crm", SCOPES))
