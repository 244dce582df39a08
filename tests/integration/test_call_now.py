"""The plan, which dials nobody and says what a dial would do; and the call that an agent is on."""

import pytest

from supervision.actions.plan import plan
from supervision.base.problems import CallAmbiguous, CallNotFound, InvalidRequest, Problem, YtelUnavailable
from supervision.rules.caller import Caller
from tests.integration.desk import CRM, OTHER_PHONE, PHONE

DIALLED = ("listen", "whisper", "barge")


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"proof": "callerId", "legs": ("third", "agent", "contact")},
        {"proof": None},
        {"agent": None},
        {"shape": {"memberData": None}},
        {"legs": ("contact",)},
    ],
    ids=str,
)
@pytest.mark.parametrize("action", DIALLED)
def test_a_dial_does_what_the_plan_says(desk, shape, action):
    call = desk.call(**shape)
    planned = plan(desk.services.reader, CRM, action, call)
    assert desk.dials() == 0
    assert desk.items() == []
    if "refused" in planned:
        with pytest.raises(Problem) as refusal:
            desk.dial(action, call)
        assert planned["refused"] == {"code": refusal.value.code, "detail": refusal.value.detail}
        assert "hears" not in planned
        return
    begun = desk.dial(action, call)
    assert planned["noSpeakToList"] == list(begun.noSpeakToList)
    assert planned["hears"] == list(begun.hears)
    desk.floor.answer(call, PHONE)
    heard_by = desk.floor.who_hears(call, desk.floor.supervisor(call, PHONE))
    assert set(planned["hears"]) == (heard_by if shape.get("shape") is None else set())


def test_the_plan_of_a_hang_up_names_who_would_be_disconnected(desk):
    call = desk.call(proof=None)
    desk.joined("listen", call)
    planned = plan(desk.services.reader, CRM, "hangup", call)
    assert planned == {
        "confId": call,
        "action": "hangup",
        "agentMatch": "elimination",
        "noSpeakToList": desk.floor.members(call),
        "hears": [],
    }


def test_other_supervisors_hear_a_whisper_and_the_plan_says_so(desk):
    call = desk.call()
    desk.joined("listen", call, OTHER_PHONE)
    assert plan(desk.services.reader, CRM, "whisper", call)["hears"] == [
        desk.floor.member(call, "agent"),
        desk.floor.supervisor(call, OTHER_PHONE),
    ]


def test_what_cannot_be_planned(desk):
    with pytest.raises(InvalidRequest, match="action"):
        plan(desk.services.reader, CRM, "monitor", desk.call())
    with pytest.raises(CallNotFound):
        plan(desk.services.reader, CRM, "listen", "no such call")


def test_nothing_held_stands_in_for_a_reading(desk):
    call = desk.call()
    desk.services.floor.held()
    plan(desk.services.reader, CRM, "listen", call)
    with desk.ytel.down(), pytest.raises(YtelUnavailable):
        plan(desk.services.reader, CRM, "listen", call)


# ---------------------------------------------------------------- the call that an agent is on


@pytest.mark.parametrize("named_by", ["client id", "number", "number written otherwise"])
def test_the_one_call_that_an_agent_is_on(desk, named_by):
    call = desk.call()
    desk.call()
    agent = desk.floor.user_of(desk.floor.call(call))
    number = agent.number if named_by == "number" else f"({agent.number[2:5]}) {agent.number[5:8]} {agent.number[8:]}"
    asked = (agent.client_id, None) if named_by == "client id" else (None, number)
    assert desk.services.reader.of_agent(*asked, CRM) == call


def test_an_agent_on_several_calls_or_on_none(desk):
    agent = desk.floor.add_user()
    for calls in range(3):
        if calls == 0:
            with pytest.raises(CallNotFound):
                desk.services.reader.of_agent(agent.client_id, None, CRM)
        if calls == 2:
            with pytest.raises(CallAmbiguous):
                desk.services.reader.of_agent(agent.client_id, None, CRM)
            with pytest.raises(CallAmbiguous):
                desk.services.reader.of_agent(None, agent.number, CRM)
        desk.call(agent=agent)
    desk.call(agent=agent, status="ended")
    desk.call(agent=None)
    with pytest.raises(CallNotFound):
        desk.services.reader.of_agent("nobody", "+13125550100", CRM)


def test_a_call_that_is_not_the_callers_is_none_and_makes_no_other_ambiguous(desk):
    one, other = desk.floor.add_user(), desk.floor.add_user()
    call, others = desk.call(agent=one), [desk.call(agent=other), desk.call(agent=other)]
    bound = Caller("crm", agents=frozenset({one.client_id.upper().replace("-", "")}))
    assert desk.services.reader.read_as(bound, call).agent.clientId == one.client_id
    assert desk.services.reader.of_agent(one.client_id, None, bound) == call
    with pytest.raises(CallNotFound):
        desk.services.reader.of_agent(other.client_id, None, bound)
    with pytest.raises(CallNotFound):
        plan(desk.services.reader, bound, "listen", others[0])
    with pytest.raises(CallNotFound):
        desk.services.reader.read_as(bound, desk.call(agent=None))
