"""An agent's call for a supervisor: on the row, told, the first time kept, gone with the call."""

import json
from typing import Any

import pytest

from supervision.actions.watcher import Watcher
from supervision.base.problems import CallNotFound
from supervision.base.settings import WatchSettings
from supervision.floor.listing import Listing
from supervision.floor.queries import CallQuery
from supervision.rules.caller import Caller
from supervision.rules.request import Request
from supervision.rules.scopes import SCOPES
from tests.integration.desk import CRM, OTHER_PHONE, at_once
from tests.integration.looks_queue import looks_of


def request(call, reason=None, caller=CRM):
    return Request(action="help", caller=caller, correlation_id="correlation-1", conf_id=call, reason=reason)


def ask(desk, call, reason=None, caller=CRM):
    row = desk.services.call_for_help.ask(request(call, reason, caller))
    desk.move(3)
    return row


def rows(desk, **parameters):
    desk.services.floor.refresh()
    page = Listing().page(desk.services.floor.held(), CallQuery.of(parameters))
    return json.loads(page.body(1, stale=False))


@pytest.fixture
def call(desk):
    return desk.call()


def test_it_stands_on_the_row_and_is_told(desk, call):
    at = desk.move()
    row = ask(desk, call, "a manager")
    assert row["help"] == {"reason": "a manager", "askedAt": at, "askedBy": "crm"}
    assert rows(desk)["calls"] == [row]
    told = desk.of_type("Help Asked")
    assert (told.data, told.metadata["at"], told.metadata["requestedBy"]) == (row, at, "crm")


def test_asked_again_the_reason_changes_and_not_the_time(desk, call):
    first = ask(desk, call, "a manager")["help"]
    other = Caller("other", SCOPES)
    assert ask(desk, call, "it is urgent", other)["help"] == {**first, "reason": "it is urgent"}
    assert ask(desk, call, "it is urgent")["help"] == {**first, "reason": "it is urgent"}
    assert ask(desk, call)["help"] == {**first, "reason": None}
    assert desk.types() == ["Help Asked"] * 3
    assert len({one.metadata["id"] for one in desk.told}) == 3


def test_taken_back_it_is_told_once(desk, call):
    ask(desk, call)
    for _ in range(2):
        assert desk.services.call_for_help.withdraw(request(call))["help"] is None
    assert desk.types() == ["Help Asked", "Help Withdrawn"]
    assert rows(desk)["calls"][0]["help"] is None


def test_of_many_at_once_one_is_the_first(desk, call):
    came_of: list[Any] = at_once(lambda _: desk.services.call_for_help.ask(request(call)), 4)
    assert len({json.dumps(one["help"]) for one in came_of}) == 1
    assert desk.types() == ["Help Asked"]


def test_a_call_that_is_over_and_one_of_another_agent_are_not_there(desk, call):
    with pytest.raises(CallNotFound):
        ask(desk, "nobody")
    with pytest.raises(CallNotFound):
        ask(desk, call, caller=Caller("bound", SCOPES, agents=frozenset({"another"})))
    assert desk.items("HELP") == []


def test_it_is_gone_with_the_call(desk, call):
    services = desk.services
    watcher = Watcher(
        services.gateway, services.floor, services.outbox, WatchSettings(), 2.0, services.patience, looks_of(services)
    )
    ask(desk, call)
    watcher.look("w")
    desk.floor.end_call(call)
    for _ in range(3):
        desk.move(3)
        watcher.look("w")
    assert "Call Ended" in desk.types()
    assert desk.items("HELP") == []


def test_the_filters_and_what_changed_under_them(desk, call):
    quiet = desk.call()
    queries = [{"help": "true"}, {"supervised": "true"}, {"supervised": "false"}]
    versions = [rows(desk, **query)["version"] for query in queries]
    ask(desk, call)
    desk.joined("listen", quiet, OTHER_PHONE)
    desk.move(3)
    shown = [[one["confId"] for one in rows(desk, **query)["calls"]] for query in queries]
    assert shown == [[call], [quiet], [call]]
    changes = [rows(desk, since=since, **query) for query, since in zip(queries, versions, strict=True)]
    assert [one["full"] for one in changes] == [False] * 3
    assert [[row["confId"] for row in one["calls"]] for one in changes] == [[call], [quiet], [call]]
    assert [one["gone"] for one in changes] == [[], [], [quiet]]
