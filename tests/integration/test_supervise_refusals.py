"""Every refusal of a dial: its code, nothing sent to Ytel, nothing left on record."""

import pytest

from supervision.base.problems import (
    AlreadySupervising,
    Problem,
    YtelRateLimited,
    YtelRejected,
    YtelUnavailable,
)
from supervision.rules.caller import Caller
from supervision.rules.scopes import SCOPES
from tests.harness.fake_ytel.faults import EnvelopeFailure, Html, Reset, Status
from tests.integration.desk import OTHER_PHONE, PHONE

OTHER_CLIENT = Caller("wall", SCOPES)
ALL = ("listen", "whisper", "barge")
UNPROVEN = {"proof": None}


def refused(desk, action, call, to=PHONE, **caller):
    with pytest.raises(Problem) as problem:
        desk.dialler.dial(desk.asked(action, call, to, **caller))
    return problem.value.code


def assert_nothing_was_done(desk):
    assert desk.dials() == 0
    assert desk.items() == []
    assert desk.told == []


def test_a_call_that_is_not_there(desk):
    for call in ("no such call", "", "../x"):
        assert refused(desk, "listen", call) == "call_not_found"
    ended = desk.call(status="ended")
    assert refused(desk, "listen", ended) == "call_not_found"
    assert_nothing_was_done(desk)


@pytest.mark.parametrize(
    ("shape", "codes"),
    [
        ({"agent": None}, ("agent_not_proven", "agent_not_proven", "agent_not_proven")),
        ({"details": {"client_id": None}}, ("agent_not_proven", "agent_not_proven", "agent_not_proven")),
        ({"shape": {"memberData": None}}, ("members_unknown", "members_unknown", None)),
        ({"shape": {"memberData": []}}, ("members_unknown", "members_unknown", None)),
        ({"proof": None}, (None, "agent_not_proven", None)),
        ({"proof": None, "legs": ("contact", "agent", "third")}, (None, "agent_not_proven", None)),
        ({"legs": ("contact",)}, (None, "agent_not_proven", None)),
    ],
    ids=str,
)
@pytest.mark.parametrize("action", ALL)
def test_a_call_whose_agent_or_members_are_not_known(desk, shape, codes, action):
    call = desk.call(**shape)
    code = codes[ALL.index(action)]
    if code is None:
        desk.dial(action, call)
        assert desk.ytel.complaints == []
        return
    assert refused(desk, action, call) == code
    assert_nothing_was_done(desk)


def test_two_legs_with_the_agents_number_are_no_proof(desk):
    call = desk.call(proof="both")
    number = desk.floor.user_of(desk.floor.call(call)).number
    desk.floor.join(call, "third", number=number)
    assert refused(desk, "whisper", call) == "agent_not_proven"
    assert_nothing_was_done(desk)


@pytest.mark.parametrize("to", ["+18095550142", "+19005550142", "+442079460958", "+1911", "911", "x", "+15555280601"])
def test_a_number_that_may_not_be_dialled_is_refused_before_ytel_is_asked_of_the_call(desk, to):
    call = desk.call()
    desk.ytel.requests.reset()
    assert refused(desk, "listen", call, to) == "number_not_allowed"
    assert desk.ytel.requests.count("GET", "/conference$") == 0
    assert_nothing_was_done(desk)


def test_a_number_of_the_call_itself(desk):
    call = desk.call(contact=OTHER_PHONE, legs=("contact", "agent", "third"))
    listed = desk.floor.call(call)
    numbers = {leg.number for leg in listed.legs.values()} | {
        listed.details[one] for one in ("called_number", "caller_number")
    }
    assert len(numbers) == 3
    for number in numbers:
        for written in (number, f"+1 ({number[2:5]}) {number[5:8]}-{number[8:]}"):
            assert refused(desk, "barge", call, written) == "number_not_allowed"
    desk.floor.reshape(call, details={**listed.details, "called_number": int(PHONE[1:])}, memberData=None)
    assert refused(desk, "barge", call) == "number_not_allowed"
    assert_nothing_was_done(desk)


@pytest.mark.parametrize(
    "to",
    [
        "{own};tel:9005551234;phone-context=+1",
        "{own};tel:911",
        "tel:911;phone-context={own}",
        "{own}x",
        "+1 1 {contact}",
        "+1(0){contact}",
        "+121\u06632550142",
    ],
)
def test_what_a_lenient_parser_would_read_into_a_text_is_not_dialled(desk, to):
    call = desk.call(contact=OTHER_PHONE)
    own = desk.floor.user_of(desk.floor.call(call)).number
    written = to.format(own=own, contact=OTHER_PHONE[2:])
    bound = Caller("crm", SCOPES, phones=frozenset({own}))
    for caller in (OTHER_CLIENT, bound):
        assert refused(desk, "listen", call, written, caller=caller) == "number_not_allowed"
    assert_nothing_was_done(desk)


def test_an_agent_or_a_phone_that_the_caller_is_not_bound_to(desk):
    call = desk.call()
    agent = desk.floor.user_of(desk.floor.call(call)).client_id
    assert (
        refused(desk, "listen", call, caller=Caller("crm", SCOPES, agents=frozenset({"another"}))) == "call_not_found"
    )
    nobodys = desk.call(agent=None)
    assert refused(desk, "listen", nobodys, caller=Caller("crm", SCOPES, agents=frozenset({agent}))) == "call_not_found"
    bound = Caller("crm", SCOPES, phones=frozenset({OTHER_PHONE}))
    assert refused(desk, "listen", call, caller=bound) == "number_not_allowed"
    assert_nothing_was_done(desk)
    desk.dial("listen", call, OTHER_PHONE, Caller("crm", SCOPES, frozenset({agent}), frozenset({OTHER_PHONE})))


@pytest.mark.parametrize("fault", [Status(503), Status(500), Reset(), Html()], ids=str)
def test_a_call_that_cannot_be_read(desk, fault):
    call = desk.call()
    desk.ytel.faults.add("GET", "/conference$", fault, times=None)
    assert refused(desk, "listen", call) in ("ytel_unavailable", "ytel_invalid")
    assert_nothing_was_done(desk)


# ---------------------------------------------------------------- the phone is ringing or in the call


@pytest.mark.parametrize("state", ["ringing", "in the call"])
def test_a_phone_that_is_ringing_for_the_call_or_in_it(desk, state):
    call = desk.call()
    (desk.dial if state == "ringing" else desk.joined)("listen", call)
    assert refused(desk, "whisper", call) == "already_supervising"
    assert refused(desk, "listen", call, caller=OTHER_CLIENT) == "already_supervising"
    assert refused(desk, "barge", call, "+1 (212) 555-0142") == "already_supervising"
    desk.move(30)
    assert refused(desk, "listen", call) == "already_supervising"
    assert desk.dials() == 1
    desk.dial("whisper", call, OTHER_PHONE)


@pytest.mark.parametrize("state", ["ringing", "in the call"])
def test_the_same_request_within_half_a_minute_gets_the_supervision_that_is_under_way(desk, state):
    call = desk.call()
    begun = (desk.dial if state == "ringing" else desk.joined)("listen", call)
    again = desk.dialler.dial(desk.asked("listen", call, "+1 212-555-0142"))
    assert again.id == begun.id
    assert again.state == ("dialing" if state == "ringing" else "joined")
    assert desk.dials() == 1


def test_a_phone_that_has_left_may_be_asked_in_again(desk):
    call = desk.call()
    first = desk.joined("listen", call)
    desk.floor.leave(call, desk.floor.supervisor(call, PHONE))
    second = desk.joined("listen", call)
    assert first.id != second.id
    assert desk.record(first).state == "ended"
    assert desk.open() == [second.id]


# ---------------------------------------------------------------- Ytel refuses the dial


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Status(429, retry_after=7), YtelRateLimited),
        (Status(503, retry_after=7), YtelUnavailable),
        (Status(422), YtelRejected),
        (EnvelopeFailure(400), YtelRejected),
    ],
    ids=str,
)
def test_what_ytel_refuses_has_failed_and_may_be_asked_for_again(desk, fault, kind):
    call = desk.call()
    desk.ytel.faults.add("POST", "/participant$", fault)
    with pytest.raises(kind) as problem:
        desk.dial("whisper", call)
    assert problem.value.retry_after == getattr(fault, "retry_after", None)
    assert desk.open() == []
    [record] = [item for item in desk.everything() if item["pk"]["S"].startswith("SUPERVISION#")]
    assert record["state"]["S"] == "failed"
    assert kind.code in record["data"]["S"]
    assert desk.told == []
    desk.joined("whisper", call)
    assert desk.floor.roles_that_hear(call, PHONE) == {"agent"}


def test_where_nobody_listens_nothing_rang(desk):
    call = desk.call()
    reader, bring_in = desk.services.ytel, desk.services.ytel.bring_in

    def while_ytel_is_down(*args, **kwargs):
        with desk.ytel.down():
            bring_in(*args, **kwargs)

    vars(reader)["bring_in"] = while_ytel_is_down
    with pytest.raises(YtelUnavailable):
        desk.dial("listen", call)
    assert desk.open() == []


def test_another_phone_of_the_same_client_is_another_request(desk):
    call = desk.call()
    desk.dial("listen", call)
    desk.dial("listen", call, OTHER_PHONE)
    with pytest.raises(AlreadySupervising):
        desk.dial("barge", call, OTHER_PHONE)
    assert desk.dials() == 2
