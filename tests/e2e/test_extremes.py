"""Calls that are out of all proportion: every route answers, none with a 500, and no other call is harmed."""

import json

import pytest

from tests.harness.waiting import wait_until

LONG, AWKWARD = "c" * 1_015, "\u00e9 %?#&\U0001f600" * 30
ACTIONS = ("listen", "whisper", "barge")


@pytest.fixture
def ordinary(scene):
    return scene.call()


def path_of(call):
    return "".join(f"%{byte:02X}" for byte in call.encode())


def crowd(ids, leg='{"channelName": "x"}'):
    return {"memberData": dict.fromkeys(ids, leg), "members": dict.fromkeys(ids, "x")}


@pytest.mark.parametrize("call", [LONG, AWKWARD], ids=["1,015 letters", "awkward letters"])
def test_a_call_with_a_long_id_is_like_any_other(scene, ordinary, watch, call):
    scene.call(conf_id=call)
    scene.system.move_clock(3)  # what is held of the floor is out of date
    path = f"/calls/{path_of(call)}"
    assert scene.get(path).json()["confId"] == call
    assert scene.get(f"{path}/plan?action=whisper").json()["agentMatch"] == "channelName"
    phone = scene.phone()
    answer = scene.request("POST", f"{path}/whisper", json={"to": phone})
    assert answer.status_code == 202, answer.text
    scene.floor.answer(call, phone)
    assert scene.reaches(answer.json()["id"], "joined")["confId"] == call
    watch()
    assert wait_until(lambda: scene.told("Call Started", lambda data: data["confId"] == call))
    assert wait_until(lambda: scene.told("Call Started", lambda data: data["confId"] == ordinary))
    assert scene.request("DELETE", f"/supervisions/{answer.json()['id']}").status_code == 202
    assert scene.request("POST", f"{path}/hangup").status_code == 200
    watch()
    watch()
    assert wait_until(lambda: scene.told("Call Ended", lambda data: data["confId"] == call))
    assert scene.system.failures == []


@pytest.mark.parametrize("call", [LONG, AWKWARD, "x" * 6_000, "."], ids=["1,015", "awkward", "6,000", "dot"])
def test_a_call_that_is_not_there_is_not_found_whatever_its_id(scene, ordinary, call):
    path = f"/calls/{path_of(call)}"
    answers = [scene.get(path), scene.get(f"{path}/plan?action=listen"), scene.request("POST", f"{path}/hangup")]
    answers += [scene.request("POST", f"{path}/{action}", json={"to": scene.phone()}) for action in ACTIONS]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "call_not_found")] * 6
    assert scene.get(f"/supervisions?confId={path_of(call)}").status_code in (200, 422)


@pytest.mark.parametrize(
    "ids",
    [[f"{number:0450}" for number in range(1_000)], [str(number) for number in range(60_000)]],
    ids=["long", "many"],
)
def test_who_cannot_all_be_kept_out_is_a_refusal_in_the_plan_and_of_the_dial(scene, ordinary, ids):
    call = scene.call(shape=crowd(ids))
    for action in ACTIONS:
        plan = scene.get(f"/calls/{call}/plan?action={action}").json()
        answer = scene.ask(action, call, scene.phone())
        assert answer.status_code == 409, answer.text
        assert plan["refused"]["code"] == answer.json()["code"]
        assert answer.json()["code"] in ("members_unknown", "agent_not_proven")
    assert scene.dials(call) == 0
    scene.system.move_clock(3)
    assert scene.get(f"/calls/{call}").status_code == 200
    assert scene.get("/calls").json()["count"] == 2
    assert scene.ask("listen", ordinary, scene.phone()).status_code == 202


def test_an_agent_whose_name_and_number_are_out_of_all_proportion_harms_nobody(scene, ordinary):
    agent = scene.floor.add_user(first="A" * 300_000, client_id="agent-" + "x" * 300_000)
    scene.system.move_clock(301)
    call = scene.call(agent=agent)
    answer = scene.ask("listen", call, scene.phone())
    assert (answer.status_code, answer.json()["code"]) == (502, "ytel_invalid")
    assert scene.dials(call) == 0
    scene.system.move_clock(3)
    shown = scene.get("/calls").json()
    assert shown["count"] == 2
    assert len(json.dumps(shown)) < 100_000
    assert scene.ask("listen", ordinary, scene.phone()).status_code == 202
