"""The records: one under way for a phone and a call, changed only by who saw it last, together with what is told."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from supervision.base import aws
from supervision.rules.supervision import Supervision, new_id
from supervision.table.events import of_supervision
from supervision.table.gateway import TRANSACTION_ATTEMPTS as ATTEMPTS
from supervision.table.repository import PhoneTaken
from tests.integration.desk import OTHER_PHONE, PHONE, at_once

NOW = 1_709_849_242_672
DAY = 24 * 3600


def supervision(**changes):
    made = Supervision(
        id=new_id(),
        action="whisper",
        confId="c1",
        to=PHONE,
        caller="+15555280600",
        clientId="c91f9b77",
        noSpeakToList=("503",),
        hears=("504",),
        requestedBy="crm",
        requestedAt=NOW,
        correlationId="r1",
    )
    return made.replace(**changes)


@pytest.fixture
def supervisions(desk):
    return desk.services.supervisions


def test_what_was_begun_is_there_and_open(supervisions):
    begun = supervision()
    supervisions.begin(begun)
    assert supervisions.get(begun.id) == begun
    assert supervisions.open() == supervisions.open("c1") == [begun]
    assert supervisions.open("c2") == []


def test_a_phone_is_asked_into_a_call_once_however_it_is_written(supervisions):
    supervisions.begin(supervision())
    for to in (PHONE, "12125550142", "(212) 555-0142"):
        with pytest.raises(PhoneTaken):
            supervisions.begin(supervision(to=to))
    supervisions.begin(supervision(to=OTHER_PHONE))
    supervisions.begin(supervision(confId="c2"))
    assert len(supervisions.open()) == 3


def test_of_many_at_the_same_moment_one_is_begun(desk, supervisions):
    def begin(_):
        try:
            supervisions.begin(supervision())
        except PhoneTaken:
            return "taken"
        return "begun"

    assert sorted(map(str, at_once(begin, 8))) == ["begun", *["taken"] * 7]
    assert len([item for item in desk.everything() if item["sk"]["S"] == "RECORD"]) == 1


def test_a_change_is_made_to_what_was_seen(supervisions):
    begun = supervision()
    supervisions.begin(begun)
    saved = supervisions.save(begun.replace(dial="taken"))
    assert (saved.dial, saved.version) == ("taken", 1)
    assert supervisions.get(begun.id) == saved
    assert supervisions.save(begun.replace(state="joined")) is None, "somebody else changed it meanwhile"
    assert supervisions.get(begun.id) == saved


def test_of_many_changes_at_the_same_moment_one_is_made_and_told(desk, supervisions):
    begun = supervision()
    supervisions.begin(begun)
    joined = begun.replace(state="joined", legs=("505",))
    came_of = at_once(lambda _: supervisions.save(joined, [of_supervision("Supervision Joined", joined)]), 6)
    assert len([one for one in came_of if one is not None]) == 1
    assert desk.types() == ["Supervision Joined"]


@pytest.mark.parametrize("state", ["ended", "failed"])
def test_what_is_watched_no_more_is_open_no_more_and_stays_on_record(supervisions, state):
    begun = supervision()
    supervisions.begin(begun)
    closed = supervisions.save(begun.replace(state=state))
    assert supervisions.open() == [closed], "its leg may still come"
    over = supervisions.save(closed.replace(watched=False))
    assert supervisions.open() == []
    assert supervisions.get(begun.id) == over
    assert supervisions.save(over.replace(how="left")) is None, "what is over is not changed"
    again = supervision()
    supervisions.begin(again)
    assert supervisions.save(begun.replace(state="joined", version=0)) is None, "another supervision of that phone"
    assert supervisions.open() == [again]


def test_nothing_is_recorded_without_what_is_told_of_it(desk, supervisions, monkeypatch):
    begun = supervision()
    supervisions.begin(begun)

    def fail(**_):
        raise ConnectionError("the bus is down")

    monkeypatch.setattr(aws.client("events"), "put_events", fail)
    joined = begun.replace(state="joined")
    assert supervisions.save(joined, [of_supervision("Supervision Joined", joined)]).state == "joined"
    [kept] = desk.items("OUTBOX")
    assert kept["detailType"]["S"] == "Supervision Joined"


def test_the_record_is_kept_for_the_audits_days(make_desk):
    desk = make_desk(audit_days=30)
    begun = supervision()
    desk.services.supervisions.begin(begun)
    [record] = [item for item in desk.everything() if item["sk"]["S"] == "RECORD"]
    assert int(record["expiration"]["N"]) == NOW // 1000 + 30 * DAY
    [open_] = desk.items()
    assert "expiration" not in open_


def test_every_field_comes_back_as_it_was(supervisions):
    full = supervision(
        state="joined",
        dial="taken",
        exposed=True,
        seenAt=NOW + 1,
        legs=("505",),
        missingSince=NOW + 2,
        joinedAt=NOW + 3,
        endedAt=NOW + 4,
        how="left",
        noSpeakToList=(),
        hears=("504", "506"),
        caller="client:ünü",
    )
    supervisions.begin(full)
    assert supervisions.get(full.id) == full


@pytest.mark.parametrize("id_", ["", "no such one", "x" * 300, "OPEN", "../x"])
def test_an_id_that_is_none_finds_nothing(supervisions, id_):
    assert supervisions.get(id_) is None


def test_ids_that_begin_alike_are_calls_apart(supervisions):
    supervisions.begin(supervision(confId="c1#+1"))
    assert supervisions.open("c1") == []


def test_many_are_found_whole(supervisions):
    many = [supervision(to=f"+1212555{n:04}", noSpeakToList=tuple(str(m) for m in range(1000))) for n in range(150)]
    for one in many:
        supervisions.begin(one)
    assert {one.id for one in supervisions.open()} == {one.id for one in many}


# ---------------------------------------------------------------- transactions that meet


def cancelled(*codes):
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": ""},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    return ClientError(answer, "TransactWriteItems")


@pytest.fixture
def met(monkeypatch):
    """The reasons for which the next transactions are cancelled, one list each; and how many were tried."""
    monkeypatch.setattr("supervision.table.gateway.time.sleep", lambda _: None)
    write = aws.client("dynamodb").transact_write_items
    reasons: list[list[str]] = []
    tried: list[Any] = []

    def transact(**items):
        tried.append(items)
        if reasons:
            raise cancelled(*reasons.pop(0))
        return write(**items)

    monkeypatch.setattr(aws.client("dynamodb"), "transact_write_items", transact)
    return reasons, tried


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_one_that_merely_met_another_is_made_again(supervisions, met, reason):
    reasons, tried = met
    reasons += [[reason, "None"]] * (ATTEMPTS - 1)
    begun = supervision()
    supervisions.begin(begun)
    assert supervisions.open() == [begun]
    assert len(tried) == ATTEMPTS


def test_one_that_meets_others_for_ever_is_raised_and_not_taken_for_a_lost_race(supervisions, met):
    reasons, _ = met
    reasons += [["TransactionConflict"]] * ATTEMPTS
    with pytest.raises(ClientError):
        supervisions.begin(supervision())


def test_a_condition_that_does_not_hold_is_not_tried_again(supervisions, met):
    reasons, tried = met
    reasons += [["ConditionalCheckFailed", "TransactionConflict"]]
    with pytest.raises(PhoneTaken):
        supervisions.begin(supervision())
    assert len(tried) == 1
