"""The ordinary call, mapped without a detour: two legs, of which exactly one shows the agent's number. Pure.

Most calls of a floor of thousands are of this one shape. It is a short way through the rule of `legs` and `calls`, and
decides nothing by itself: where a call is of any other shape, or anything in it is odd, it gives None, and the rule is
asked. Where it gives a row, that is to the letter the rule's, and nothing of the call is odd.
"""

from typing import Any

from msgspec import MsgspecError, Raw, Struct, field
from msgspec.json import Decoder

from supervision.rules.conferences import Conference
from supervision.rules.ids import SHORTEST_UUID
from supervision.rules.legs import User, read_leg_data

_read_members = Decoder(dict[str, str]).decode


class OrdinaryRow(Struct, gc=False):
    """The row of an ordinary call, its fields in the order of `calls.row_of`."""

    confId: str
    status: str
    createdTime: int
    from_: str | None = field(name="from")
    to: str
    inbound: bool
    clientId: str
    username: str
    agentNumber: str
    contact: None
    contactId: str | None
    agentMemberId: str
    contactMemberId: str
    agentMatch: str
    otherMemberIds: tuple[()] = ()
    help: None = None
    supervisors: tuple[()] = ()


def ordinary_row(conference: Conference, created: int, user: User | None) -> OrdinaryRow | None:
    """The row of this call, `is_active`, of this agent, where it is ordinary and nobody supervises it; None elsewhere.

    `created` is its `created_time`, or 0. Both numbers that the agent's is held against must be written as E.164 has
    it. So two of them are one exactly where their texts are equal, as `phone_numbers.same` has it, and no other number
    of the call can be the agent's own. What the contact's leg shows as its caller must be no id.
    """
    details, data = conference.details, conference.memberData
    if user is None or details is None or not created or type(data) is not Raw:
        return None
    called, caller, client_id = details.called_number, details.caller_number, details.client_id
    if not (type(called) is type(caller) is type(client_id) is str and client_id):
        return None
    try:
        members = _read_members(data)
        agent, contact = members
        of_agent, of_contact = members.values()
        one, other = read_leg_data(of_agent), read_leg_data(of_contact)
    except (ValueError, MsgspecError, RecursionError):
        return None
    own = user.webrtcNumber
    if one.channelName != own:
        agent, contact, one, other = contact, agent, other, one
    inbound = called == own
    customer = caller if inbound else called
    if one.channelName != own or customer == own or not (_is_e164(own) and _is_e164(customer)):
        return None
    number, caller_id = other.channelName, other.callerId
    if number == own or not (number == customer or _is_e164(number)):
        return None
    if len(caller_id) >= SHORTEST_UUID or caller_id == user.clientId:
        return None  # it may prove to be the agent's too
    contact_id: Any = details.contact_id
    return OrdinaryRow(
        conference.confId,
        "active",
        created,
        caller or None,
        called,
        inbound,
        client_id,
        user.username,
        own,
        None,
        contact_id if type(contact_id) is str and contact_id else None,
        agent,
        contact,
        "channelName",
    )


def _is_e164(number: str) -> bool:
    return number[:1] == "+" and number[1:].isdecimal()
