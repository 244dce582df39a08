"""Conferences and users at random: sound ones as Ytel documents them, and anything at all in every place."""

import json
from typing import Any

from hypothesis import strategies as st

from supervision.rules.claims import Supervisor
from supervision.rules.legs import User
from supervision.rules.phone_numbers import PhoneNumber

AGENT = User("c91f9b77-ce9d-4207-98e4-229b76a6555", "Ann Lee", "+15555280600")
PHONE = PhoneNumber("+12125550142")

e164 = st.integers(2_000_000_000, 9_999_999_999).map(lambda digits: PhoneNumber(f"+1{digits}"))
member_ids = st.one_of(
    st.integers(0, 1100).map(str),
    st.integers(2**32 - 3, 2**33).map(str),
    st.sampled_from(["007", "-1", "1.5", "abc", "00", "١٢", "1e3", ""]),
    st.text(max_size=4),
)

# Anything JSON can say; texts that mean something to the rules among them.
anything: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(max_size=20),
        st.sampled_from([AGENT.clientId, AGENT.webrtcNumber, PHONE, "active", "{", "null", "[]", '{"channelName":1}']),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def leg_document(channel: Any, caller: Any = None, sid: str = "11") -> str:
    """A leg as Ytel writes one: a JSON document in a text."""
    fields = {"callSid": sid, "channelName": channel, "callerId": caller, "calledNumber": channel}
    return json.dumps({name: value for name, value in fields.items() if value is not None})


leg_documents = st.one_of(
    st.builds(
        leg_document,
        e164 | st.sampled_from([AGENT.webrtcNumber, "1 (555) 528-0600", PHONE]) | st.none() | st.integers(),
        e164 | st.just(AGENT.clientId) | st.none(),
    ),
    st.sampled_from(["{not json", "", "null", "[1]", '"text"', "7"]),
    anything,
)


@st.composite
def two_legs(draw: st.DrawFn) -> dict[str, Any]:
    """A call of two sound legs, of which none, one or both show the agent's number."""
    numbers = st.just(AGENT.webrtcNumber) | e164
    ids = draw(st.lists(member_ids, min_size=2, max_size=2, unique=True))
    return conference(memberData={key: leg_document(draw(numbers), draw(e164)) for key in ids})


@st.composite
def hostile_conferences(draw: st.DrawFn) -> Any:
    """A conference of which any field may be anything, or missing; or no conference at all."""
    fields = {
        "confId": st.text(max_size=8) | anything,
        "status": st.just("active") | anything,
        "createdTime": st.integers() | anything,
        "details": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("called_number", "caller_number", "contact_id"), e164 | anything)
        ).map(lambda details: {"client_id": AGENT.clientId, **details})
        | anything,
        "members": anything,
        "memberData": st.dictionaries(member_ids, leg_documents, max_size=6) | anything,
    }
    return draw(st.fixed_dictionaries({}, optional=fields) | anything)


@st.composite
def listed_conferences(draw: st.DrawFn) -> dict[str, Any]:
    """A call of zero to six legs of any kind, with the agent's client id on it."""
    return conference(memberData=draw(st.dictionaries(member_ids, leg_documents, max_size=6) | anything))


@st.composite
def supervisors_of(draw: st.DrawFn, raw: dict[str, Any]) -> list[Supervisor]:
    """Up to two supervisors under way on this call, who may be on it, under a leg that was seen or not."""
    data = raw.get("memberData")
    here = list(data) if isinstance(data, dict) else []
    legs = st.lists(st.sampled_from(here), max_size=2).map(tuple) if here else st.just(tuple[str, ...]())
    before = st.frozensets(st.sampled_from(here)) if here else st.just(frozenset[str]())
    phones = draw(st.lists(st.just(PHONE) | e164, max_size=2, unique=True))
    return [
        Supervisor(f"s{n}", "whisper", "joined", False, to, draw(before), draw(legs)) for n, to in enumerate(phones)
    ]


def conference(**changes: Any) -> dict[str, Any]:
    """An active call of the agent's, outbound; no members but those of `changes`."""
    details = {
        "called_number": "+17048135555",
        "caller_number": "+18445285555",
        "client_id": AGENT.clientId,
        "contact_id": "a1133d83",
    }
    raw = {"confId": "5555776a", "status": "active", "createdTime": 1709849242672, "details": details}
    return {**raw, "members": None, "memberData": None, **changes}
