"""Conferences and users -> the active calls: Ytel's own samples, and each line of what the contract says of a call."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.rules.calls import active_call, agent_of, client_id_of, is_active, users_by_id
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import of_plain
from supervision.rules.ids import same_id
from supervision.rules.legs import User
from supervision.rules.phone_numbers import PhoneNumber
from tests.harness.fake_ytel import SAMPLES
from tests.unit.by_the_rule import active_calls, in_order
from tests.unit.examples import examples
from tests.unit.strategies import AGENT, anything, conference, hostile_conferences, leg_document

NOW = 1_709_849_242_672
USERS = {AGENT.clientId: AGENT}
TWO = {"503": leg_document("+17048135555"), "504": leg_document(AGENT.webrtcNumber)}


def test_ytels_own_samples():
    listed = json.loads(Path(SAMPLES).read_text())["payload"]
    (first, _), (second, _) = active_calls(map(of_plain, listed), USERS)
    assert second == {
        "confId": "5555776a-564f-4805-ada6-e770c66d7368",
        "status": "active",
        "createdTime": 1709849242672,
        "from": "+18445285555",
        "to": "+17048135555",
        "inbound": False,
        "clientId": "c91f9b77-ce9d-4207-98e4-229b76a6555",
        "username": "Ann Lee",
        "agentNumber": "+15555280600",
        "contact": None,
        "contactId": "a1133d83-d0a9-4d69-80ce-355bf72e555",
        "agentMemberId": "504",
        "contactMemberId": "503",
        "agentMatch": "channelName",
        "otherMemberIds": [],
        "help": None,
        "supervisors": [],
    }
    assert first["confId"] == "ff403f07-66fd-40b1-b1ef-9ac6bed00000"
    assert [first[name] for name in ("agentMatch", "agentMemberId", "username", "inbound")] == [None] * 4
    assert (first["from"], first["to"]) == ("+15556650000", "+15552323232")


def test_a_call_is_inbound_where_the_agents_number_was_called():
    called = {"called_number": AGENT.webrtcNumber, "caller_number": "+17048135555", "client_id": AGENT.clientId}
    assert active_call(of_plain(conference(details=called)), USERS)["inbound"] is True
    assert (
        active_call(of_plain(conference(details={**called, "called_number": "15555280600"})), USERS)["inbound"] is True
    )
    assert active_call(of_plain(conference(details={**called, "called_number": None})), USERS)["inbound"] is False
    assert active_call(of_plain(conference(details=called)), {})["inbound"] is None


def test_a_call_of_no_known_user_is_listed_with_its_members():
    call = active_call(of_plain(conference(memberData=TWO)), {})
    assert call["otherMemberIds"] == ["503", "504"]
    assert [call[name] for name in ("agentMemberId", "contactMemberId", "agentMatch", "username", "agentNumber")] == (
        [None] * 5
    )
    assert call["clientId"] == AGENT.clientId


@pytest.mark.parametrize("field", ["members", "memberData", "details", "createdTime"])
@pytest.mark.parametrize("value", [None, [], "x", 7, {}, True])
def test_what_cannot_be_read_is_null_and_the_call_is_listed(field, value):
    [(call, _)] = active_calls([of_plain(conference(**{field: value}))], USERS)
    assert call["confId"] == "5555776a"
    if field == "details":
        assert [call[name] for name in ("from", "to", "clientId", "contactId")] == [None] * 4
    if field == "createdTime":
        assert call["createdTime"] is None


def test_a_field_that_is_missing_is_null():
    assert active_call(of_plain({"confId": "1", "status": "active"}), USERS)["createdTime"] is None


def test_the_supervisors_under_way_stand_on_their_call():
    on_call = Supervisor(
        "s1", "whisper", "joined", True, PhoneNumber("+12125550142"), frozenset({"503", "504"}), ("505",)
    )
    data = {**TWO, "505": leg_document("+12125550142")}
    [(call, _)] = active_calls([of_plain(conference(memberData=data))], USERS, {"5555776a": [on_call]})
    shown = {"id": "s1", "action": "whisper", "state": "joined", "exposed": True, "requestedBy": ""}
    assert call["supervisors"] == [shown]
    assert call["otherMemberIds"] == []


@pytest.mark.parametrize("status", ["ended", "Active", None, True, ["active"]])
def test_only_active_calls_are_listed(status):
    assert not [*active_calls([of_plain(conference(status=status))], USERS)]


@pytest.mark.parametrize("conf_id", [None, "", 7, ["1"]])
def test_a_conference_without_an_id_is_no_call(conf_id):
    assert not is_active(of_plain(conference(confId=conf_id)))


@pytest.mark.parametrize(
    "seconds",
    [1_709_849_242, 1_709_849_242.672, 978_307_199_999, 1_709_849_242_672_000, True, "1709849242672", 2**63],
)
def test_a_time_that_cannot_be_is_null(seconds):
    assert active_call(of_plain(conference(createdTime=seconds)), USERS)["createdTime"] is None


def test_ids_are_compared_as_uuids_where_both_are():
    users = users_by_id([{"clientId": "{C91F9B77CE9D420798E4229B76A65550}", "webrtcNumber": 15558280600}])
    details = {"client_id": "c91f9b77-ce9d-4207-98e4-229b76a65550", "called_number": 15558280600}
    legs = {"1": leg_document("+1", "C91F9B77-CE9D-4207-98E4-229B76A65550"), "2": leg_document("+2")}
    call = active_call(of_plain(conference(details=details, memberData=legs)), users)
    assert (call["agentNumber"], call["inbound"], call["agentMatch"]) == ("15558280600", True, "callerId")
    assert not same_id("not-a-uuid", "NOT-A-UUID")
    assert not same_id("", "")


def test_a_user_who_is_not_active_is_known_and_marked():
    users = users_by_id(
        [{"clientId": "a", "status": "inactive"}, {"clientId": "b", "status": "active"}, {"clientId": "c"}]
    )
    assert [user.active for user in users.values()] == [False, True, True]


def test_the_oldest_comes_first_then_the_lower_id():
    listed = [
        of_plain(conference(confId=conf_id, createdTime=created))
        for conf_id, created in (("c", NOW + 2), ("b", NOW + 1), ("a", NOW + 2), ("d", None))
    ]
    lines = [line for line, _ in in_order(active_calls(listed, USERS))]
    assert [json.loads(line)["confId"] for line in lines] == ["d", "b", "a", "c"]


@examples(200)
@given(st.lists(hostile_conferences(), max_size=3), st.lists(hostile_conferences(), max_size=3))
def test_no_conference_raises_or_hides_another(before, after):
    good = conference(confId="the good one", memberData=TWO)
    calls = [call for call, _ in active_calls(map(of_plain, [*before, good, *after]), USERS)]
    [shown] = [call for call in calls if call["confId"] == "the good one"]
    assert shown == active_call(of_plain(good), USERS)
    assert len(calls) == 1 + sum(map(is_active, map(of_plain, [*before, *after])))
    json.dumps(calls)


# ---------------------------------------------------------------- users


def user(client_id, number, **names):
    return {"clientId": client_id, "firstName": "Ann", "lastName": "Lee", "webrtcNumber": number, **names}


def test_of_several_users_of_one_id_the_last_is_the_agent():
    assert users_by_id([user("1", "+1"), user("2", "+2"), user("1", "+3")])["1"] == User("1", "Ann Lee", "+3")


def test_users_that_name_nobody_are_passed_over_and_names_may_be_missing():
    listed = [None, "x", [], {}, user("", "+1"), user(7, "+1"), user("1", None, firstName=None)]
    assert users_by_id(listed) == {"1": User("1", "Lee", "")}


@given(st.lists(anything | st.fixed_dictionaries({"clientId": anything}), max_size=4))
def test_no_user_raises(listed):
    users_by_id(listed)


@pytest.mark.parametrize("details", [None, {}, {"client_id": None}, {"client_id": ["x"]}, {"client_id": "nobody"}])
def test_a_call_that_names_nobody_known_has_no_agent(details):
    assert agent_of(of_plain(conference(details=details)), USERS) is None
    assert client_id_of(of_plain(conference(details=details))) == (
        "nobody" if details and details.get("client_id") == "nobody" else None
    )
