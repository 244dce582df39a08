"""The look at every supervision under way: joined, ended, failed; exposed, told and dropped, whoever read the floor."""

import pytest
from botocore.exceptions import ClientError

from supervision.base import aws
from supervision.base.problems import OutcomeUnknown
from supervision.rules.absence import Absence
from supervision.ytel.readings import ConferenceList
from tests.harness.fake_ytel.faults import Hang, Reset, Status
from tests.integration.desk import OTHER_PHONE, PHONE, at_once

BOTH = pytest.mark.parametrize("action", ["listen", "whisper"])


def readings_from(desk, **changes):
    """What `desk.look` reads from now on: the floor's calls, and what an absence from them means."""
    ytel = desk.services.ytel
    read = type(ytel).conferences

    def conferences():
        floor = read(ytel)
        return ConferenceList(
            changes.get("conferences", floor.conferences),
            changes.get("absence", Absence.PROVEN),
            floor.read_at,
        )

    vars(ytel)["conferences"] = conferences
    return changes


# ---------------------------------------------------------------- states


def test_joined_and_left_are_recorded_and_told_once(desk):
    call = desk.call()
    begun = desk.dial("whisper", call)
    desk.look()
    assert desk.record(begun).state == "dialing"
    desk.floor.answer(call, PHONE)
    for _ in range(3):
        assert [one.state for one in desk.look()[call]] == ["joined"]
    desk.floor.leave(call, desk.floor.supervisor(call, PHONE))
    for _ in range(3):
        assert desk.look().get(call, []) == []
    assert desk.types() == ["Supervision Started", "Supervision Joined", "Supervision Ended"]
    ended = desk.of_type("Supervision Ended").data
    assert (ended["state"], ended["how"], ended["id"]) == ("ended", "hung_up", begun.id)
    assert desk.record(begun).to_json() == ended


def test_a_phone_that_never_comes_has_failed_and_that_is_told_with_the_request(desk):
    call = desk.call()
    begun = desk.dial("listen", call)
    desk.move(91)
    desk.look()
    assert desk.record(begun).state == "failed"
    failed = desk.of_type("Supervision Failed")
    assert failed.data["request"] == {"action": "listen", "confId": call, "to": PHONE, "supervisionId": begun.id}
    assert failed.data["problem"]["code"] == "not_joined"
    assert failed.data["problem"]["detail"] == "The supervisor's phone was not answered in time."
    assert (failed.metadata["requestedBy"], failed.metadata["correlationId"]) == ("crm", "correlation-1")


@pytest.mark.parametrize("state", ["ringing", "in the call"])
def test_a_call_that_is_over_ends_its_supervisions(desk, state):
    call = desk.call()
    begun = (desk.dial if state == "ringing" else desk.joined)("listen", call)
    desk.floor.end_call(call)
    desk.look()
    assert desk.record(begun).how is None
    desk.over()
    assert desk.record(begun).how == "call_ended"
    assert desk.open() == []


def test_a_call_that_one_list_lacks_is_not_over_and_its_supervisor_is_still_guarded(desk):
    call = desk.call()
    begun = desk.joined("whisper", call)
    changes = readings_from(desk, conferences=[])
    desk.look()
    del changes["conferences"]
    desk.floor.join(call, "third")
    desk.look()
    assert desk.record(begun).exposed
    assert not desk.floor.is_in(call, PHONE)


def test_a_phone_that_is_answered_after_it_was_given_up_is_guarded_and_can_leave(desk):
    desk.ytel.knobs.phones.ring_seconds = 240
    call = desk.call()
    begun = desk.dial("whisper", call)
    desk.move(91)
    desk.look()
    assert desk.record(begun).how == "not_answered"
    desk.floor.answer(call, PHONE)
    desk.look()
    assert desk.record(begun).state == "joined"
    desk.floor.join(call, "third")
    desk.look()
    assert not desk.floor.is_in(call, PHONE)


def test_a_closed_supervision_keeps_being_watched_beside_a_new_one_of_its_phone(desk):
    desk.ytel.knobs.phones.ring_seconds = 240
    call = desk.call()
    first = desk.dial("whisper", call)
    desk.move(91)
    desk.look()
    second = desk.dial("listen", call)
    desk.floor.answer(call, PHONE)
    desk.look()
    assert (desk.record(first).state, desk.record(second).state) == ("failed", "joined")
    assert {one.id for one in desk.services.supervisions.open()} == {first.id, second.id}


def test_a_reading_older_than_the_dial_says_nothing(desk):
    call = desk.call()
    old = desk.services.ytel.conferences()
    desk.move(1)
    begun = desk.dial("listen", call)
    desk.floor.end_call(call)
    desk.services.guard.look(ConferenceList([], Absence.PROVEN, old.read_at), {}).settle()
    assert desk.record(begun).state == "dialing"


def test_a_conference_under_another_status_is_still_there(desk):
    call = desk.call()
    begun = desk.joined("listen", call)
    desk.floor.reshape(call, status="wrap-up")
    desk.over()
    assert desk.record(begun).state == "joined"


# ---------------------------------------------------------------- exposure


@BOTH
@pytest.mark.parametrize("raw", [None, "{not json"])
def test_someone_who_joins_exposes_it_and_the_supervisor_is_dropped_and_the_call_goes_on(desk, action, raw):
    call = desk.call()
    begun = desk.joined(action, call)
    third = desk.floor.join(call, "third", **({"raw": raw} if raw else {}))
    desk.look()
    assert not desk.floor.is_in(call, PHONE)
    assert set(desk.floor.members(call)) >= {desk.floor.member(call, "agent"), third}
    exposed = desk.of_type("Supervision Exposed").data
    assert (exposed["id"], exposed["exposed"], exposed["state"]) == (begun.id, True, "joined")
    desk.look()
    assert desk.record(begun).how == "exposed"
    assert desk.types()[2:] == ["Supervision Exposed", "Supervision Ended"]


def test_where_it_is_so_set_the_supervisor_is_not_dropped(make_desk):
    desk = make_desk(drop_exposed=False)
    call = desk.call()
    desk.joined("whisper", call)
    desk.floor.join(call, "third")
    [seen] = desk.look()[call]
    assert (seen.state, seen.exposed) == ("joined", True)
    desk.look()
    assert desk.floor.is_in(call, PHONE)
    assert desk.types().count("Supervision Exposed") == 1


@pytest.mark.parametrize("who", ["agent's second leg", "contact"])
def test_whoever_it_is(desk, who):
    call = desk.call()
    desk.joined("whisper", call)
    desk.floor.join(call, "agent" if who != "contact" else "contact", proof="channelName")
    desk.look()
    assert not desk.floor.is_in(call, PHONE)


def test_a_barge_and_other_supervisors_are_no_exposure(desk):
    call = desk.call()
    desk.joined("barge", call)
    desk.joined("whisper", call, OTHER_PHONE)
    third = "+12125550144"
    desk.joined("listen", call, third)
    desk.look()
    assert "Supervision Exposed" not in desk.types()
    desk.floor.join(call, "third")
    desk.look()
    assert desk.floor.is_in(call, PHONE)
    assert not desk.floor.is_in(call, OTHER_PHONE)
    assert not desk.floor.is_in(call, third)


def test_who_joins_while_the_phone_rings_exposes_it_when_it_is_answered(desk):
    call = desk.call()
    desk.dial("whisper", call)
    third = desk.floor.join(call, "third")
    desk.look()
    assert desk.types() == ["Supervision Started"], "nobody heard"
    desk.floor.answer(call, PHONE)
    desk.look()
    assert not desk.floor.is_in(call, PHONE)
    assert desk.of_type("Supervision Exposed").data["exposedBy"] == [third]


@pytest.mark.parametrize("fault", [Status(500), Status(503), Status(429), Status(404), Hang()], ids=str)
def test_a_drop_that_fails_is_made_again_on_each_reading_and_hides_nothing(desk, fault):
    call = desk.call()
    desk.joined("whisper", call)
    desk.floor.join(call, "third")
    desk.ytel.faults.add("DELETE", "/participant/", fault, times=2)
    for _ in range(2):
        assert [one.exposed for one in desk.look()[call]] == [True]
        assert desk.floor.is_in(call, PHONE)
    desk.look()
    assert not desk.floor.is_in(call, PHONE)
    assert desk.types().count("Supervision Exposed") == 1


def test_an_unforeseen_error_of_a_drop_hides_nothing(desk, monkeypatch):
    call = desk.call()
    desk.joined("whisper", call)
    desk.floor.join(call, "third")
    monkeypatch.setattr(type(desk.services.ytel), "disconnect", lambda *_: 1 // 0)
    assert [one.exposed for one in desk.look()[call]] == [True]


def test_a_table_that_fails_does_not_keep_the_exposed_on_the_call_nor_hide_the_others(desk, monkeypatch):
    call, quiet = desk.call(), desk.call()
    desk.joined("whisper", call)
    desk.joined("whisper", quiet, OTHER_PHONE)
    desk.floor.join(call, "third")

    def fail(*_, **__):
        raise ConnectionError("the table is down")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.services.supervisions), "save", fail)
        assert set(desk.look()) == {call, quiet}
    assert not desk.floor.is_in(call, PHONE)
    assert desk.floor.is_in(quiet, OTHER_PHONE)


# ---------------------------------------------------------------- whoever reads the floor


def test_many_readings_at_once_tell_each_change_once(desk):
    call = desk.call()
    desk.dial("whisper", call)
    desk.floor.answer(call, PHONE)
    desk.floor.join(call, "third")
    functions = [desk.function() for _ in range(4)]
    floor, users = desk.services.ytel.conferences(), desk.services.users.by_id()
    at_once(lambda n: functions[n].guard.look(floor, users).settle(), 4)
    assert sorted(desk.types()[1:]) == ["Supervision Exposed", "Supervision Joined"]
    assert not desk.floor.is_in(call, PHONE)


def test_the_list_and_a_request_for_the_call_both_have_the_guard_look(desk):
    for look in (lambda call: desk.services.floor.refresh(), lambda call: desk.services.reader.read(call)):
        call = desk.call()
        desk.dial("whisper", call)
        desk.floor.answer(call, PHONE)
        desk.floor.join(call, "third")
        look(call)
        assert not desk.floor.is_in(call, PHONE)
        desk.move(3)


def test_the_list_shows_who_supervises_and_how_far_it_got(desk):
    call = desk.call()
    begun = desk.joined("whisper", call)
    [row] = desk.services.floor.refresh().rows
    shown = {"id": begun.id, "action": "whisper", "state": "joined", "exposed": False, "requestedBy": "crm"}
    assert row["supervisors"] == [shown]
    assert row["otherMemberIds"] == []


def test_the_agent_who_comes_back_under_another_id_exposes_nobody_whoever_reads(desk):
    for look in (lambda _: desk.look(), lambda call: desk.services.reader.read(call)):
        call = desk.call()
        begun = desk.joined("whisper", call)
        desk.floor.replace(call, desk.floor.member(call, "agent"))
        desk.move(1)
        look(call)
        assert not desk.record(begun).exposed
        assert desk.floor.is_in(call, PHONE)


# ---------------------------------------------------------------- what is written and counted


def test_a_reading_that_changes_nothing_writes_nothing(desk):
    begun = desk.joined("whisper", desk.call())
    version = desk.record(begun).version
    for _ in range(3):
        desk.move(1)
        desk.look()
    assert desk.record(begun).version == version


def test_who_reads_a_call_gets_its_supervisions_as_they_stand_on_record(desk):
    call = desk.call()
    begun = desk.dial("whisper", call)
    desk.floor.answer(call, PHONE)
    desk.move(1)
    assert desk.services.reader.read(call).supervisions == [desk.record(begun)]


@pytest.mark.parametrize("how", ["ended", "failed"])
def test_an_end_is_told_once_whatever_is_learnt_later(desk, how):
    call = desk.call()
    if how == "ended":
        desk.joined("listen", call)
        desk.floor.leave(call, desk.floor.supervisor(call, PHONE))
    else:
        desk.dial("listen", call)
    for seconds in (95, 3, 3, 1200, 3):
        desk.move(seconds)
        desk.look()
    assert desk.open() == []
    assert desk.types()[-1] == f"Supervision {how.capitalize()}"
    assert len(desk.types()) == (3 if how == "ended" else 2)


def test_what_a_function_that_died_had_begun_is_told_with_the_join(desk):
    call = desk.call()
    desk.ytel.faults.add("POST", "/participant$", Reset(processed=True))
    with pytest.raises(OutcomeUnknown):
        desk.dial("whisper", call)
    assert desk.types() == []
    desk.floor.answer(call, PHONE)
    for _ in range(2):
        desk.move(1)
        desk.look()
    assert desk.types() == ["Supervision Started", "Supervision Joined"]


def test_a_call_that_is_not_shown_says_nothing_of_another(desk):
    gone, other = desk.dial("whisper", desk.call()), desk.dial("whisper", desk.call(), OTHER_PHONE)
    desk.move(1)
    desk.services.guard.call_missing(gone.confId, desk.move())
    assert desk.record(gone).missingSince is not None
    assert desk.record(other).missingSince is None


def test_each_phone_that_was_not_answered_is_an_event_of_its_own(desk):
    call = desk.call()
    for phone in (PHONE, OTHER_PHONE):
        desk.dial("listen", call, phone)
    desk.move(91)
    desk.look()
    failed = [one for one in desk.told if one.type == "Supervision Failed"]
    assert len({one.metadata["id"] for one in failed}) == 2


def test_what_waits_to_be_told_is_sent_beside_a_look(desk, monkeypatch):
    call = desk.call()

    def down(**_):
        raise ClientError({"Error": {"Code": "InternalException", "Message": "No."}}, "PutEvents")

    with monkeypatch.context() as broken:
        broken.setattr(aws.client("events"), "put_events", down)
        desk.dial("whisper", call)
    assert desk.told == []
    desk.move(60)
    desk.look()
    assert desk.types() == ["Supervision Started"]


def test_exposures_are_counted(desk, monkeypatch):
    counted: list[str] = []
    monkeypatch.setattr("supervision.actions.guard.add_metric", counted.append)
    call = desk.call()
    desk.joined("whisper", call)
    desk.floor.join(call, "third")
    for _ in range(2):
        desk.look()
    assert counted == ["Exposures"]
