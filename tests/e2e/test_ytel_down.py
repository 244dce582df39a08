"""Ytel down, or answering nonsense: documented answers in bounded time, nobody dialled, and it comes back by itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.fake_ytel.faults import (
    Body,
    Drip,
    Endless,
    EnvelopeFailure,
    Hang,
    Html,
    Json,
    Reset,
    Status,
    Truncated,
)

ANSWERS = {502: {"ytel_invalid", "ytel_rejected"}, 503: {"ytel_unavailable"}, 429: {"ytel_rate_limited"}}


@pytest.fixture(scope="module")
def settings():
    return {"YTEL_TIMEOUT_SECONDS": "1"}


def listed(scene):
    answer = scene.get("/calls")
    assert answer.status_code == 200, answer.text
    return answer.json()


def no_longer(scene, call):
    """Lets the held list become too old to be served as it is; the call is on it."""
    scene.system.move_clock(3)
    assert call in {one["confId"] for one in listed(scene)["calls"]}
    scene.system.move_clock(3)


def test_the_last_list_serves_for_a_while_and_then_none(scene):
    call = scene.call()
    no_longer(scene, call)
    with scene.ytel.down():
        before = listed(scene)
        for _ in range(3):
            assert listed(scene) == before
            assert before["stale"] is True
            assert scene.get(f"/calls/{call}").status_code == 200
            scene.system.move_clock(8)
        scene.system.move_clock(8)
        for path in ("/calls", f"/calls/{call}"):
            answer = scene.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "ytel_unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
        wait = int(answer.headers["Retry-After"])
    scene.system.move_clock(wait)
    back = listed(scene)
    assert back["stale"] is False
    assert back["asOf"] > before["asOf"]


def test_while_it_is_down_nothing_is_done_and_all_is_said(scene):
    call, phone = scene.call(), scene.phone()
    one = scene.joined("listen", call)
    with scene.ytel.down():
        for answer in (
            *(
                scene.ask(action, call, phone, f"{action} {call}")
                for action in ("listen", "whisper", "barge", "hangup")
            ),
            scene.get(f"/calls/{call}/plan?action=whisper"),
            scene.request("DELETE", f"/supervisions/{one['id']}"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "ytel_unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
        assert scene.supervision(one["id"])["state"] == "joined"
        assert scene.get("/").status_code == 200
    assert scene.ask("whisper", call, phone, f"whisper {call}").status_code == 202
    assert scene.dials(call) == 2


@pytest.mark.parametrize(
    "garbage",
    [
        Html(),
        Html(502),
        Truncated(),
        Reset(),
        Hang(),
        Endless(),
        Drip(0.05, 8),
        EnvelopeFailure(500),
        Status(302),
        Body(b"\x00\xff\xfe", content_type="application/octet-stream"),
        Body(b""),
        Json({"status": True, "count": 1, "page": 1, "payload": {"confId": "x"}}),
    ],
    ids=repr,
)
def test_nonsense_from_ytel(scene, garbage):
    call, phone = scene.call(), scene.phone()
    no_longer(scene, call)
    scene.ytel.faults.add("GET", "/conference$", garbage, times=None)
    with ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(scene.ask, "whisper", call, phone),
            pool.submit(scene.ask, "hangup", call),
            pool.submit(scene.get, f"/calls/{call}/plan?action=whisper"),
        ]
        held = listed(scene)
        answers = [one.result() for one in asked]
    assert (held["stale"], [one["confId"] for one in held["calls"]]) == (True, [call])
    for answer in answers:
        assert answer.json()["code"] in ANSWERS[answer.status_code]
    assert scene.dials(call) == 0
    assert scene.floor.is_active(call)
    scene.ytel.faults.clear()
    scene.system.move_clock(3)
    assert listed(scene)["stale"] is False
    assert scene.ask("whisper", call, phone).status_code == 202


@pytest.mark.parametrize("garbage", [Html(), Reset(), Json({"status": True, "payload": 7}), Status(503)], ids=repr)
def test_nonsense_from_the_users_endpoint_leaves_the_held_users(scene, garbage):
    call, phone = scene.call(), scene.phone()
    no_longer(scene, call)
    scene.ytel.faults.add("GET", "/users/", garbage, times=None)
    scene.system.move_clock(400)
    row = listed(scene)["calls"][0]
    assert (row["confId"], row["agentMatch"]) == (call, "channelName")
    assert scene.ask("whisper", call, phone).status_code == 202


@pytest.mark.parametrize("garbage", [Html(), Json({"status": True, "payload": 7}), Status(503)], ids=repr)
def test_without_any_users_nobody_is_taken_for_unknown(scene, garbage):
    call, phone = scene.call(), scene.phone()
    forget_the_users(scene)
    scene.ytel.faults.add("GET", "/users/", garbage, times=None)
    for answer in (scene.ask("whisper", call, phone), scene.ask("listen", call, phone)):
        assert answer.json()["code"] in ANSWERS[answer.status_code]
    assert scene.dials(call) == 0
    scene.ytel.faults.clear()
    scene.system.move_clock(31)
    assert scene.ask("whisper", call, phone).status_code == 202


def forget_the_users(scene):
    """As on the first day: none are held, in the table or in a function."""
    table, dynamodb = scene.system.template.functions["Whisper"].environment["TABLE_NAME"], scene.aws("dynamodb")
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "SNAPSHOT#users"}, "sk": {"S": "CURRENT"}})
    for function in ("listen", "whisper", "list_calls"):
        scene.system.restart(function)
