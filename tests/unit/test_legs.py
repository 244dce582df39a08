"""Which leg is whose, example by example: every line of the contract's "A call in the list"."""

import json

import pytest
from msgspec.structs import astuple

from supervision.rules.claims import Supervisor
from supervision.rules.conferences import of_plain
from supervision.rules.fresh import FreshConference
from supervision.rules.legs import FreshLegs, User, read_fresh, read_legs
from tests.unit.strategies import AGENT, PHONE, conference, leg_document

CUSTOMER = "+17048135555"
TRUNK = "+12125550100"
AGENTS = leg_document(AGENT.webrtcNumber)
AGENTS_BY_CLIENT = leg_document(TRUNK, AGENT.clientId)
CUSTOMERS = leg_document(CUSTOMER)
UNPROVEN = leg_document(TRUNK)
BROKEN = "{not json"


def legs_of(*documents, user=AGENT, supervisors=(), first=500, **changes):
    data = {str(first + n): document for n, document in enumerate(documents)}
    return read_legs(of_plain(conference(memberData=data, **changes)), user, supervisors)


def told(legs):
    return legs.agent, legs.contact, legs.others, legs.match


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        # the documented rule matched, on the last leg
        ((CUSTOMERS, AGENTS), ("501", "500", (), "channelName")),
        # a proof on the other leg beats "otherwise", and comes to the same
        ((AGENTS, CUSTOMERS), ("500", "501", (), "channelName")),
        # the second proof, on either leg; the documented rule would have the wrong leg in the first
        ((UNPROVEN, AGENTS_BY_CLIENT), ("501", "500", (), "callerId")),
        ((AGENTS_BY_CLIENT, UNPROVEN), ("500", "501", (), "callerId")),
        # the documented "otherwise"
        ((UNPROVEN, CUSTOMERS), ("500", "501", (), "elimination")),
        # both legs show the agent's number: neither is proven; who is whom is still as documented
        ((AGENTS, AGENTS), ("501", "500", (), "elimination")),
        ((AGENTS_BY_CLIENT, AGENTS_BY_CLIENT), ("500", "501", (), "elimination")),
        # the number decides where the two proofs disagree: that is the documented rule
        ((AGENTS, AGENTS_BY_CLIENT), ("500", "501", (), "elimination")),
        # one leg alone
        ((UNPROVEN,), (None, "500", (), "elimination")),
        ((AGENTS,), ("500", None, (), "channelName")),
        ((AGENTS_BY_CLIENT,), ("500", None, (), "callerId")),
        # what cannot be read is a member, and never the agent
        ((BROKEN, AGENTS), ("501", "500", (), "channelName")),
        ((BROKEN, CUSTOMERS), (None, "501", ("500",), "elimination")),
        ((CUSTOMERS, BROKEN), ("500", "501", (), "elimination")),
        ((BROKEN, BROKEN), (None, "501", ("500",), "elimination")),
        ((BROKEN,), (None, "500", (), "elimination")),
        # more than two: the proven one, the customer's number, and the others
        ((AGENTS, CUSTOMERS, UNPROVEN), ("500", "501", ("502",), "channelName")),
        ((AGENTS, UNPROVEN, CUSTOMERS), ("500", "502", ("501",), "channelName")),
        ((UNPROVEN, BROKEN, AGENTS_BY_CLIENT), ("502", "500", ("501",), "callerId")),
        # more than two, none proven: nobody is taken for the agent
        ((UNPROVEN, CUSTOMERS, UNPROVEN), (None, "501", ("500", "502"), "elimination")),
        ((UNPROVEN, UNPROVEN, UNPROVEN), (None, None, ("500", "501", "502"), "elimination")),
        ((AGENTS, AGENTS, CUSTOMERS), (None, "502", ("500", "501"), "elimination")),
        ((CUSTOMERS, CUSTOMERS, UNPROVEN), (None, None, ("500", "501", "502"), "elimination")),
    ],
)
def test_who_is_who(documents, expected):
    assert told(legs_of(*documents)) == expected


def test_without_such_a_user_every_leg_is_an_other_member():
    assert told(legs_of(CUSTOMERS, AGENTS, user=None)) == (None, None, ("500", "501"), None)


@pytest.mark.parametrize(
    "document",
    [
        '{"channelName":15555280600}',
        '{"channelName":"+15555280600","callerId":null,"calledNumber":["x"]}',
        '{"channelName":"+15555280600","callSid":"\\ud800"}',
        '{"channelName":"+15555280600","callSid":NaN}',
        '{"channelName":"elsewhere","channelName":"+15555280600"}',
        {"channelName": "+15555280600"},
    ],
)
def test_a_leg_that_is_not_quite_as_documented_is_read_all_the_same(document):
    assert told(legs_of(CUSTOMERS, document)) == ("501", "500", (), "channelName")


@pytest.mark.parametrize("data", [None, {}, [], "{}", 7, True])
def test_members_that_are_not_given_are_not_known(data):
    legs = read_legs(of_plain(conference(memberData=data)), AGENT)
    assert told(legs) == (None, None, (), None)
    assert not legs.known
    assert not legs.proven


@pytest.mark.parametrize("match", ["channelName", "callerId"])
def test_only_a_leg_that_proved_itself_is_proven(match):
    assert legs_of(CUSTOMERS, AGENTS if match == "channelName" else AGENTS_BY_CLIENT).proven
    assert not legs_of(CUSTOMERS, UNPROVEN).proven


def test_a_user_without_a_number_or_a_leg_without_a_channel_proves_nothing():
    nameless = User(AGENT.clientId, "Ann", "")
    assert legs_of(leg_document(None), leg_document(""), user=nameless).match == "elimination"
    assert legs_of(leg_document(None), CUSTOMERS).match == "elimination"


def test_the_customer_of_an_inbound_call_is_who_called():
    details = {"called_number": AGENT.webrtcNumber, "caller_number": CUSTOMER, "client_id": AGENT.clientId}
    assert legs_of(UNPROVEN, AGENTS, CUSTOMERS, details=details).contact == "502"


@pytest.mark.parametrize("own", [AGENT.webrtcNumber, int(AGENT.webrtcNumber.lstrip("+")), "1 (555) 528-0600"])
def test_a_call_both_of_whose_numbers_are_the_agents_own_proves_nothing(own):
    both = {"called_number": own, "caller_number": AGENT.webrtcNumber, "client_id": AGENT.clientId}
    assert legs_of(CUSTOMERS, AGENTS, details=both).match == "elimination"
    for name in ("called_number", "caller_number"):
        one = {**both, name: CUSTOMER}
        assert legs_of(CUSTOMERS, AGENTS, details=one).match == "channelName"


@pytest.mark.parametrize("details", [None, [], "x", {"called_number": 17048135555}])
def test_details_that_cannot_be_read_leave_the_oldest_of_the_rest_as_the_contact(details):
    expected = "502" if isinstance(details, dict) else "501"
    assert legs_of(AGENTS, UNPROVEN, CUSTOMERS, details=details).contact == expected


# ---------------------------------------------------------------- supervisors' own legs


def supervisor(*, leg=(), before=("500", "501"), to=PHONE, id_="s1"):
    return Supervisor(id_, "whisper", "joined", False, to, frozenset(before), tuple(leg))


def test_a_supervisors_leg_is_no_party_to_the_call():
    legs = legs_of(CUSTOMERS, AGENTS, leg_document("1 (212) 555-0142"), supervisors=[supervisor()])
    assert told(legs) == ("501", "500", (), "channelName")
    assert legs.supervisors == {"502": "s1"}


def test_beside_a_supervisor_two_legs_are_told_apart_as_two():
    legs = legs_of(UNPROVEN, CUSTOMERS, leg_document(PHONE), supervisors=[supervisor()])
    assert told(legs) == ("500", "501", (), "elimination")


def test_who_was_on_the_call_before_the_dial_is_not_the_supervisor():
    legs = legs_of(CUSTOMERS, AGENTS, leg_document(PHONE), supervisors=[supervisor(before=("500", "501", "502"))])
    assert legs.supervisors == {}
    assert legs.others == ("502",)


def test_a_leg_once_seen_is_the_supervisors_whatever_it_shows_and_no_other_is():
    assert legs_of(CUSTOMERS, AGENTS, BROKEN, supervisors=[supervisor(leg=["502"])]).supervisors == {"502": "s1"}
    gone = legs_of(CUSTOMERS, AGENTS, leg_document(PHONE), supervisors=[supervisor(leg=["499"])])
    assert gone.supervisors == {}


def test_each_supervisor_has_one_leg():
    both = [supervisor(), supervisor(id_="s2", to="+12125550143")]
    legs = legs_of(
        CUSTOMERS,
        AGENTS,
        leg_document("+12125550143"),
        leg_document(PHONE),
        leg_document(PHONE),
        supervisors=both,
    )
    assert legs.supervisors == {"502": "s2", "503": "s1"}
    assert legs.others == ("504",)


# ---------------------------------------------------------------- fresh


def test_fresh_legs_are_those_of_a_conference_read_for_the_request():
    content = of_plain(conference(memberData={"500": CUSTOMERS, "501": AGENTS}))
    fresh = read_fresh(FreshConference("5555776a", content, 1), AGENT, ())
    assert type(fresh) is FreshLegs
    assert astuple(fresh) == astuple(read_legs(content, AGENT))
    with pytest.raises(TypeError, match=r"^only a conference that was read for this request has fresh legs$"):
        read_fresh(type("Held", (), {"content": content})(), AGENT, ())


@pytest.mark.parametrize("call_sid", ["s1", 7, None])
def test_a_leg_bears_the_sid_of_its_call(call_sid):
    data = json.dumps({"channelName": "+12125550142", "callSid": call_sid})
    [leg] = read_legs(of_plain({"confId": "1", "status": "active", "memberData": {"1": data}}), None).members
    assert leg.call_sid == (str(call_sid) if call_sid else "")


def test_a_leg_has_the_numbers_that_stand_in_its_data():
    data = json.dumps({"channelName": "+12125550142", "callerId": "+12125550143", "calledNumber": "+12125550144"})
    [leg] = read_legs(of_plain({"confId": "1", "status": "active", "memberData": {"1": data}}), None).members
    assert (leg.channel_name, leg.caller_id, leg.called_number) == ("+12125550142", "+12125550143", "+12125550144")
