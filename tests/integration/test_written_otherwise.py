"""The same account, however Ytel writes it: other letters, numbers as JSON numbers, ids and times in other forms."""

import pytest

from supervision.rules.supervision import Supervision
from tests.integration.desk import PHONE

OTHERWISE = [
    {"users.encoding": "latin-1"},
    {"users.encoding": "utf-8"},
    {"users.numbers": "number"},
    {"legs.numbers": "number"},
    {"users.numbers": "number", "legs.numbers": "number"},
    {"users.client_ids": "upper"},
    {"calls.client_ids": "braces"},
    {"users.client_ids": "braces", "calls.client_ids": "upper"},
    {"users.fields": "four", "users.shape": "envelope"},
]


def whispered(desk, call) -> Supervision:
    """A whisper into the call, which the agent alone hears."""
    begun: Supervision = desk.joined("whisper", call)
    assert desk.floor.roles_that_hear(call, PHONE) == {"agent"}
    return begun


@pytest.mark.parametrize("knobs", OTHERWISE, ids=str)
def test_a_call_maps_and_is_whispered_into_all_the_same(desk, knobs):
    desk.ytel.knobs.turn(knobs)
    desk.floor.add_user("José", "Peña")
    call = desk.call(agent=desk.floor.add_user("Ann", "Lee"))
    [row] = desk.services.floor.held().rows
    assert (row["username"], row["inbound"], row["agentMatch"]) == ("Ann Lee", True, "channelName")
    assert row["createdTime"] == desk.floor.call(call).created
    assert whispered(desk, call).state == "joined"
    names = {user.username for user in desk.services.users.by_id().values()}
    assert names == {"Ann Lee", "Jos\ufffd Pe\ufffda" if knobs == OTHERWISE[0] else "José Peña"}


@pytest.mark.parametrize("unit", ["s", "text", "zero"])
def test_a_time_that_is_none_hides_nothing_else(desk, unit):
    desk.ytel.knobs.calls.created_in = unit
    call = desk.call()
    [row] = desk.services.floor.held().rows
    assert (row["confId"], row["createdTime"], row["agentMatch"]) == (call, None, "channelName")
    assert whispered(desk, call).state == "joined"


@pytest.mark.parametrize("under_200", [True, False])
@pytest.mark.parametrize("error", ["list", "object"])
def test_a_no_is_a_no_however_it_is_put(desk, under_200, error):
    desk.ytel.knobs.turn({"errors.under_200": under_200, "errors.shape": error, "errors.code": "number"})
    call = desk.call()
    desk.floor.end_call(call)
    desk.move(3)
    assert desk.services.ytel.disconnect(call, "1000") is False
    assert desk.services.ytel.contact("nobody's") is None
