"""Who must not hear the supervisor: the contract's table, row by row and at random."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.base.problems import AgentNotProven, Conflict, ContactNotJoined, MembersUnknown
from supervision.rules.actions import ACTIONS, DIALLED
from supervision.rules.audience import Audience, decide, require_company, to_disconnect
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import of_plain
from supervision.rules.fresh import FreshConference
from supervision.rules.legs import User, read_fresh, read_legs
from tests.unit.examples import examples
from tests.unit.strategies import AGENT, PHONE, conference, leg_document, listed_conferences, supervisors_of

CONTACT, AGENTS, THIRD, SUPERVISORS = (
    leg_document("+17048135555"),
    leg_document(AGENT.webrtcNumber),
    leg_document("+13125550100"),
    leg_document(PHONE),
)
UNPROVEN = leg_document("+12125550100")
ON_THE_CALL = Supervisor("s1", "listen", "joined", False, PHONE, frozenset({"500", "501"}))


def fresh(*documents, user=AGENT, supervisors=(), data=...):
    members = {str(500 + n): document for n, document in enumerate(documents)} if data is ... else data
    raw = conference(memberData=members)
    return read_fresh(FreshConference(raw["confId"], of_plain(raw), 1), user, supervisors)


def decided(action, *documents, **kwargs):
    audience = decide(action, fresh(*documents, **kwargs))
    return audience.no_speak_to, audience.hears


# ---------------------------------------------------------------- barge: nobody is kept out


@pytest.mark.parametrize("documents", [(CONTACT, AGENTS), (UNPROVEN, CONTACT), (CONTACT, AGENTS, THIRD), ("{",)])
def test_a_barge_is_heard_by_all(documents):
    assert decided("barge", *documents) == ((), tuple(str(500 + n) for n in range(len(documents))))


def test_a_barge_needs_no_members_and_no_proof():
    assert decided("barge", data=None) == ((), ())


@pytest.mark.parametrize("documents", [(CONTACT, AGENTS), (CONTACT, AGENTS, THIRD)])
def test_a_takeover_is_heard_by_all(documents):
    assert decided("takeover", *documents) == ((), tuple(str(500 + n) for n in range(len(documents))))


# ---------------------------------------------------------------- listen: every member is kept out


@pytest.mark.parametrize("documents", [(CONTACT, AGENTS), (UNPROVEN, CONTACT), (CONTACT, AGENTS, "{not json"), ("{",)])
def test_a_listen_is_heard_by_nobody(documents):
    assert decided("listen", *documents) == (tuple(str(500 + n) for n in range(len(documents))), ())


def test_a_listen_is_kept_from_other_supervisors_too():
    assert decided("listen", CONTACT, AGENTS, SUPERVISORS, supervisors=[ON_THE_CALL]) == (("500", "501", "502"), ())


# ---------------------------------------------------------------- whisper: all but the agent and other supervisors


@pytest.mark.parametrize(
    ("documents", "kept_out", "hears"),
    [
        ((CONTACT, AGENTS), ("500",), ("501",)),
        ((AGENTS, CONTACT), ("501",), ("500",)),
        ((UNPROVEN, leg_document("+12125550100", AGENT.clientId)), ("500",), ("501",)),
        ((CONTACT, AGENTS, THIRD), ("500", "502"), ("501",)),
        ((CONTACT, AGENTS, "{not json"), ("500", "502"), ("501",)),
        (("{not json", AGENTS), ("500",), ("501",)),
    ],
)
def test_a_whisper_is_heard_by_the_proven_agent_alone(documents, kept_out, hears):
    assert decided("whisper", *documents) == (kept_out, hears)


def test_other_supervisors_hear_a_whisper():
    kept_out, hears = decided("whisper", CONTACT, AGENTS, SUPERVISORS, supervisors=[ON_THE_CALL])
    assert (kept_out, hears) == (("500",), ("501", "502"))


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("action", DIALLED)
@pytest.mark.parametrize("user", [None, User(AGENT.clientId, "Ann Lee", "")])
def test_without_the_agents_number_nothing_is_dialled(action, user):
    with pytest.raises(AgentNotProven, match="number to call from"):
        decided(action, CONTACT, AGENTS, user=user)


@pytest.mark.parametrize("action", ["listen", "whisper"])
@pytest.mark.parametrize("data", [None, {}, [], "503"])
def test_members_that_are_unknown_cannot_be_kept_out(action, data):
    with pytest.raises(MembersUnknown):
        decided(action, data=data)


@pytest.mark.parametrize(
    "documents",
    [(UNPROVEN, CONTACT), (AGENTS, AGENTS), (UNPROVEN,), ("{not json", CONTACT), (CONTACT, "{"), (CONTACT, THIRD, "{")],
)
@pytest.mark.parametrize("action", ["whisper", "takeover"])
def test_a_whisper_and_a_takeover_need_a_leg_that_proved_itself(action, documents):
    with pytest.raises(AgentNotProven, match="No leg"):
        decided(action, *documents)


def test_there_are_no_other_actions():
    for action in ("monitor", "hangup"):
        with pytest.raises(ValueError, match="no such action"):
            decided(action, CONTACT, AGENTS)


# ---------------------------------------------------------------- hang-up


def test_a_hang_up_disconnects_every_member_supervisors_too():
    assert to_disconnect(fresh(CONTACT, AGENTS, "{", SUPERVISORS, supervisors=[ON_THE_CALL])) == (
        "500",
        "501",
        "502",
        "503",
    )
    assert to_disconnect(fresh(CONTACT, AGENTS, user=None)) == ("500", "501")


@pytest.mark.parametrize("data", [None, {}, []])
def test_there_is_nobody_to_disconnect_where_the_members_are_unknown(data):
    with pytest.raises(MembersUnknown):
        to_disconnect(fresh(data=data))


@pytest.mark.parametrize("documents", [(AGENTS,), (AGENTS, SUPERVISORS)])
def test_a_whisper_with_nobody_to_keep_out_is_refused(documents):
    on_it = Supervisor("s1", "listen", "joined", False, PHONE, frozenset({"500"}))
    with pytest.raises(ContactNotJoined):
        decided("whisper", *documents, supervisors=[on_it])


def test_a_change_of_mode_is_decided_without_the_leg_that_goes():
    legs = fresh(CONTACT, AGENTS, SUPERVISORS, supervisors=[ON_THE_CALL])
    assert decide("listen", legs, without="s1") == Audience(("500", "501"), ())
    assert decide("listen", legs, without="s2") == Audience(("500", "501", "502"), ())


def test_a_customer_is_left_with_nobody_by_no_change_of_mode():
    require_company(fresh(CONTACT, AGENTS, SUPERVISORS, supervisors=[ON_THE_CALL]))
    require_company(fresh(CONTACT, AGENTS))
    alone = Supervisor("s1", "barge", "joined", False, PHONE, frozenset({"500"}))
    with pytest.raises(AgentNotProven) as refused:
        require_company(fresh(CONTACT, SUPERVISORS, supervisors=[alone]))
    assert is_sentence(refused.value.detail)


def is_sentence(text):
    return re.fullmatch(r"[A-Z][a-z]+ [a-z].*[a-z]\.", text or "") is not None


@pytest.mark.parametrize(
    ("action", "documents", "terms"),
    [
        ("barge", (CONTACT, AGENTS), {"user": None}),
        ("listen", (), {"data": None}),
        ("whisper", (UNPROVEN, CONTACT), {}),
        ("takeover", (UNPROVEN, CONTACT), {}),
        ("whisper", (AGENTS,), {}),
        ("hangup", (), {"data": None}),
    ],
)
def test_each_refusal_says_why_in_a_sentence(action, documents, terms):
    with pytest.raises(Conflict) as refused:
        to_disconnect(fresh(**terms)) if action == "hangup" else decided(action, *documents, **terms)
    assert is_sentence(refused.value.detail)


def test_a_supervisors_leg_that_bears_the_dials_mark_hears_a_whisper():
    marked = ON_THE_CALL._replace(call_sid="sid-9")
    leg = leg_document("anything", sid="sid-9")
    assert decided("whisper", CONTACT, AGENTS, leg, supervisors=[marked]) == (("500",), ("501", "502"))


def test_a_supervisors_leg_that_does_not_show_its_phone_hears_no_whisper():
    known = Supervisor("s1", "listen", "joined", False, PHONE, frozenset({"500", "501"}), ("502",))
    assert decided("whisper", CONTACT, AGENTS, "{not json", supervisors=[known]) == (("500", "502"), ("501",))


# ---------------------------------------------------------------- at random


@examples(300)
@given(st.data(), st.sampled_from(DIALLED))
def test_every_member_hears_or_is_kept_out_and_the_contact_never_hears_what_is_not_for_them(data, action):
    raw = data.draw(listed_conferences())
    supervisors = data.draw(supervisors_of(raw))
    legs = read_fresh(FreshConference("5555776a", of_plain(raw), 1), AGENT, supervisors)
    try:
        audience = decide(action, legs)
    except ContactNotJoined:
        assert action == "whisper"
        assert {leg.member_id for leg in legs.members} == {legs.agent, *legs.phones}
        return
    except (AgentNotProven, MembersUnknown):
        assert action in ("whisper", "takeover") or (action == "listen" and not legs.members)
        return
    members = [leg.member_id for leg in legs.members]
    assert sorted([*audience.no_speak_to, *audience.hears]) == sorted(members)
    if ACTIONS[action].heard_by_all:
        assert audience.no_speak_to == ()
        assert action != "takeover" or legs.proven
        return
    assert legs.contact not in audience.hears
    assert not set(legs.others) & set(audience.hears)
    unreadable = {leg.member_id for leg in legs.members if not leg.readable}
    assert unreadable & set(audience.hears) <= set(legs.supervisors)
    if action == "listen":
        assert audience.hears == ()
    else:
        assert set(audience.hears) == {legs.agent, *legs.phones}
        assert legs.proven


def test_legs_that_are_not_fresh_are_decided_on_by_nobody():
    raw = conference(memberData={"500": CONTACT, "501": AGENTS})
    for action in DIALLED:
        with pytest.raises(TypeError, match=r"^an audience is decided on fresh members only$"):
            decide(action, read_legs(of_plain(raw), AGENT))  # type: ignore[arg-type]


def test_more_than_can_be_kept_on_record_are_refused(monkeypatch):
    documents = (CONTACT, AGENTS, THIRD)
    kept = len('["500", "501", "502"]')
    monkeypatch.setattr("supervision.rules.audience.LARGEST_AUDIENCE", kept)
    assert decided("listen", *documents) == (("500", "501", "502"), ())
    monkeypatch.setattr("supervision.rules.audience.LARGEST_AUDIENCE", kept - 1)
    with pytest.raises(MembersUnknown) as refused:
        decided("listen", *documents)
    assert is_sentence(refused.value.detail)
