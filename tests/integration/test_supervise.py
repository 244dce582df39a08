"""Listen, whisper and barge: read, decide, record, dial, tell; and who hears whom afterwards."""

import pytest

from supervision.base.problems import NumberNotAllowed, TooManyDials
from tests.integration.desk import CRM, OTHER_PHONE, PHONE


@pytest.mark.parametrize(
    ("action", "hear_it"),
    [("listen", set()), ("whisper", {"agent"}), ("barge", {"agent", "contact"}), ("takeover", {"agent", "contact"})],
)
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
@pytest.mark.parametrize("legs", [("contact", "agent"), ("agent", "contact")])
def test_each_action_is_heard_by_whom_it_should_be(desk, action, hear_it, direction, legs):
    call = desk.call(direction=direction, legs=legs)
    desk.joined(action, call)
    assert desk.floor.roles_that_ever_heard(call, PHONE) == hear_it  # a take-over's agent may be released by now
    assert desk.ytel.complaints == []


@pytest.mark.parametrize(
    ("action", "hear_it"), [("listen", set()), ("whisper", {"agent", "supervisor"}), ("barge", None)]
)
def test_third_parties_are_kept_out_and_other_supervisors_hear_a_whisper(desk, action, hear_it):
    call = desk.call(legs=("third", "contact", "agent"), proof="callerId")
    desk.floor.garble(call, desk.floor.join(call, "third"), "{not json")
    desk.joined("listen", call, OTHER_PHONE)
    desk.joined(action, call)
    everyone = {"agent", "contact", "third", "supervisor"}
    assert desk.floor.roles_that_hear(call, PHONE) == (everyone if hear_it is None else hear_it)
    assert desk.floor.roles_that_hear(call, OTHER_PHONE) == {"supervisor"}


def test_the_supervision_is_answered_recorded_and_told(desk):
    call = desk.call()
    agent = desk.floor.user_of(desk.floor.call(call))
    now = desk.move()
    begun = desk.dialler.dial(desk.asked("whisper", call, "+1 (212) 555-0142"))
    wire = begun.to_json()
    assert {name: wire[name] for name in ("action", "confId", "to", "from", "noSpeakToList", "requestedBy")} == {
        "action": "whisper",
        "confId": call,
        "to": PHONE,
        "from": agent.number,
        "noSpeakToList": [desk.floor.member(call, "contact")],
        "requestedBy": "crm",
    }
    assert (wire["state"], wire["exposed"], wire["requestedAt"]) == ("dialing", False, now)
    assert desk.record(begun) == begun
    assert desk.open() == [begun.id]
    assert desk.types() == ["Supervision Started"]
    assert desk.told[0].data == wire
    assert desk.told[0].metadata == {
        "at": begun.requestedAt,
        "version": "1",
        "id": desk.told[0].metadata["id"],
        "correlationId": "correlation-1",
        "requestedBy": "crm",
    }
    assert desk.items("OUTBOX") == []


def test_one_call_is_read_and_one_dial_is_sent(desk):
    call = desk.call()
    desk.ytel.requests.reset()
    desk.dial("whisper", call)
    assert [(one.method, one.path.rsplit("/", 1)[1]) for one in desk.ytel.requests] == [
        ("GET", "conference"),
        ("POST", "participant"),
    ]


@pytest.mark.parametrize(
    ("listen_mute", "action", "mute"),
    [
        (False, "listen", False),
        (True, "listen", True),
        (True, "whisper", False),
        (True, "barge", False),
    ],
)
def test_a_listen_alone_can_be_muted(make_desk, listen_mute, action, mute):
    desk = make_desk(listen_mute=listen_mute)
    desk.dial(action, desk.call())
    [asked] = desk.ytel.requests.of("POST", "/participant$")
    assert asked.body["mute"] is mute
    assert asked.body["fullMember"] is False


def test_a_dial_puts_the_held_list_out_of_date(desk):
    call = desk.call()
    held = desk.services.floor.held()
    desk.move(1)
    assert desk.services.floor.held().as_of == held.as_of
    desk.dialler.dial(desk.asked("listen", call))
    desk.move(0.01)
    [row] = desk.services.floor.held().rows
    assert [(one["action"], one["state"]) for one in row["supervisors"]] == [("listen", "dialing")]


def test_the_accounts_own_phones_may_be_dialled(desk):
    supervisor = desk.floor.add_user("Sue", "Per", number="client:sue")
    call = desk.call()
    desk.joined("whisper", call, supervisor.number)
    assert desk.floor.roles_that_hear(call, supervisor.number) == {"agent"}


def test_dials_are_counted_by_client(make_desk):
    desk = make_desk(dials_per_minute=2)
    calls = [desk.call() for _ in range(3)]
    for call in calls[:2]:
        desk.dial("listen", call)
    with pytest.raises(TooManyDials):
        desk.dial("listen", calls[2])
    assert desk.dials() == 2
    desk.move(60)
    desk.dial("listen", calls[2])


def test_refusals_are_not_counted(make_desk):
    desk = make_desk(dials_per_minute=1)
    call = desk.call()
    for _ in range(3):
        with pytest.raises(NumberNotAllowed):
            desk.dial("listen", call, "+18095550142")
    desk.dial("listen", call, PHONE, CRM)
