"""The event door: what can never work is answered and done with, what may work later is raised; nothing twice."""

import pytest

from supervision.api import events
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
    YtelInvalid,
    YtelRateLimited,
    YtelRejected,
    YtelUnavailable,
)
from supervision.table.requests import _store
from tests.integration.doors import Context

DONE = {"supervision": {"id": "s1"}}
LATER = [InProgress, TooManyDials, YtelRateLimited, YtelUnavailable, YtelInvalid, HangupIncomplete]
NEVER = [InvalidRequest, CallNotFound, CallAmbiguous, AgentNotProven, NumberNotAllowed, YtelRejected, OutcomeUnknown]


def event(event_id="e1", source="crm.automations", **detail):
    asked = {"action": "whisper", "confId": "c1", "to": "+12125550142", "requestId": "r1", **detail}
    detail = {name: value for name, value in asked.items() if value is not None}
    return {"id": event_id, "source": source, "detail-type": "Supervision Requested", "detail": detail}


class Act:
    """What is done on a request; raises its problems first."""

    def __init__(self, *problems):
        self.problems, self.requests = list(problems), []

    def __call__(self, request):
        self.requests.append(request)
        if self.problems:
            raise self.problems.pop(0)
        return DONE


@pytest.fixture
def deliver(desk):
    _store.cache_clear()  # it holds the client of an earlier test

    def deliver(act, delivered, action="whisper"):
        return events.on_request(
            delivered, Context(), action=action, table=desk.table, outbox=desk.parts.outbox, act=act
        )

    return deliver


def test_a_request_is_acted_on_once_however_often_it_is_delivered(desk, deliver):
    act = Act()
    assert [deliver(act, event(event_id)) for event_id in ("e1", "e1", "e2")] == [DONE] * 3
    [request] = act.requests
    assert (request.caller.client, request.id) == ("crm.automations", "r1")
    assert request.caller.may("whisper")
    assert desk.told == []


@pytest.mark.parametrize("request_id", [None, "", 7, ["r1"], "x" * 256])
def test_without_a_request_id_it_is_the_events_own(deliver, request_id):
    act = Act()
    for event_id in ("e1", "e1", "e2"):
        deliver(act, event(event_id, requestId=request_id))
    assert [one.id for one in act.requests] == ["e1", "e2"]


def test_request_ids_belong_to_their_source(deliver):
    act = Act()
    for source in ("crm.automations", "another", "crm.automations"):
        deliver(act, event(source=source))
    assert len(act.requests) == 2


@pytest.mark.parametrize("kind", NEVER, ids=lambda kind: kind.__name__)
def test_what_can_never_work_is_answered_once_and_not_tried_again(desk, deliver, kind):
    act = Act(kind("Because.", extra={"hungUp": []}))
    for event_id in ("e1", "e1", "e2"):
        assert deliver(act, event(event_id)) == {"code": kind.code}
    assert len(act.requests) == 1
    failed = desk.of_type("Supervision Failed")
    assert failed.data == {"request": event()["detail"], "problem": kind("Because.", extra={"hungUp": []}).as_dict()}
    assert (failed.metadata["requestedBy"], failed.metadata["correlationId"]) == ("crm.automations", "r1")


@pytest.mark.parametrize("kind", LATER, ids=lambda kind: kind.__name__)
def test_what_may_work_later_is_raised_and_works_later(desk, deliver, kind):
    act = Act(kind("Not now."), kind("Not now."))
    for _ in range(2):
        with pytest.raises(kind):
            deliver(act, event())
    assert deliver(act, event()) == DONE
    assert desk.told == []


def test_what_is_unforeseen_is_raised_for_another_try(desk, deliver):
    act = Act(ConnectionError("the table is down"))
    with pytest.raises(ConnectionError):
        deliver(act, event())
    assert deliver(act, event()) == DONE


def test_a_request_id_that_stood_for_another_request_is_refused_each_time_it_comes(desk, deliver):
    act = Act()
    deliver(act, event("e1"))
    for event_id in ("e2", "e2", "e3"):
        assert deliver(act, event(event_id, confId="c2")) == {"code": "invalid_request"}
    assert len(act.requests) == 1
    assert {one.metadata["id"] for one in desk.told} == {one.metadata["id"] for one in (desk.told[0], desk.told[2])}
    assert [one.data["request"]["confId"] for one in desk.told] == ["c2"] * 3


@pytest.mark.parametrize("action", [None, "barge", "monitor", ["whisper"], 7])
def test_what_asks_for_another_action_than_this_functions_is_refused(desk, deliver, action):
    act = Act()
    assert deliver(act, event(action=action)) == {"code": "invalid_request"}
    assert act.requests == []


@pytest.mark.parametrize("detail", [None, [], "x", 7])
def test_a_detail_that_is_no_object_is_refused(desk, deliver, detail):
    assert deliver(Act(), {**event(), "detail": detail}) == {"code": "invalid_request"}
    assert desk.of_type("Supervision Failed").data["request"] == {}


def test_a_failure_that_could_not_be_kept_is_raised_and_the_request_tried_again(desk, deliver, monkeypatch):
    act = Act(CallNotFound("No."), CallNotFound("No."))

    def fail(*_):
        raise ConnectionError("the table is down")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.parts.outbox), "keep", fail)
        with pytest.raises(ConnectionError):
            deliver(act, event())
    assert deliver(act, event()) == {"code": "call_not_found"}
    assert desk.types() == ["Supervision Failed"]


# ---------------------------------------------------------------- which call is meant


def asked(**detail):
    return events.EventRequest(detail, None, "r1")  # type: ignore[arg-type]


def test_a_call_is_named_by_itself_or_by_the_agent_who_is_on_it(desk):
    call = desk.call()
    agent = desk.floor.user_of(desk.floor.call(call))
    for named in ({"confId": call}, {"clientId": agent.client_id}, {"agentNumber": agent.number}):
        assert asked(**named).conf_id(desk.parts.reader) == call
    assert asked(confId="c1", clientId=agent.client_id).conf_id(desk.parts.reader) == "c1"
    with pytest.raises(CallNotFound):
        asked(clientId="nobody").conf_id(desk.parts.reader)


@pytest.mark.parametrize("detail", [{}, {"confId": ""}, {"confId": 7}, {"clientId": []}, {"agentNumber": "1" * 256}])
def test_a_call_that_is_not_named_is_an_invalid_request(desk, detail):
    with pytest.raises(InvalidRequest):
        asked(**detail).conf_id(desk.parts.reader)


def test_events_are_told_from_requests_over_http():
    assert events.is_from_bus(event())
    assert not events.is_from_bus({"version": "2.0", "routeKey": "POST /calls/{confId}/whisper"})
