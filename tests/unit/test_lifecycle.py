"""How far a supervision got: states as Ytel shows them, who is exposed, and which legs are to go."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.base.settings import (
    YTEL_LONGEST_CALL_SECONDS,
    YTEL_RINGS_SECONDS,
    DialSettings,
    FloorSettings,
    WatchSettings,
)
from supervision.rules.clocks import AHEAD_MS
from supervision.rules.conferences import of_plain
from supervision.rules.legs import read_legs
from supervision.rules.lifecycle import (
    NOT_DESCRIBED,
    Patience,
    advance,
    exposed_to,
    is_over,
    supervisors,
    to_drop,
    to_release,
)
from supervision.rules.supervision import Supervision
from tests.unit.examples import examples
from tests.unit.strategies import AGENT, PHONE, anything, conference, leg_document

DEFAULTS: dict[str, Any] = {
    one.name: one.default for kind in (FloorSettings, DialSettings, WatchSettings) for one in fields(kind)
}
PATIENCE = Patience(ring=90_000, late=600_000, apart=2_000)
DIALLED = 1_709_849_242_672
CALL = {"500": leg_document("+17048135555"), "501": leg_document(AGENT.webrtcNumber)}
JOINED = {**CALL, "502": leg_document(PHONE)}
ALONE = {"500": CALL["500"], "502": JOINED["502"]}
THIRD = {"503": leg_document("+13125550100")}


def supervision(action="whisper", **changes):
    kept_out, hears = {
        "whisper": (("500",), ("501",)),
        "listen": (("500", "501"), ()),
        "barge": ((), ("500", "501")),
        "takeover": ((), ("500", "501")),
    }[action]
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


def legs_in(described, *own, seconds=5.0, **fields):
    raw = conference(memberData=described, **fields)
    known = supervisors(own, read_at=DIALLED + int(seconds * 1000), patience=PATIENCE)
    return read_legs(of_plain(raw), AGENT, known)


def after(before, described, seconds=5.0, *, now=None, drop=True, **fields):
    """What a reading `seconds` after the dial makes of it; `described` of None: its call is not on it."""
    read_at = DIALLED + int(seconds * 1000)
    legs = None if described is None else legs_in(described, before, seconds=seconds, **fields)
    return advance(
        before,
        legs,
        read_at=read_at,
        now=read_at if now is None else DIALLED + int(now * 1000),
        patience=PATIENCE,
        drop_exposed=drop,
    )


def releases(of, members, seconds=5.0):
    return to_release(of, legs_in(members, of, seconds=seconds))


def drops(of, members, seconds=5.0):
    return to_drop(of, legs_in(members, of, seconds=seconds))


# ---------------------------------------------------------------- states


def test_a_phone_that_is_among_the_members_has_joined():
    seen = after(supervision(), JOINED)
    assert (seen.state, seen.leg, seen.joinedAt, seen.exposed) == ("joined", "502", DIALLED + 5000, False)
    assert after(seen, JOINED, 9).joinedAt == DIALLED + 5000


def test_a_phone_that_has_not_come_rings_for_its_time_on_both_sides_of_it():
    assert after(supervision(), CALL, 90).state == "dialing"
    failed = after(supervision(), CALL, 90.5)
    assert (failed.state, failed.how, failed.endedAt) == ("failed", "not_answered", DIALLED + 90_500)
    assert after(supervision(), CALL, 88, now=96).state == "dialing", "a slow reading says nothing of its last moments"


def test_the_patience_of_these_tests_is_that_of_the_defaults():
    wanted = [int(DEFAULTS[f"{name}_seconds"] * 1000) for name in ("ring", "late", "calls_max_age")]
    assert [PATIENCE.ring, PATIENCE.late, PATIENCE.apart] == wanted


def test_a_phone_that_is_answered_in_the_last_second_that_ytel_rings_is_waited_for():
    assert after(supervision(), CALL, YTEL_RINGS_SECONDS).state == "dialing"
    look_after = YTEL_RINGS_SECONDS + DEFAULTS["watch_interval_seconds"]
    assert after(supervision(), JOINED, look_after).state == "joined"
    assert after(supervision(), CALL, look_after).state == "dialing"


@pytest.mark.parametrize("state", ["failed", "ended"])
def test_a_leg_that_comes_late_is_its_own_whatever_was_recorded_on_both_sides_of_its_time(state):
    closed = supervision(state=state, how="not_answered", endedAt=DIALLED + 91_000)
    late = after(closed, JOINED, 600)
    assert (late.state, late.leg, late.endedAt, late.how) == ("joined", "502", None, None)
    too_late = after(closed, JOINED, 600.5)
    assert (too_late.state, too_late.leg) == (state, None)


def test_a_leg_that_bears_the_dials_mark_is_its_own_whenever_it_comes():
    closed = supervision(state="failed", how="not_answered", endedAt=DIALLED + 91_000, callSid="sid-9")
    marked = {**CALL, "777": leg_document("anything", sid="sid-9")}
    assert after(closed, marked, 3000).leg == "777"
    assert after(closed, {**CALL, "777": leg_document("anything", sid="sid-8")}, 3000).leg is None


def test_the_mark_decides_before_the_number():
    one = supervision(callSid="sid-9")
    both = {**JOINED, "777": leg_document("anything", sid="sid-9")}
    assert after(one, both).legs == ("777",)
    assert after(one, JOINED).legs == ("502",), "where no leg bears it, the number decides"


def test_a_phone_that_is_gone_has_hung_up():
    ended = after(after(supervision(), JOINED), CALL, 9)
    assert (ended.state, ended.how, ended.endedAt) == ("ended", "hung_up", DIALLED + 9000)


def test_a_leg_that_was_missing_from_one_reading_is_on_the_call_again():
    ended = after(after(supervision(), JOINED), CALL, 9)
    again = after(ended, JOINED, 11)
    assert (again.state, again.endedAt, again.how, again.exposed) == ("joined", None, None, False)
    assert again.joinedAt == DIALLED + 5000


@pytest.mark.parametrize("why", ["left", "given_up", "time_limit", "switched"])
def test_it_ends_as_it_was_asked_to_end(why):
    joined = after(supervision(), JOINED).replace(ending=why)
    assert after(joined, JOINED, 7).state == "joined"
    assert after(joined, CALL, 9).how == why


@pytest.mark.parametrize("state", ["dialing", "joined"])
def test_a_call_is_over_once_two_readings_that_are_apart_do_not_show_it(state):
    once = after(supervision(state=state), None, 5)
    assert (once.state, once.missingSince) == (state, DIALLED + 5000)
    assert after(once, None, 6.999).state == state
    ended = after(once, None, 7)
    assert (ended.state, ended.how) == ("ended", "call_ended")
    assert after(once, CALL, 6).missingSince is None


def test_a_call_that_came_back_has_its_supervisor_back():
    ended = after(after(after(supervision(), JOINED), None, 7), None, 20)
    assert ended.state == "ended"
    assert after(ended, JOINED, 30).state == "joined"


def test_is_over_takes_two_readings():
    assert not is_over(None, 10_000, PATIENCE)
    assert not is_over(8_001, 10_000, PATIENCE)
    assert is_over(8_000, 10_000, PATIENCE)


def test_a_call_under_another_status_is_still_there():
    joined = after(supervision(), JOINED)
    assert after(joined, JOINED, 9, status="wrap-up").state == "joined"


@pytest.mark.parametrize("members", [{}, [], "x"])
def test_members_that_cannot_be_told_change_nothing_but_that_the_call_is_there(members):
    joined = after(supervision(), JOINED)
    missed = after(joined, None, 6)
    assert after(missed, members, 7) == joined.replace(seenAt=DIALLED + 7000)
    assert after(supervision(), members, 91).state == "failed"


def test_a_leg_that_is_named_and_not_described_may_be_its_own():
    joined = after(supervision(), JOINED)
    assert after(joined, CALL, 9, members={"a": "a", "b": "b", "c": "c"}).state == "joined"
    assert after(joined, CALL, 9, members={"a": "a", "b": "b"}).state == "ended"


@pytest.mark.parametrize("members", [CALL, JOINED, None])
def test_a_reading_that_began_before_the_dial_says_nothing(members):
    assert after(supervision(), members, 0) == supervision()
    assert after(supervision(), members, -1) == supervision()


@pytest.mark.parametrize("members", [CALL, {**JOINED, **THIRD}, None])
def test_a_reading_older_than_the_record_says_nothing(members):
    joined = after(supervision(), JOINED, 9)
    assert after(joined, members, 9) == joined
    assert after(joined, members, 8) == joined


@pytest.mark.parametrize("wrong", [{"seenAt": DIALLED + 300_000}, {"requestedAt": DIALLED + 300_000}])
def test_a_time_ahead_of_ones_own_clock_blinds_nobody(wrong):
    assert after(supervision(**wrong), {**JOINED, **THIRD}, 5).ending == "exposed"


# ---------------------------------------------------------------- how long it is watched


def test_it_is_watched_while_its_leg_may_still_come():
    failed = supervision(state="failed", endedAt=DIALLED + 91_000)
    assert after(failed, CALL, 690).watched
    assert not after(failed, CALL, 692).watched
    assert after(failed.replace(callSid="sid-9"), CALL, 3000).watched, "a marked leg may come at any time"


def test_a_call_that_is_gone_is_watched_for_a_while_yet():
    ended = after(after(supervision(), None, 5), None, 7)
    assert after(ended, None, 604).watched
    assert not after(ended, None, 605).watched


def test_who_left_long_ago_and_is_transferred_in_is_a_member_like_any_other():
    ended = after(after(supervision("listen"), JOINED), CALL, 9)
    transferred = {**CALL, "509": leg_document(PHONE)}
    assert after(ended, transferred, 99).state == "joined", "a leg that came back under another id"
    assert after(ended, transferred, 99.5).state == "ended"
    assert legs_in(transferred, ended, seconds=99.5).others == ("509",)


def test_who_was_told_to_go_from_a_call_that_was_then_missing_may_return():
    joined = after(supervision(), JOINED).replace(ending="left")
    over = after(after(joined, None, 9), None, 12)
    assert (over.how, over.endedAt) == ("call_ended", DIALLED + 12_000)
    assert legs_in({**CALL, "509": leg_document(PHONE)}, over, seconds=15).own("s1") == ["509"]


def test_it_is_watched_up_to_a_moment_and_no_longer():
    failed = supervision(state="failed", endedAt=DIALLED + 91_000)
    assert after(failed, CALL, 690.999).watched
    assert not after(failed, CALL, 691).watched


def test_who_was_dropped_and_comes_back_under_another_id_is_a_member_like_any_other():
    dropped = after(after(supervision(), JOINED).replace(ending="left"), CALL, 9)
    assert legs_in({**CALL, "509": leg_document(PHONE)}, dropped, seconds=12).others == ("509",)
    assert after(dropped, JOINED, 12).state == "joined", "the leg itself was not gone after all"


# ---------------------------------------------------------------- its time


def test_its_leg_is_to_go_once_its_time_is_up():
    limited = supervision(until=DIALLED + 20_000)
    joined = after(limited, JOINED, 19)
    assert joined.ending is None
    late = after(joined, JOINED, 20)
    assert (late.ending, late.state, drops(late, JOINED)) == ("time_limit", "joined", ["502"])
    rings = after(limited, CALL, 20)
    assert (rings.state, rings.how, rings.endedAt) == ("ended", "time_limit", DIALLED + 20_000)
    assert drops(after(rings, JOINED, 30), JOINED) == ["502"]


def test_unless_less_is_asked_for_a_supervision_may_last_as_long_as_ytels_longest_call():
    longest = DEFAULTS["max_seconds"]
    assert longest == YTEL_LONGEST_CALL_SECONDS
    limited = after(supervision(until=DIALLED + int(longest * 1000)), JOINED)
    assert after(limited, JOINED, longest - 0.1).ending is None
    assert after(limited, JOINED, longest).ending == "time_limit"


def test_the_first_reason_to_go_stands():
    leaving = after(supervision(until=DIALLED + 20_000), JOINED).replace(ending="left")
    assert after(leaving, {**JOINED, **THIRD}, 9).ending == "left"
    assert after(leaving, JOINED, 30).ending == "left"


def test_a_leg_that_is_seen_again_long_after_its_end_is_watched():
    ended = after(after(supervision(), JOINED), CALL, 9)
    again = after(ended, JOINED, 620)
    assert (again.state, again.watched) == ("joined", True)


def test_who_was_given_up_and_comes_all_the_same_is_to_go():
    given_up = supervision(state="ended", how="given_up", ending="given_up", endedAt=DIALLED + 9000)
    came = after(given_up, JOINED, 30)
    assert (came.state, drops(came, JOINED)) == ("joined", ["502"])
    assert after(came, CALL, 33).how == "given_up"


# ---------------------------------------------------------------- exposure


@pytest.mark.parametrize("action", ["whisper", "listen"])
def test_a_member_on_neither_side_of_the_list_is_an_exposure(action):
    exposed = after(supervision(action), {**JOINED, **THIRD})
    assert (exposed.exposed, exposed.exposedBy, exposed.ending) == (True, ("503",), "exposed")
    assert drops(exposed, {**JOINED, **THIRD}) == ["502"]
    assert after(exposed, {**CALL, **THIRD}, 9).how == "exposed"
    assert after(supervision(action), {**JOINED, "503": "{not json"}).exposed


GIVEN_UP = {"id": "s0", "state": "ended", "how": "given_up", "ending": "given_up"}


def asked_in_again(action, before, *, after_ms=20_000, **fields):
    """A supervision of a phone that was asked in `before`, once a leg of the phone is on the call."""
    again = supervision(action, requestedAt=DIALLED + after_ms, **fields)
    read_at = DIALLED + after_ms + 5_000
    known = supervisors([again, before], read_at=read_at, patience=PATIENCE)
    members = {**CALL, "502": leg_document(PHONE, sid="sid-9")}
    legs = read_legs(of_plain(conference(memberData=members)), AGENT, known)
    return advance(
        again, legs, read_at=read_at, now=read_at, patience=PATIENCE, drop_exposed=True, others=[before, again]
    )


@pytest.mark.parametrize(
    ("before", "action"), [("barge", "listen"), ("barge", "whisper"), ("takeover", "whisper"), ("whisper", "listen")]
)
def test_a_leg_that_may_be_of_a_dial_that_more_could_hear_is_exposed(before, action):
    joined = asked_in_again(action, supervision(before, **GIVEN_UP))
    assert (joined.state, joined.exposedBy, joined.ending) == ("joined", ("500", "501"), "exposed")
    muted = asked_in_again(action, supervision(before, **GIVEN_UP), mute=True)
    assert muted.exposed


@pytest.mark.parametrize(
    ("before", "action"),
    [("listen", "listen"), ("whisper", "whisper"), ("listen", "whisper"), ("whisper", "barge"), ("barge", "barge")],
)
def test_one_that_may_be_of_a_dial_that_no_more_could_hear_is_not(before, action):
    assert not asked_in_again(action, supervision(before, **GIVEN_UP)).exposed


@pytest.mark.parametrize(
    "other",
    [
        {"legs": ("499",)},
        {"dial": "refused"},
        {"to": "+12125550143"},
        {"requestedAt": DIALLED - 70_001},
        {"state": "dialing"},
    ],
    ids=str,
)
def test_nor_is_one_that_can_be_of_no_other_dial(other):
    assert not asked_in_again("listen", supervision("barge", **{**GIVEN_UP, **other})).exposed


def test_nor_is_one_that_bears_the_mark_of_its_own_dial():
    before = supervision("barge", **GIVEN_UP)
    assert not asked_in_again("listen", before, callSid="sid-9").exposed
    assert asked_in_again("listen", before, callSid="sid-8").exposed
    assert asked_in_again("listen", before.replace(requestedAt=DIALLED - 70_000)).exposed


def test_while_the_phone_rings_nobody_hears():
    ringing = after(supervision(), {**CALL, **THIRD})
    assert not ringing.exposed
    assert not after(ringing, JOINED, 9).exposed, "who came and went heard nothing"
    assert after(ringing, {**JOINED, **THIRD}, 9).exposed


def test_without_the_drop_it_is_marked_and_stays():
    exposed = after(supervision(), {**JOINED, **THIRD}, drop=False)
    assert (exposed.exposed, exposed.ending, drops(exposed, {**JOINED, **THIRD})) == (True, None, [])
    assert after(exposed, JOINED, 9, drop=False).exposed
    assert after(exposed, CALL, 9, drop=False).how == "hung_up"


@pytest.mark.parametrize("action", ["barge", "takeover"])
def test_what_is_heard_by_all_exposes_nobody(action):
    assert not after(supervision(action), {**JOINED, **THIRD}).exposed


def test_a_muted_listen_is_exposed_to_nobody():
    assert not after(supervision("listen", mute=True), {**JOINED, **THIRD}).exposed


def test_the_agents_own_leg_under_a_new_id_may_hear_a_whisper_and_no_listen():
    back = {"500": CALL["500"], "502": JOINED["502"], "505": CALL["501"]}
    assert not after(after(supervision(), JOINED), back, 9).exposed
    assert after(after(supervision("listen"), JOINED), back, 9).exposedBy == ("505",)
    unproven = {**back, "505": leg_document("+13125550100")}
    assert after(after(supervision(), JOINED), unproven, 9).exposed


@pytest.mark.parametrize("action", ["whisper", "listen"])
def test_a_supervisors_leg_under_another_id_was_not_dialled_under_the_list(action):
    joined = after(supervision(action), JOINED)
    replaced = after(joined, {**CALL, "509": leg_document(PHONE)}, 9)
    assert (replaced.state, replaced.exposed, replaced.exposedBy) == ("joined", True, ("500", "501"))
    assert drops(replaced, {**CALL, "509": leg_document(PHONE)}) == ["509"]
    doubled = {**JOINED, "509": leg_document(PHONE)}
    assert drops(after(joined, doubled, 9), doubled) == ["502", "509"]


def test_a_leg_that_is_named_and_cannot_be_one_of_the_known_hears():
    joined = after(supervision(), JOINED)
    three, four = ({name: name for name in names} for names in ("abc", "abcd"))
    assert not after(joined, JOINED, 9, members=three).exposed
    assert after(joined, JOINED, 9, members=four).exposedBy == (NOT_DESCRIBED,)
    assert not after(joined, {"501": CALL["501"], "502": JOINED["502"]}, 9, members=three).exposed


def test_another_supervisors_leg_exposes_nobody():
    one, other = supervision(legs=("502",)), supervision(id="s2", to="+12125550143", legs=("503",))
    data = {**JOINED, "503": leg_document("+12125550143")}
    legs = legs_in(data, one, other)
    assert exposed_to(one, legs) == exposed_to(other, legs) == ()


def test_of_two_dials_of_one_phone_the_leg_is_that_of_the_one_under_way():
    old = supervision(state="failed", endedAt=DIALLED + 1)
    new = supervision(id="s2", requestedAt=DIALLED + 2)
    assert legs_in(JOINED, old, new).supervisors == {"502": "s2"}
    assert legs_in(JOINED, new, old).supervisors == {"502": "s2"}


# ---------------------------------------------------------------- take-over


def test_a_take_over_releases_the_agents_leg_once_the_supervisor_is_seen():
    ringing = after(supervision("takeover"), CALL)
    assert releases(ringing, CALL) is None
    joined = after(ringing, JOINED, 9)
    assert (releases(joined, JOINED), joined.agentReleasedAt) == ("501", None)
    assert after(joined, JOINED, 10, members={name: name for name in "abcd"}).agentReleasedAt is None
    released = after(joined, ALONE, 11)
    assert (released.agentReleasedAt, releases(released, ALONE)) == (DIALLED + 11_000, None)
    assert releases(after(released, JOINED, 13), JOINED) is None, "the agent came back, and is left alone"


def test_where_the_supervisor_is_gone_or_the_proof_is_the_agent_stays():
    joined = after(supervision("takeover"), JOINED)
    assert releases(after(joined, CALL, 9), CALL) is None
    unproven = {**JOINED, "501": leg_document("+13125550100")}
    assert releases(after(joined, unproven, 9), unproven) is None
    for hidden in ({**JOINED, "504": "{not json"}, {**JOINED, "504": None}):
        assert releases(after(joined, hidden, 9), hidden) is None, "the agent's leg may be the one that cannot be read"
    named = {"members": {name: name for name in "abcd"}}
    assert to_release(joined, legs_in(JOINED, joined, **named)) is None
    left = joined.replace(ending="left")
    assert (drops(left, JOINED), releases(left, JOINED)) == (["502"], None)


def test_an_agents_leg_that_is_back_under_another_id_is_the_one_to_release():
    joined = after(supervision("takeover"), JOINED)
    back = {**ALONE, "505": CALL["501"]}
    again = after(joined, back, 9)
    assert (again.agentReleasedAt, releases(again, back)) == (None, "505")


def test_the_time_limit_leaves_no_customer_alone():
    taken_over = after(supervision("takeover", until=DIALLED + 20_000), JOINED)
    for members in (JOINED, ALONE):
        assert after(taken_over, members, 30).ending is None
    late = after(supervision("takeover", until=DIALLED + 20_000), JOINED, 30)
    assert (late.ending, releases(late, JOINED)) == ("time_limit", None)


def test_an_agent_is_released_on_a_proof_alone_and_gone_where_every_member_is_known():
    joined = after(supervision("takeover"), JOINED)
    assert joined.agentLeg == "501"
    unproven = {**JOINED, "501": leg_document("+13125550100")}
    assert after(joined, unproven, 9).agentReleasedAt is None, "the leg is there"
    gone = {"500": CALL["500"], "502": JOINED["502"]}
    named = {str(number): str(number) for number in range(3)}
    assert after(joined, gone, 9, members=named).agentReleasedAt is None, "one is named and not described"
    assert after(joined, gone, 9).agentReleasedAt == DIALLED + 9_000


def test_who_is_the_agent_by_what_is_left_over_is_not_released():
    left_over = {"500": leg_document("+13125550100"), "501": leg_document("+17048135555"), "502": JOINED["502"]}
    joined = after(supervision("takeover"), left_over).replace(agentLeg="500")
    legs = legs_in(left_over, joined, seconds=9)
    assert (legs.agent, legs.match) == ("500", "elimination")
    assert to_release(joined, legs) is None


# ---------------------------------------------------------------- records of another version


def test_a_record_with_a_field_more_or_one_fewer_is_read():
    record = supervision().to_record()
    assert Supervision.from_record({**record, "later": [1]}) == supervision()
    for name in ("callSid", "watched", "legs", "exposedBy"):
        assert Supervision.from_record({key: value for key, value in record.items() if key != name}) == supervision()


# ---------------------------------------------------------------- at random

readings = st.lists(
    st.tuples(st.sampled_from([CALL, JOINED, {**JOINED, **THIRD}, THIRD, {}, None]) | anything, st.floats(-5, 900)),
    max_size=8,
)


@examples(300)
@given(readings, st.sampled_from(["whisper", "listen", "barge", "takeover"]))
def test_whatever_is_read_the_record_makes_sense(all_readings, action):
    now = supervision(action)
    for members, seconds in all_readings:
        before, now = now, after(now, members, seconds)
        assert now.seenAt >= before.seenAt or before.seenAt > DIALLED + int(seconds * 1000) + AHEAD_MS
        assert now.exposed >= before.exposed
        assert (now.endedAt is not None) == (now.state in ("ended", "failed"))
        assert (now.joinedAt is not None) >= (now.state == "joined")
        assert now.legs[: len(before.legs)] == before.legs
        assert now.watched or not now.under_way
        assert not (now.exposed and action in ("barge", "takeover"))
