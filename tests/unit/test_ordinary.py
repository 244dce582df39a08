"""The ordinary call's short way: where it gives a row, that is to the letter the rule's, of any call at all."""

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from supervision.base.fast_json import loads
from supervision.floor.anomalies import oddities_of
from supervision.floor.rows import row_line, row_lines
from supervision.rules.calls import active_call, created_time, is_active
from supervision.rules.conferences import loads_list, of_plain
from supervision.rules.ids import id_key
from supervision.rules.legs import User
from supervision.rules.ordinary import ordinary_row
from tests.unit.examples import examples
from tests.unit.strategies import AGENT, anything, conference, hostile_conferences, leg_document

OWN, CUSTOMER, THIRD = AGENT.webrtcNumber, "+17048135555", "+12125550142"
UUID = "C91F9B77-CE9D-4207-98E4-229B76A65551"
# Numbers that are the agent's, that only seem to be, that are another's, and that are none.
SEEM = ["5555280600", "(555) 528-0600", "+1555528060\u0660", "+1 704 813 5555", "+", "1001", "client:sue", ""]
NUMBERS = st.sampled_from([OWN, CUSTOMER, THIRD, *SEEM, None, 15555280600, UUID])
IDS = st.sampled_from([UUID, UUID.lower(), f"{{{UUID}}}", CUSTOMER, "x", "", None])
LEGS = st.builds(leg_document, NUMBERS, IDS) | st.sampled_from(
    ["{", '{"channelName":"\\q"}', '{"callSid":7}', '{"calledNumber":"\\ud800"}', 7, None]
)
LONG = "a" * 20_000


@st.composite
def nearly_ordinary(draw: st.DrawFn) -> tuple[dict[str, Any], User]:
    """A call, and its agent's user: ordinary, but for up to two things about them."""
    own, customer = draw(st.sampled_from([(OWN, CUSTOMER)] * 4 + [("5555280600", OWN), ("1001", CUSTOMER)]))
    called, caller = draw(st.permutations([own, customer]))
    user: dict[str, Any] = {"clientId": UUID, "username": "Ann Lee", "webrtcNumber": own}
    details: dict[str, Any] = {"client_id": UUID, "called_number": called, "caller_number": caller}
    both = [("503", leg_document(own, draw(IDS))), ("504", leg_document(customer, customer))]
    legs: dict[str, Any] = dict(draw(st.permutations(both)))
    raw = conference(details=details, memberData=legs)
    other: dict[str, st.SearchStrategy[None]] = {
        "user": st.fixed_dictionaries(
            {},
            optional={
                "clientId": st.sampled_from([CUSTOMER, "x", UUID.lower()]),
                "username": st.sampled_from(["", 'José \u2028 "O\'Neil"', "\ud800", LONG]),
                "webrtcNumber": NUMBERS.filter(lambda number: isinstance(number, str)),
            },
        ).map(lambda changes: user.update(changes)),
        "called": NUMBERS.map(lambda number: details.update(called_number=number)),
        "caller": NUMBERS.map(lambda number: details.update(caller_number=number)),
        "agent": IDS.map(lambda id_: details.update(client_id=id_)),
        "contact": st.sampled_from(["", None, 7, [], LONG]).map(lambda id_: details.update(contact_id=id_)),
        "leg": st.dictionaries(st.sampled_from(["503", "504", "7", "", '"']), LEGS, max_size=1).map(
            lambda changes: legs.update(changes)
        ),
        "started": st.sampled_from([978_307_200_000, 978_307_199_999, True, 1.0, None, "7"]).map(
            lambda at: raw.update(createdTime=at)
        ),
        "id": st.sampled_from(['quoted "é"', LONG]).map(lambda id_: raw.update(confId=id_)),
        "members": st.sampled_from([None, [], {"503": OWN}, json.dumps(legs)]).map(
            lambda data: raw.update(memberData=data)
        ),
    }
    for name in draw(st.lists(st.sampled_from([*other]), max_size=2)):
        draw(other[name])
    return raw, User(**user)


def read(raw, *, plain):
    return of_plain(raw) if plain else loads_list(json.dumps([raw]).encode())[0]


def short(one, user):
    return ordinary_row(one, created_time(one) or 0, user)


def ordinary(**legs):
    """An inbound call that takes the short way, but for what is changed of its legs."""
    both = {"503": leg_document(AGENT.webrtcNumber), "504": leg_document(CUSTOMER, CUSTOMER)}
    details = {"client_id": UUID, "called_number": AGENT.webrtcNumber, "caller_number": CUSTOMER}
    return conference(details=details, memberData=both | legs)


@examples(2000)
@given(nearly_ordinary() | st.tuples(hostile_conferences() | anything, st.none() | st.just(AGENT)), st.booleans())
def test_a_row_that_is_given_is_to_the_letter_the_rules(call, plain):
    raw, user = call
    one = read(raw, plain=plain)
    row = short(one, user) if is_active(one) else None
    event("of another shape" if row is None else "ordinary")
    if row is not None:
        assert row_lines([row]) == [row_line(active_call(one, {id_key(one.details.client_id): user}))]
        assert oddities_of(one) == ()


def test_rows_of_which_one_cannot_be_written_are_the_same_together():
    """Half of a surrogate pair, and a row out of all proportion."""
    names = ["Ann Lee", "\ud800", "a" * 20_000]
    one = read(ordinary(), plain=False)
    users = [User(UUID, name, AGENT.webrtcNumber) for name in names]
    rows = [row for user in users if (row := short(one, user))]
    assert row_lines(rows) == [row_line(active_call(one, {id_key(UUID): user})) for user in users]
    assert row_lines([]) == []
    assert [loads(line)["username"][:7] for line in row_lines(rows)] == ["Ann Lee", "\ud800", "aaaaaaa"]


@pytest.mark.parametrize("inbound", [True, False])
@pytest.mark.parametrize("agent_first", [True, False])
def test_the_ordinary_call_takes_it(inbound, agent_first):
    legs = {"503": leg_document(AGENT.webrtcNumber, UUID), "504": leg_document(CUSTOMER, CUSTOMER)}
    numbers = (AGENT.webrtcNumber, CUSTOMER) if inbound else (CUSTOMER, AGENT.webrtcNumber)
    details = dict(zip(("called_number", "caller_number"), numbers, strict=True))
    raw = conference(
        details={"client_id": UUID, **details}, memberData=legs if agent_first else dict(reversed(legs.items()))
    )
    row = short(read(raw, plain=False), AGENT)
    assert row is not None
    assert (row.agentMemberId, row.contactMemberId, row.inbound) == ("503", "504", inbound)


@pytest.mark.parametrize(
    ("raw", "user"),
    [
        (ordinary(), None),
        (ordinary(**{"504": leg_document(AGENT.webrtcNumber)}), AGENT),
        (ordinary(**{"504": leg_document(AGENT.webrtcNumber[2:])}), AGENT),
        (ordinary(**{"504": leg_document(CUSTOMER, UUID)}), User(UUID, "", AGENT.webrtcNumber)),
        (ordinary(**{"504": leg_document(CUSTOMER, UUID.lower())}), User(UUID, "", AGENT.webrtcNumber)),
        (ordinary(**{"504": leg_document(CUSTOMER, "x")}), User("x", "", AGENT.webrtcNumber)),
        (ordinary(**{"505": leg_document(THIRD)}), AGENT),
        (ordinary(**{"504": "{"}), AGENT),
        (ordinary(**{"503": leg_document(THIRD)}), AGENT),
        (ordinary(), User(UUID, "", "1001")),
        ({**ordinary(), "createdTime": None}, AGENT),
        ({**ordinary(), "details": None}, AGENT),
        ({**ordinary(), "memberData": None}, AGENT),
    ],
)
def test_what_is_odd_or_unsure_is_left_to_the_rule(raw, user):
    assert short(read(raw, plain=False), user) is None
