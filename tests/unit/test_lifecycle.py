"""How far a supervision got: states as Ytel shows them, and who is exposed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.rules.conferences import of_plain
from supervision.rules.legs import read_legs
from supervision.rules.lifecycle import JOIN_WITHIN_MS, MISSING_FOR_MS, advance, exposed_to
from supervision.rules.supervision import Supervision
from tests.unit.strategies import AGENT, PHONE, anything, conference, leg_document

DIALLED = 1_709_849_242_672
CALL = {"500": leg_document("+17048135555"), "501": leg_document(AGENT.webrtcNumber)}
JOINED = {**CALL, "502": leg_document(PHONE)}
THIRD = {"503": leg_document("+13125550100")}


def supervision(action="whisper", **changes):
    kept_out, hears = {"whisper": (("500",), ("501",)), "listen": (("500", "501"), ()), "barge": ((), ("500", "501"))}[
        action
    ]
    made = Supervision(
        id="s1",
        action=action,
        confId="5555776a",
        to=PHONE,
        caller=AGENT.webrtcNumber,
        clientId=AGENT.clientId,
        noSpeakToList=kept_out,
        hears=hears,
        requestedBy="crm",
        requestedAt=DIALLED,
        correlationId="c1",
        dial="taken",
    )
    return made.replace(**changes)


def after(before, members, seconds=5.0, *, complete=True, sure=True):
    """What a reading `seconds` after the dial makes of it; `members` of None: its call is not on it."""
    now = DIALLED + int(seconds * 1000)
    legs = None
    if members is not None:
        legs = read_legs(of_plain(conference(memberData=members)), AGENT, [before.as_supervisor()])
    return advance(before, legs, read_at=now, now=now, complete=complete, sure=sure)


# ---------------------------------------------------------------- states


def test_a_phone_that_is_among_the_members_has_joined():
    seen = after(supervision(), JOINED)
    assert (seen.state, seen.leg, seen.joinedAt, seen.exposed) == ("joined", "502", DIALLED + 5000, False)
    again = after(seen, JOINED, 9)
    assert again.joinedAt == DIALLED + 5000


def test_a_phone_that_has_not_come_is_still_ringing_for_a_minute():
    assert after(supervision(), CALL, 59).state == "dialing"
    assert after(supervision(), CALL, 60).state == "dialing"
    failed = after(supervision(), CALL, 60.5)
    assert (failed.state, failed.how, failed.endedAt) == ("failed", "not_answered", DIALLED + 60_500)


def test_a_reading_that_took_long_says_nothing_of_its_last_moments():
    slow = advance(
        supervision(),
        read_legs(of_plain(conference(memberData=CALL)), AGENT),
        read_at=DIALLED + 58_000,
        now=DIALLED + 66_000,
        complete=True,
    )
    assert slow.state == "dialing"


def test_a_phone_that_joined_late_has_joined():
    assert after(supervision(), JOINED, 70).state == "joined"


def test_a_phone_that_is_gone_has_ended():
    ended = after(after(supervision(), JOINED), CALL, 9)
    assert (ended.state, ended.how, ended.endedAt) == ("ended", "left", DIALLED + 9000)


def test_the_record_says_that_one_ended_by_being_dropped():
    exposed = after(after(supervision(), JOINED), {**JOINED, **THIRD}, 7)
    assert after(exposed, {**CALL, **THIRD}, 9).how == "exposed"


@pytest.mark.parametrize("state", ["dialing", "joined"])
def test_a_call_that_is_over_ends_it(state):
    ended = after(supervision(state=state), None)
    assert (ended.state, ended.how) == ("ended", "call_ended")


def test_where_pages_were_several_a_call_is_over_once_two_readings_miss_it():
    once = after(supervision(), None, 5, sure=False)
    assert (once.state, once.missingSince) == ("dialing", DIALLED + 5000)
    assert after(once, None, 7, sure=False).state == "ended"
    found = after(once, CALL, 6)
    assert found.missingSince is None
    assert after(found, None, 7, sure=False).state == "dialing"


def test_where_pages_do_not_add_up_a_call_is_over_after_half_a_minute():
    first = after(supervision(), None, 5, complete=False)
    assert after(first, None, 5 + (MISSING_FOR_MS - 1) / 1000, complete=False).state == "dialing"
    assert after(first, None, 5 + MISSING_FOR_MS / 1000, complete=False).state == "ended"


@pytest.mark.parametrize("members", [{}, [], "x"])
def test_members_that_cannot_be_read_change_nothing_but_that_the_call_is_there(members):
    joined = after(supervision(), JOINED)
    missed = after(joined, None, 6, sure=False)
    seen = after(missed, members, 7)
    assert seen == joined.replace(seenAt=DIALLED + 7000)
    assert after(supervision(), members, 61).state == "failed"


@pytest.mark.parametrize("members", [CALL, JOINED, None])
def test_a_reading_that_began_before_the_dial_says_nothing(members):
    assert after(supervision(), members, 0) == supervision()
    assert after(supervision(), members, -1) == supervision()


@pytest.mark.parametrize("members", [CALL, {**JOINED, **THIRD}, None])
def test_a_reading_older_than_the_record_says_nothing(members):
    joined = after(supervision(), JOINED, 9)
    assert after(joined, members, 9) == joined
    assert after(joined, members, 8) == joined


@pytest.mark.parametrize("state", ["ended", "failed"])
@pytest.mark.parametrize("members", [CALL, {**JOINED, **THIRD}, None])
def test_what_is_over_stays_as_it_is(state, members):
    over = supervision(state=state)
    assert after(over, members) == over


# ---------------------------------------------------------------- exposure


@pytest.mark.parametrize("action", ["whisper", "listen"])
def test_a_member_on_neither_side_of_the_list_is_an_exposure(action):
    assert after(supervision(action), {**JOINED, **THIRD}).exposed
    assert after(supervision(action), {**CALL, **THIRD}).exposed, "also while the phone rings"
    assert after(supervision(action), {**JOINED, "503": "{not json"}).exposed


def test_once_exposed_it_stays_marked():
    exposed = after(supervision(), {**JOINED, **THIRD})
    assert after(exposed, JOINED, 9).exposed
    assert after(exposed, None, 9).exposed


def test_a_barge_exposes_nobody():
    assert not after(supervision("barge"), {**JOINED, **THIRD}).exposed


def test_a_supervisors_leg_exposes_nobody():
    one, other = supervision(), supervision(id="s2", to="+12125550143")
    data = {**JOINED, "503": leg_document("+12125550143")}
    legs = read_legs(of_plain(conference(memberData=data)), AGENT, [one.as_supervisor(), other.as_supervisor()])
    assert exposed_to(one, legs) == exposed_to(other, legs) == ()


def test_the_exposed_are_named():
    legs = read_legs(of_plain(conference(memberData={**JOINED, **THIRD})), AGENT, [supervision().as_supervisor()])
    assert exposed_to(supervision(), legs) == ("503",)


# ---------------------------------------------------------------- at random

ORDER = {"dialing": 0, "joined": 1, "ended": 2, "failed": 2}
readings = st.lists(
    st.tuples(
        st.sampled_from([CALL, JOINED, {**JOINED, **THIRD}, THIRD, {}, None]) | anything,
        st.floats(-5, 90),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(readings, st.sampled_from(["whisper", "listen", "barge"]))
def test_it_only_ever_goes_on(all_readings, action):
    now = supervision(action)
    for members, seconds, complete, sure in all_readings:
        before, now = now, after(now, members, seconds, complete=complete, sure=sure)
        assert ORDER[now.state] >= ORDER[before.state]
        assert now.seenAt >= before.seenAt
        assert now.exposed >= before.exposed
        assert (now.endedAt is not None) == (now.state in ("ended", "failed"))
        assert (now.joinedAt is not None) >= (now.state == "joined")
        assert before.leg is None or now.leg == before.leg
        assert now.state != "failed" or now.requestedAt + JOIN_WITHIN_MS < now.seenAt
        assert not (now.state == "failed" and now.joinedAt)
