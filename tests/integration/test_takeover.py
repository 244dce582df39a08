"""Take-over: the agent's leg alone goes, once the supervisor is seen on the call, and the customer is never alone."""

import pytest

from supervision.base.problems import AgentNotProven
from supervision.table.repository import Supervisions
from tests.harness.fake_ytel.faults import Status
from tests.integration.desk import OTHER_PHONE, PHONE


@pytest.fixture
def call(desk):
    return desk.call()


def test_the_agent_is_released_once_the_supervisor_is_seen_and_that_is_told_once(desk, call, monkeypatch):
    counted: list[str] = []
    monkeypatch.setattr("supervision.actions.guard.add_metric", counted.append)
    begun = desk.dial("takeover", call)
    desk.look()
    assert len(desk.floor.members(call, "agent")) == 1, "the phone rings"
    desk.floor.answer(call, PHONE)
    desk.look()
    assert desk.floor.members(call, "agent") == []
    assert desk.record(begun).agentReleasedAt is None, "not seen yet"
    for _ in range(3):
        desk.look()
    released = desk.of_type("Agent Released")
    assert released.data["agentReleasedAt"] == released.metadata["at"] == desk.record(begun).agentReleasedAt
    assert released.data["id"] == begun.id
    assert counted == ["AgentsReleased"]
    assert desk.types() == ["Supervision Started", "Supervision Joined", "Agent Released"]
    assert desk.floor.is_in(call, PHONE)
    assert len(desk.floor.members(call, "contact")) == 1


def test_other_supervisors_and_third_parties_stay(desk, call):
    third = desk.floor.join(call, "third")
    desk.joined("listen", call, OTHER_PHONE)
    desk.joined("takeover", call)
    assert desk.floor.members(call, "agent") == []
    assert third in desk.floor.members(call)
    assert desk.floor.is_in(call, OTHER_PHONE)


def test_an_agent_who_is_not_proven_is_not_taken_over_from(desk):
    with pytest.raises(AgentNotProven):
        desk.dial("takeover", desk.call(proof=None))
    assert desk.dials() == 0


def test_where_the_supervisor_has_gone_since_the_reading_the_agent_stays(desk, call):
    """Between the list that showed them and the disconnect."""
    desk.dial("takeover", call)
    desk.floor.answer(call, PHONE)
    looked = desk.services.guard.look(desk.services.ytel.conferences(), desk.services.users.by_id())
    desk.floor.leave(call, desk.floor.supervisor(call, PHONE))
    looked.settle()
    desk.look()
    assert len(desk.floor.members(call, "agent")) == 1
    assert "Agent Released" not in desk.types()


def test_where_the_proof_has_gone_since_the_reading_the_agent_stays(desk, call):
    desk.dial("takeover", call)
    desk.floor.answer(call, PHONE)
    looked = desk.services.guard.look(desk.services.ytel.conferences(), desk.services.users.by_id())
    desk.floor.garble(call, desk.floor.member(call, "agent"), "{not json")
    looked.settle()
    desk.look()
    assert len(desk.floor.members(call, "agent")) == 1


def test_where_the_supervisor_was_asked_to_leave_meanwhile_the_agent_stays(desk, call):
    begun = desk.dial("takeover", call)
    desk.floor.answer(call, PHONE)
    other = desk.function()
    looked = other.guard.look(other.ytel.conferences(), other.users.by_id())
    kept = Supervisions.open

    def asked_meanwhile(supervisions, conf_id=None):
        record = desk.record(begun)
        if record.ending is None:
            assert supervisions.save(record.replace(ending="left")) is not None
        return kept(supervisions, conf_id)

    vars(other.guard.supervisions)["open"] = lambda conf_id=None: asked_meanwhile(desk.services.supervisions, conf_id)
    looked.settle()
    assert len(desk.floor.members(call, "agent")) == 1


def test_a_reading_that_is_too_old_disconnects_nobody(desk, call):
    """Lambda stops a function whose answer is given, and goes on with it at the next request."""
    desk.dial("takeover", call)
    desk.floor.answer(call, PHONE)
    read = desk.services.ytel.conference

    def slowly(conf_id):
        found = read(conf_id)
        desk.move(6)
        return found

    vars(desk.services.ytel)["conference"] = slowly
    desk.look()
    assert len(desk.floor.members(call, "agent")) == 1


def test_a_disconnect_that_fails_is_made_again_on_each_reading(desk, call):

    desk.ytel.faults.add("DELETE", "/participant/", Status(503), times=2)
    desk.joined("takeover", call)
    for _ in range(2):
        assert len(desk.floor.members(call, "agent")) == 1
        desk.look()
    assert desk.floor.members(call, "agent") == []


def test_a_request_for_the_call_is_decided_on_what_it_read_and_releases_nobody(desk, call):
    desk.dial("takeover", call)
    desk.floor.answer(call, PHONE)
    reads = desk.ytel.requests.count("GET")
    desk.services.reader.read(call)
    assert desk.ytel.requests.count("GET") == reads + 1
    assert len(desk.floor.members(call, "agent")) == 1
    desk.look()
    assert desk.floor.members(call, "agent") == []


def test_the_time_limit_does_not_leave_the_customer_alone(make_desk):
    desk = make_desk(max_seconds=60.0)
    call = desk.call()
    desk.joined("takeover", call)
    for _ in range(3):
        desk.move(60)
        desk.look()
    assert desk.floor.is_in(call, PHONE)
