"""Incremental mapping: after any change, to the letter what a map without memory makes of the same reading."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from supervision.base.fast_json import loads
from supervision.floor import active_call, call_map
from supervision.floor.anomalies import oddities_of
from supervision.floor.call_map import CallMap
from supervision.rules.calls import is_active, row_of
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference, loads_list
from supervision.rules.held_conferences import HeldConferences
from supervision.rules.legs import User
from supervision.rules.ordinary import ordinary_row
from supervision.rules.phone_numbers import PhoneNumber
from tests.unit.by_the_rule import active_calls, in_order
from tests.unit.examples import examples
from tests.unit.strategies import AGENT, PHONE, conference, hostile_conferences, leg_document

OTHER = User("7c1e9b77-ce9d-4207-98e4-229b76a65550", "Ben Ng", "+15555280601")


class Function:
    """One function's environment: what it remembers of Ytel's list, and of the rows that it made of it."""

    def __init__(self) -> None:
        self.held, self.calls = HeldConferences(), CallMap()

    def read(
        self,
        documents: Sequence[Any],
        users: Mapping[str, User],
        supervisors: Mapping[str, Sequence[Supervisor]] | None = None,
        helps: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> list[Conference]:
        payload = ",".join(json.dumps(one) for one in documents)
        reading = self.held.reading()
        rows = loads_list(b'{"status":true,"payload":[%s]}' % payload.encode(), reading.rows)["payload"]
        reading.keep()
        found = {one.confId: one for one in rows if isinstance(one, Conference) and isinstance(one.confId, str)}
        conferences = [*found.values()]
        self.calls.take(conferences)
        self.calls.map(users, supervisors or {}, helps or {})
        return conferences


def shown(calls: CallMap) -> tuple[Any, ...]:
    documents = [call.document for call in calls.calls]
    return calls.lines, documents, calls.others, calls.odd, set(calls.agents), calls.agents_missing


def ids(calls: CallMap) -> list[str]:
    return [loads(line)["confId"] for line in calls.lines]


USERS = {AGENT.clientId: AGENT, OTHER.clientId: OTHER}
CALLS = st.builds(
    lambda conf_id, **fields: conference(confId=conf_id, **fields),
    st.sampled_from(["1", "2", "3", "4", "C91F9B77-ce9d-4207-98e4-229b76a65551", "c91f9b77ce9d420798e4229b76a65551"]),
    status=st.sampled_from(["active", "active", "active", "on-hold", None]),
    createdTime=st.sampled_from([1_709_849_242_672, 1_709_849_242_673, None, 7]),
    details=st.sampled_from([None, 7])
    | st.builds(
        lambda agent, contact: {"client_id": agent, "called_number": "+17048135555", "contact_id": contact},
        st.sampled_from([AGENT.clientId, AGENT.clientId.upper(), OTHER.clientId, "nobody", None, 7]),
        st.sampled_from(["a1133d83", None]),
    ),
    memberData=st.sampled_from([None, [], {}])
    | st.dictionaries(
        st.sampled_from(["503", "504", "1000"]),
        st.builds(leg_document, st.sampled_from([AGENT.webrtcNumber, PHONE, "+17048135555", None])) | st.just("{"),
        max_size=3,
    ),
)
NAMES = st.sampled_from(["Ann Lee", "Joe Lee", ""])
DIRECTORIES = st.lists(
    st.builds(
        User,
        st.sampled_from([AGENT.clientId, OTHER.clientId]),
        NAMES,
        st.sampled_from(["+15555280600", "+15555280601"]),
    ),
    max_size=2,
).map(lambda users: {one.clientId: one for one in users})
KEYS = st.sampled_from(["1", "2", "c91f9b77-ce9d-4207-98e4-229b76a65551"])
SUPERVISORS = st.dictionaries(
    KEYS,
    st.lists(
        st.builds(
            Supervisor,
            st.sampled_from(["s1", "s2"]),
            st.just("whisper"),
            st.sampled_from(["dialing", "joined"]),
            st.booleans(),
            st.just(PhoneNumber(PHONE)),
            legs=st.sampled_from([(), ("503",)]),
            may_come=st.booleans(),
        ),
        max_size=2,
        unique_by=lambda one: one.id,
    ),
    max_size=2,
)
HELPS = st.dictionaries(
    KEYS, st.fixed_dictionaries({"reason": st.sampled_from([None, "why", "1", 1, True])}), max_size=2
)
READINGS = st.lists(CALLS | hostile_conferences(), max_size=8)


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Readings that follow from each other: rows stay, change, come, go, come twice, in another order."""
    told: list[tuple[Any, ...]] = []
    rows: list[Any] = draw(READINGS)
    for _ in range(draw(st.integers(1, 6))):
        told.append((rows, draw(DIRECTORIES), draw(SUPERVISORS), draw(HELPS)))
        kept = [one for one in rows if draw(st.integers(0, 3))]
        rows = draw(st.permutations(kept + draw(st.lists(CALLS | hostile_conferences(), max_size=2))))
    return told


@examples(400)
@given(stories(), st.sampled_from([1, 8, 1000]))
def test_with_memory_it_is_to_the_letter_as_without(story, many):
    remembers = Function()
    before, call_map.MANY = call_map.MANY, many  # both ways of putting calls in order
    try:
        for reading in story:
            conferences = remembers.read(*reading)
            fresh = Function()
            fresh.read(*reading)
            assert shown(remembers.calls) == shown(fresh.calls)
            _, users, supervisors, helps = reading
            mapped = in_order(active_calls(conferences, users, supervisors, helps))
            assert remembers.calls.lines == [line for line, _ in mapped]
            assert [call.document for call in remembers.calls.calls] == [one.line() for _, one in mapped]
            odd = {one.confId: found for one in conferences if is_active(one) and (found := oddities_of(one))}
            assert remembers.calls.odd == odd
    finally:
        call_map.MANY = before


def counted(monkeypatch):
    """The ids of the conferences that are mapped."""
    mapped = []
    rule, short = row_of, ordinary_row

    def by_the_rule(conference, *rest):
        mapped.append(conference.confId)
        return rule(conference, *rest)

    def without_a_detour(conference, *rest):
        row = short(conference, *rest)
        mapped.extend([] if row is None else [conference.confId])
        return row

    monkeypatch.setattr(active_call, "row_of", by_the_rule)
    monkeypatch.setattr(call_map, "ordinary_row", without_a_detour)
    return mapped


def test_what_is_as_it_was_is_not_mapped_again(monkeypatch):
    function, mapped = Function(), counted(monkeypatch)
    documents = [conference(confId=str(n)) for n in range(20)]
    function.read(documents, USERS)
    assert len(mapped) == 20
    mapped.clear()
    on_call = Supervisor("s1", "whisper", "joined", False, PhoneNumber(PHONE))
    for reading, changed in (
        ((documents[::-1], dict(USERS)), []),
        (([*documents[:3], conference(confId="3", createdTime=None), *documents[4:]], USERS), ["3"]),
        (([*documents, conference(confId="20")], USERS), ["20", "3"]),
        ((documents, USERS, {"7": [on_call]}), ["7"]),
        ((documents, USERS, {"7": [on_call]}, {"8": {"reason": None}}), ["8"]),
        ((documents, USERS, {"7": [on_call._replace(exposed=True)]}, {"8": {"reason": None}}), ["7"]),
        ((documents, USERS), ["7", "8"]),
        ((documents[1:], {**USERS, OTHER.clientId: AGENT}), []),
        ((documents[1:], {}), [str(n) for n in range(1, 20)]),
    ):
        function.read(*reading)
        assert sorted(mapped) == sorted(changed)
        mapped.clear()


def test_a_supervisor_whose_leg_became_known_is_no_other_member():
    function, on_call = Function(), Supervisor("s1", "listen", "joined", False, PhoneNumber(PHONE), may_come=False)
    documents = [conference(confId="1", memberData={"503": leg_document("+17048135555"), "504": leg_document(None)})]
    members = []
    for legs in ((), ("504",)):
        function.read(documents, USERS, {"1": [on_call._replace(legs=legs)]})
        members.append(loads(function.calls.lines[0])["contactMemberId"])
    assert members == ["504", "503"]


def test_what_is_true_and_what_is_one_are_not_the_same():
    function, documents = Function(), [conference(confId="1")]
    for reason in (1, True, 1.0):
        function.read(documents, USERS, helps={"1": {"reason": reason}})
        assert json.dumps(loads(function.calls.lines[0])["help"]["reason"]) == json.dumps(reason)


def test_a_name_that_became_known_stays_while_the_conference_does():
    function, documents = Function(), [conference(confId="1"), conference(confId="2")]
    function.read(documents, USERS)
    function.calls.name([(function.calls.calls[0], {"name": "Maria", "dnc": False})])
    for users in ({}, USERS):
        function.read(documents, users)
        assert [loads(line)["contact"] for line in function.calls.lines] == [{"name": "Maria", "dnc": False}, None]
    function.read([conference(confId="1", details={"contact_id": "another"}), documents[1]], USERS)
    assert [loads(line)["contact"] for line in function.calls.lines] == [None, None]


def test_nothing_is_kept_of_a_call_that_is_not_on_the_newest_list():
    function = Function()
    for nth in range(5):
        agent = {"client_id": f"agent-{nth}"}
        documents = [conference(confId=f"{n}-{nth}", status=("active", "over")[n % 2], details=agent) for n in range(6)]
        on_call = [Supervisor("s1", "whisper", "joined", False, PhoneNumber(PHONE))]
        function.read(documents, USERS, {f"0-{nth}": on_call})
    kept = vars(function.calls)
    assert {name: len(value) for name, value in kept.items() if hasattr(value, "__len__")} == {
        "calls": 3,
        "lines": 3,
        "others": 3,
        "odd": 0,
        "_known": 6,
        "_places": 3,
        "_calls_of": 1,
        "_user_of": 1,
        "_of_key": 3,
        "_marked": 1,
        "_unmapped": 0,
    }
