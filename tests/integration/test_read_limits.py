"""A client has single calls read so often in a minute, whichever way it asks; what is refused asks Ytel for nothing."""

from dataclasses import replace

import pytest

from supervision.actions.plan import plan
from supervision.api import entry
from supervision.base.problems import CallNotFound, NumberNotAllowed, TooManyRequests
from supervision.rules.caller import Caller
from supervision.rules.request import Done, Refused
from supervision.rules.scopes import SCOPES
from supervision.table.gateway import Gateway
from supervision.table.rate_limit import Reads
from tests.integration.desk import CRM, OTHER_PHONE, PHONE

WALL = Caller("wall", SCOPES)


def lists(desk):
    return desk.ytel.requests.count("GET", "/conference$")


def plans(desk, caller=CRM):
    return plan(desk.services.reader, caller, "listen", "no-such-call")


def dials(desk, caller=CRM):
    return desk.dial("barge", "no-such-call", caller=caller)


def hangs_up(desk, caller=CRM):
    return desk.services.hang_up.hang_up("no-such-call", caller, "r1")


def asks_by_agent(desk, caller=CRM):
    return desk.services.reader.of_agent("nobody", None, caller)


@pytest.mark.parametrize("asks", [plans, dials, hangs_up, asks_by_agent])
def test_readings_are_counted_and_what_is_over_the_limit_reads_nothing(make_desk, asks):
    desk = make_desk(reads_per_minute=2)
    desk.call()
    for _ in range(2):
        with pytest.raises(CallNotFound):
            asks(desk)
    before = lists(desk)
    for _ in range(3):
        with pytest.raises(TooManyRequests) as refused:
            asks(desk)
    assert lists(desk) == before
    assert 1 <= (refused.value.retry_after or 0) <= 60
    with pytest.raises(CallNotFound):
        asks(desk, WALL)
    desk.move(60)
    with pytest.raises(CallNotFound):
        asks(desk)


def test_all_ways_of_asking_share_one_limit(make_desk):
    desk = make_desk(reads_per_minute=2)
    call = desk.call()
    desk.dial("listen", call)
    plan(desk.services.reader, CRM, "listen", call)
    with pytest.raises(TooManyRequests):
        desk.dial("listen", call, OTHER_PHONE)
    assert desk.dials() == 1


def test_a_supervisor_leaves_however_much_was_read(make_desk):
    desk = make_desk(reads_per_minute=1)
    begun = desk.joined("listen", desk.call())
    with pytest.raises(TooManyRequests):
        plans(desk)
    desk.services.leave.leave(begun.id, CRM)
    desk.look()
    assert desk.record(begun).how == "left"


def test_the_sources_that_are_nobodys_share_one_limit(make_desk):
    desk = make_desk(reads_per_minute=1)
    with pytest.raises(CallNotFound):
        plans(desk, Caller("source:one", SCOPES))
    with pytest.raises(TooManyRequests):
        plans(desk, Caller("source:another", SCOPES))


def test_while_nothing_can_be_counted_readings_go_on(made_up_aws):
    Reads(Gateway("no-such-table"), 1).count(CRM)


def named(desk, name, call, to=PHONE, action="listen"):
    return entry.act(replace(desk.asked(action, call, to), name=name), desk.services)


def test_of_requests_that_have_a_name_only_those_that_read_the_call_are_counted(make_desk):
    desk = make_desk(reads_per_minute=2)
    call = desk.call()
    assert isinstance(named(desk, "one", call), Done)
    for _ in range(3):
        assert named(desk, "one", call).replayed
        assert isinstance(named(desk, "two", call, "+18095550100").problem, NumberNotAllowed)
    assert isinstance(named(desk, "two", call, OTHER_PHONE), Done)
    before = lists(desk)
    refused = named(desk, "three", call, "+12125550144")
    assert isinstance(refused, Refused)
    assert isinstance(refused.problem, TooManyRequests)
    assert lists(desk) == before
    assert named(desk, "one", call).replayed
    desk.move(60)
    assert isinstance(named(desk, "three", call, "+12125550144"), Done)
    assert desk.dials() == 3
