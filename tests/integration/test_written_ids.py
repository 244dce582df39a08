"""Ids of calls, agents and supervisions, however they are written: in capitals, in braces, without dashes."""

import pytest

from supervision.actions.looks import Looks
from supervision.actions.watcher import Watcher
from supervision.base.problems import CallNotFound
from supervision.base.settings import WatchSettings
from supervision.floor.listing import Listing
from supervision.floor.queries import CallQuery
from supervision.rules.request import Request
from supervision.table.history import SupervisionQuery, find
from tests.harness.fake_ytel.faults import Run
from tests.integration.desk import CRM, PHONE

CALL, AGENT = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "c91f9b77-ce9d-4207-98e4-229b76a65550"
WAYS = [str.upper, lambda text: f"{{{text}}}", lambda text: text.replace("-", "").upper()]
LIST = "/conference$"


def agent_of(desk):
    return next((user for user in desk.floor.users if user.client_id == AGENT), None) or desk.floor.add_user(
        client_id=AGENT
    )


@pytest.mark.parametrize("written", WAYS)
def test_a_call_is_found_and_supervised_by_any_text_of_its_id(desk, written):
    call = desk.call(conf_id=CALL, agent=agent_of(desk))
    begun = desk.dial("whisper", written(call))
    desk.floor.answer(call, PHONE)
    desk.look()
    assert (begun.confId, begun.clientId) == (CALL, AGENT)
    query = SupervisionQuery.of({"confId": written(call)})
    assert [
        one["id"] for one in find(desk.services.gateway, desk.services.supervisions, query, CRM)["supervisions"]
    ] == [begun.id]
    assert desk.services.floor.call(written(call))
    desk.services.leave.leave(written(begun.id), CRM)
    desk.move(1)
    assert desk.services.hang_up.hang_up(written(call), CRM, "r1")["confId"] == CALL
    assert not desk.floor.is_active(call)


@pytest.mark.parametrize("written", WAYS)
def test_an_agents_calls_are_found_by_any_text_of_their_client_id(desk, written):
    desk.call(conf_id=CALL, agent=agent_of(desk))
    page = Listing().page(desk.services.floor.held(), CallQuery.of({"agent": written(AGENT)}))
    assert page.matching == 1
    assert desk.services.reader.of_agent(written(AGENT), None, CRM) == CALL
    asked = Request(action="listen", caller=CRM, correlation_id="r1", conf_id=CALL, client_id=written(AGENT), to=PHONE)
    assert desk.dialler.dial(asked).confId == CALL


def test_a_call_that_ytel_writes_another_way_from_one_list_to_the_next_is_the_same(desk):
    desk.call(conf_id=CALL, agent=agent_of(desk))
    services = desk.function()
    looks = Looks(services.gateway, "no queue", 10_000)
    watcher = Watcher(services.gateway, services.floor, services.outbox, WatchSettings(), 2.0, services.patience, looks)
    begun = desk.joined("whisper", CALL)
    for number in range(6):
        desk.floor.call(CALL).shape = {"confId": CALL.upper() if number > 1 else CALL}
        desk.floor.call(CALL).changed()
        desk.move(3)
        watcher.look("r1")
    assert desk.record(begun).state == "joined"
    [row] = desk.services.floor.held().rows
    assert [one["id"] for one in row["supervisors"]] == [begun.id]
    assert "Call Ended" not in desk.types()
    assert desk.types().count("Call Started") == 1


def test_a_call_of_an_agent_that_slips_between_two_pages_is_looked_for_again(desk):
    first = desk.call()
    for _ in range(5):
        desk.call()
    desk.ytel.conferences.size = 2
    third = desk.floor.active_calls()[2]
    agent = desk.floor.user_of(third)
    # While the first page is read a call of it ends: the first of the second page is on the first now.
    desk.ytel.faults.add("GET", LIST, Run(lambda: desk.floor.end_call(first)), skip=1)
    assert desk.services.reader.of_agent(agent.client_id, None, CRM) == third.conf_id
    walks = desk.ytel.requests.walks(LIST)
    with pytest.raises(CallNotFound):
        desk.services.reader.of_agent("nobody", None, CRM)
    assert desk.ytel.requests.walks(LIST) - walks == 2
