import hmac
import json
from unittest.mock import Mock

import pytest

from supervision.base.problems import CallNotFound, Forbidden, SupervisionNotFound
from supervision.rules.caller import Caller
from supervision.table.clients import read_clients

READER = {"key": "reader-key-of-sixteen", "scopes": ["calls:read"]}


def holder(entries, key):
    caller = read_clients(json.dumps(entries)).holder(key)
    assert caller is not None
    return caller


def test_a_key_finds_its_client():
    known = read_clients(
        json.dumps(
            {
                "crm": READER,
                "wall": {"keys": ["old-key-of-sixteen", "new-key-of-sixteen"], "scopes": ["calls:read", "calls:barge"]},
            }
        )
    )
    assert known.holder("reader-key-of-sixteen") == Caller("crm", frozenset({"calls:read"}))
    assert (
        known.holder("old-key-of-sixteen")
        == known.holder("new-key-of-sixteen")
        == Caller("wall", frozenset({"calls:read", "calls:barge"}))
    )
    for other in ("", "reader-key-of-sixteen ", "reader-key-of-sixtee", "Reader-key-of-sixteen", "crm"):
        assert known.holder(other) is None


def test_a_clients_bounds_are_read():
    entry = READER | {"agents": ["a-1", "a-2"], "phones": ["+1 212 555 0142"]}
    caller = holder({"crm": entry}, "reader-key-of-sixteen")
    assert caller.agents == {"a-1", "a-2"}
    assert caller.phones == {"+12125550142"}


def test_a_bound_with_nothing_in_it_binds_to_nobody():
    caller = holder({"crm": READER | {"agents": [], "phones": []}}, "reader-key-of-sixteen")
    assert caller.phones
    assert not any(map(caller.sees, ("a-1", "", None)))
    assert Caller.from_event(event(caller)).agents == caller.agents


BAD = {
    "no object": "key",
    "null": None,
    "no key": {"scopes": ["calls:read"]},
    "an empty key": READER | {"key": ""},
    "a key with a space": READER | {"key": "a key of sixteen letters"},
    "a key that no header can hold": READER | {"key": "ein-langer-schlüssel"},
    "a short key": READER | {"key": "fifteen-letters"},
    "a short key beside a long one": {"keys": ["a-key-of-sixteen", "short"], "scopes": ["calls:read"]},
    "a number as key": READER | {"key": 7},
    "no keys": {"keys": [], "scopes": ["calls:read"]},
    "one text as keys": {"keys": "a-key-of-sixteen", "scopes": ["calls:read"]},
    "one text as scopes": {"key": "x" * 16, "scopes": "calls:read"},
    "an unknown scope": {"key": "x" * 16, "scopes": ["calls:read", "calls:all"]},
    "a misspelt bound": READER | {"agent": ["a-1"]},
    "agents that are no list": READER | {"agents": {"a-1": True}},
    "agents with a space": READER | {"agents": ["a 1"]},
    "phones that are no texts": READER | {"phones": [12125550142]},
    "a key that is taken": READER | {"key": "good-key-of-sixteen"},
    "a source that is no text": READER | {"source": ["crm"]},
    "an empty source": READER | {"source": ""},
    "null as source": {"scopes": ["calls:read"], "source": None},
    "a source that is taken": {"scopes": ["calls:read"], "source": "first.source"},
    "source:crm": READER,
    "Person:ann": READER,
    "": READER,
    "n" * 65: READER,
    "a\nname": READER,
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_entry_is_left_out_and_logged_and_hides_no_other(name, caplog):
    good = {"key": "good-key-of-sixteen", "scopes": ["calls:read"], "source": "first.source"}
    entries = {"first": good, name: BAD[name], "last": READER | {"key": "last-key-of-sixteen"}}
    assert list(read_clients(json.dumps(entries)).callers) == ["first", "last"]
    assert caplog.messages == ["a client is left out"]
    assert holder(entries, "good-key-of-sixteen").client == "first"
    assert holder(entries, "last-key-of-sixteen").client == "last"
    assert not any("-key" in str(value) for value in vars(caplog.records[0]).values())


def test_a_name_or_a_field_that_stands_there_twice_lets_nobody_in_and_hides_no_other(caplog):
    entry, good = json.dumps(READER), json.dumps(READER | {"key": "good-key-of-sixteen"})
    bound = '{"key": "bound-key-of-sixteen", "scopes": ["calls:read"], "agents": ["a-1"], "agents": ["a-2"]}'
    known = read_clients(f'{{"crm": {entry}, "good": {good}, "bound": {bound}, "crm": {entry}}}')
    assert list(known.callers) == ["good"]
    assert known.holder("reader-key-of-sixteen") is None
    assert [vars(record)["why"] for record in caplog.records] == [
        "it is named twice",
        "one of its fields is given twice",
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"key"', "[" * 100_000])
def test_a_secret_that_holds_no_clients_at_all_is_an_error(text):
    with pytest.raises(ValueError, match=r".+"):
        read_clients(text)


def test_every_key_is_compared_wherever_the_match_is(monkeypatch):
    known = read_clients(json.dumps({str(n): READER | {"key": f"a-long-key-of-many-{n}"} for n in range(20)}))
    compare = Mock(wraps=hmac.compare_digest)
    monkeypatch.setattr("hmac.compare_digest", compare)
    for key in ("a-long-key-of-many-0", "a-long-key-of-many-19", "none"):
        compare.reset_mock()
        known.holder(key)
        assert compare.call_count == 20


def event(caller):
    return {"requestContext": {"authorizer": {"lambda": caller.to_context()}}}


@pytest.mark.parametrize(
    "caller",
    [
        Caller("crm"),
        Caller(
            "ann@example.com", frozenset({"calls:read", "calls:barge"}), frozenset({"a"}), frozenset({"+12125550142"})
        ),
    ],
)
def test_a_door_reads_the_caller_whom_the_authorizer_let_in(caller):
    assert Caller.from_event(event(caller)) == caller


def test_an_event_without_an_authorizer_is_nobodys():
    with pytest.raises(KeyError):
        Caller.from_event({"requestContext": {}})


def test_a_caller_may_what_their_scopes_say_on_the_agents_they_are_bound_to():
    caller = Caller("crm", frozenset({"calls:whisper"}), frozenset({"a-1"}))
    caller.require("whisper")
    caller.require_call("a-1")
    caller.require_supervision("a-1")
    Caller("crm").require_call(None)
    with pytest.raises(Forbidden, match="calls:barge"):
        caller.require("barge")
    for agent in ("a-2", None, ""):
        with pytest.raises(CallNotFound):
            caller.require_call(agent)
        with pytest.raises(SupervisionNotFound):
            caller.require_supervision(agent)


def test_a_client_with_a_source_needs_no_key():
    known = read_clients(json.dumps({"bot": {"source": "crm.bot", "scopes": ["calls:hangup"], "agents": ["a-1"]}}))
    assert known.sources == {"crm.bot": Caller("bot", frozenset({"calls:hangup"}), frozenset({"a-1"}))}
    assert known.holder("") is None
