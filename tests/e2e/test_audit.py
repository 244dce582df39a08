"""Why was a supervisor dropped? Asked of the log by the README's own queries."""

import re

import pytest

from tests.harness import insights
from tests.harness.template import ROOT
from tests.harness.waiting import wait_until

ENDED, ALL = re.findall(r"```text\n(fields .*?)```", (ROOT / "functions/README.md").read_text(), re.DOTALL)


@pytest.fixture
def story(scene):
    """What the two queries answer: how the supervision ended, and all that was done on its call."""

    def story(one):
        assert scene.system.logs is not None
        [ended] = [line for line in insights.ask(ENDED, scene.system.logs) if line["supervision"] == one["id"]]
        query = ALL.replace("THE CALL", ended["confId"]).replace("THE SUPERVISION", ended["supervision"])
        return ended, insights.ask(query, scene.system.logs)

    return story


def done(lines):
    return [line["audit"] for line in lines]


def test_one_who_was_exposed_was_dropped_because_of_whoever_joined(scene, story):
    call = scene.call()
    one = scene.joined("whisper", call)
    third = scene.floor.join(call, "third")
    scene.reaches(one["id"], "ended")
    ended, all_of_it = story(one)
    assert (ended["audit"], ended["how"], ended["exposedBy"]) == ("dropped", "exposed", [third])
    assert (ended["client"], ended["action"], ended["confId"]) == ("supervisor", "whisper", call)
    assert ended["to"] == f"…{one['to'][-4:]}"
    assert done(all_of_it) == ["asked", "dialled", "joined", "exposed", "dropped"]
    assert {line["supervision"] for line in all_of_it[1:]} == {one["id"]}
    assert len({line["correlation_id"] for line in all_of_it}) == 1


def test_one_who_was_sent_away_by_another_key_left_by_that_key(scene, story):
    call = scene.call()
    one = scene.joined("barge", call)
    assert scene.request("DELETE", f"/supervisions/{one['id']}", client="other").status_code == 202
    scene.reaches(one["id"], "ended")
    ended, all_of_it = story(one)
    assert (ended["audit"], ended["how"], ended["endedBy"]) == ("left", "left", "other")
    assert done(all_of_it) == ["asked", "dialled", "joined", "asked", "left"]
    assert [line["client"] for line in all_of_it if line["audit"] == "asked"] == ["supervisor", "other"]


def test_one_who_hung_up_did_so(scene, story):
    call = scene.call()
    one = scene.joined("listen", call)
    [leg] = scene.floor.members(call, "supervisor")
    scene.floor.leave(call, leg)
    scene.reaches(one["id"], "ended")
    ended, all_of_it = story(one)
    assert (ended["audit"], "endedBy" in ended) == ("hung up", False)
    assert done(all_of_it) == ["asked", "dialled", "joined", "hung up"]


def test_of_a_refusal_and_a_hang_up_over_the_bus_it_is_known_who_asked(scene):
    call = scene.call()
    scene.put({"action": "whisper", "confId": call, "to": "+1900", "requestId": f"refused {call}"}, source="crm.one")
    scene.put({"action": "hangup", "confId": call, "requestId": f"hung up {call}"}, source="crm.two")
    wait_until(lambda: scene.told("Call Hung Up", lambda data: data["confId"] == call), what="the call to be hung up")
    scene.system.deliveries.settle()
    lines = insights.ask(ALL.replace("THE CALL", call), scene.system.logs)
    by = {line["audit"]: line for line in lines}
    assert sorted(done(lines)) == ["asked", "asked", "call hung up", "refused"]
    assert (by["refused"]["client"], by["refused"]["code"]) == ("source:crm.one", "number_not_allowed")
    assert by["refused"]["correlation_id"] == f"refused {call}"
    assert by["call hung up"]["client"] == "source:crm.two"


def test_what_a_function_that_died_could_not_say_is_said_late(scene, watch):
    call, phone = scene.call(), scene.phone()
    scene.system.aws.faults.fail("PutEvents", "AccessDeniedException")
    one = scene.ask("barge", call, phone).json()
    scene.system.move_clock(11)
    watch()
    lines = insights.ask(ALL.replace("THE CALL", call), scene.system.logs)
    assert done(lines) == ["asked", "dialled", "dialled"]
    assert {line.get("supervision", one["id"]) for line in lines} == {one["id"]}
