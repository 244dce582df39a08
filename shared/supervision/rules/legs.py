"""Which member of a conference is whom, and how sure that is.

The documented rule (Ytel's article): of the entries of `memberData` in JavaScript's order for object keys, A is the
last and B the one before it. Where A's `channelName` is the agent's number, A is the agent and B the contact;
otherwise B is the agent and A the contact. Here a leg that proves itself beats that "otherwise", on whichever side it
stands, and what is left to "otherwise" is marked as such: it may be shown, never relied on.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder
from msgspec.structs import astuple

from supervision.base.fast_json import loads
from supervision.rules.claims import Supervisor, claim, is_proven
from supervision.rules.conferences import Conference, count_named
from supervision.rules.fresh import FreshConference
from supervision.rules.ids import same_id
from supervision.rules.phone_numbers import same

AgentMatch = Literal["channelName", "callerId", "elimination"]


class User(Struct, frozen=True, gc=False):
    """One of the account's WebRTC users; an agent's number is its `webrtcNumber`. Ytel may mark it as not `active`."""

    clientId: str
    username: str
    webrtcNumber: str
    active: bool = True


class Leg(Struct, frozen=True, gc=False):
    """One entry of `memberData`. One whose data could not be read is not `readable`, and its texts are empty.

    `channel_name` is the number, or the channel, it is on; `caller_id` who calls, and an agent's leg can carry the
    client id there; `called_number` the number that was called; `call_sid` the leg's own call.
    """

    member_id: str
    readable: bool = False
    channel_name: str = ""
    caller_id: str = ""
    called_number: str = ""
    call_sid: str = ""


class Legs(Struct, frozen=True):
    """Who the members are. Ids are member ids; `supervisors` maps each supervisor's own leg to its supervision's id.

    `members` holds every leg that is described, in JavaScript's key order. `named_members` is Ytel's `members` as it
    came: it is counted when it is asked for. `phones` are those of the supervisors' legs that themselves prove to be a
    phone that was asked in.
    """

    members: tuple[Leg, ...]
    named_members: Any
    agent: str | None
    contact: str | None
    others: tuple[str, ...]
    supervisors: Mapping[str, str]
    phones: frozenset[str]
    match: AgentMatch | None
    user: User | None

    @property
    def named(self) -> int:
        """How many legs Ytel names, described or not."""
        return count_named(self.named_members)

    @property
    def known(self) -> bool:
        """Whether Ytel described every leg that it names. A leg that is named alone may be anybody's, and hears."""
        return bool(self.members) and self.named <= len(self.members)

    @property
    def proven(self) -> bool:
        """Whether the agent's leg proved itself, rather than being what was left over."""
        return self.agent is not None and self.match in ("channelName", "callerId")

    def own(self, supervision_id: str) -> list[str]:
        """The legs of one supervision."""
        return [member for member, id_ in self.supervisors.items() if id_ == supervision_id]


class FreshLegs(Legs, frozen=True):
    """Legs of members read from Ytel for this request. `read_fresh` alone makes them, of a FreshConference."""


def read_fresh(conference: FreshConference, user: User | None, supervisors: Sequence[Supervisor]) -> FreshLegs:
    """The legs of a conference that was read for this request; the rest as for `read_legs`."""
    if not isinstance(conference, FreshConference):
        raise TypeError("only a conference that was read for this request has fresh legs")
    return FreshLegs(*astuple(read_legs(conference.content, user, supervisors)))


def read_legs(conference: Conference, user: User | None, supervisors: Sequence[Supervisor] = ()) -> Legs:
    """Who is who on `conference`, whatever its shape: it never raises.

    `user` is the agent of its `client_id`, or None; `supervisors` are the supervisions under way on this call.
    """
    data = conference.members
    members = _in_javascript_order(data) if isinstance(data, dict) else ()
    own = claim(members, supervisors) if supervisors else {}
    rest = [leg for leg in members if leg.member_id not in own] if own else members
    agent, contact, match = _tell_apart(rest, user, conference) if user and rest else (None, None, None)
    others = tuple([leg.member_id for leg in rest if leg.member_id not in (agent, contact)])
    phones = _phones(members, own, supervisors) if own else frozenset()
    return Legs(members, conference.named_members, agent, contact, others, own, phones, match, user)


def _in_javascript_order(data: Mapping[str, Any]) -> tuple[Leg, ...]:
    return tuple([_read_leg(key, data[key]) for key in (sorted(data, key=_place) if len(data) > 1 else data)])


def _place(key: str) -> int:
    # JavaScript puts integer keys first, by value: canonical ones below 2 to the 32nd less one. The others stay as
    # they came, which a stable sort does with equal places.
    if key.isdecimal() and len(key) <= 10 and key.isascii() and (key[0] != "0" or key == "0"):
        place = int(key)
        return place if place < _NO_INTEGER else _NO_INTEGER
    return _NO_INTEGER


_NO_INTEGER = 4294967295


class LegData(Struct, gc=False):
    """What a leg's text says, where it says it as Ytel documents it."""

    channelName: str = ""
    callerId: str = ""
    calledNumber: str = ""
    callSid: str = ""


# Raises what msgspec raises where the text is no such JSON.
read_leg_data = Decoder(LegData).decode


def _read_leg(member_id: str, document: Any) -> Leg:
    try:
        data = read_leg_data(document)
    except (TypeError, ValueError, MsgspecError, RecursionError):
        return _read_odd_leg(member_id, document)
    return Leg(member_id, True, data.channelName, data.callerId, data.calledNumber, data.callSid)


def _read_odd_leg(member_id: str, document: Any) -> Leg:
    try:
        data = loads(document) if isinstance(document, str) else document
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return Leg(member_id)
    return Leg(member_id, True, *[written_number(data.get(name)) for name in LegData.__struct_fields__])


def written_number(value: Any) -> str:
    """A number as Ytel writes it, as a text or as a JSON number; empty where it is neither."""
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def _phones(members: Sequence[Leg], own: Mapping[str, str], supervisors: Sequence[Supervisor]) -> frozenset[str]:
    of = {one.id: one for one in supervisors}
    return frozenset(
        leg.member_id for leg in members if leg.member_id in own and is_proven(leg, of[own[leg.member_id]])
    )


def _tell_apart(legs: Sequence[Leg], user: User, conference: Conference) -> tuple[str | None, str | None, AgentMatch]:
    """Agent, contact and match of the legs that are no supervisor's; there is at least one.

    A leg proves to be the agent's by the agent's number as its `channelName`, or (inferred) by the agent's client id as
    its `callerId`. Evidence that contradicts itself proves nothing: two legs with a proof each, or a call both of whose
    numbers are the agent's own, as where a caller shows the agent's number.
    """
    by_number = [leg for leg in legs if same(leg.channel_name, user.webrtcNumber)]
    rest = [leg for leg in legs if leg not in by_number] if by_number else legs
    proofs = by_number + [leg for leg in rest if same_id(leg.caller_id, user.clientId)]
    if len(proofs) == 1 and not _calls_itself(user, conference):
        agent = proofs[0].member_id
        rest = [leg for leg in legs if leg is not proofs[0]]
        contact = _contact(rest, user, conference) or (rest[0].member_id if rest else None)
        return agent, contact, "channelName" if by_number else "callerId"
    return *_by_elimination(legs, user, conference), "elimination"


def _calls_itself(user: User, conference: Conference) -> bool:
    """Whether both numbers of the call are the agent's own."""
    details, own = conference.details, user.webrtcNumber
    return (
        details is not None
        and same(own, written_number(details.called_number))
        and same(own, written_number(details.caller_number))
    )


def _by_elimination(legs: Sequence[Leg], user: User, conference: Conference) -> tuple[str | None, str | None]:
    """The documented "otherwise", where no leg, or more than one, proved to be the agent's."""
    if len(legs) > 2:
        return None, _contact(legs, user, conference)
    last = legs[-1]
    if len(legs) == 1:
        return None, last.member_id
    before = legs[0]
    if same(last.channel_name, user.webrtcNumber):
        return last.member_id, before.member_id
    return before.member_id if before.readable else None, last.member_id


def _contact(legs: Sequence[Leg], user: User, conference: Conference) -> str | None:
    """The contact among legs of which none is the agent's for sure: alone, or the one with the customer's number."""
    if len(legs) == 1:
        return legs[0].member_id
    details = conference.details
    if details is None:
        return None
    inbound = same(user.webrtcNumber, written_number(details.called_number))
    customer = written_number(details.caller_number if inbound else details.called_number)
    fitting = [leg for leg in legs if same(leg.channel_name, customer)]
    return fitting[0].member_id if len(fitting) == 1 else None
