"""One dial for one request."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.fake_ytel.faults import EnvelopeFailure, Hang, Html, Reset, Status, Truncated


@pytest.fixture(scope="module")
def settings():
    return {"YTEL_TIMEOUT_SECONDS": "2"}


def test_the_same_key_and_body_gives_the_first_answer_and_dials_nobody(scene):
    call, phone = scene.call(), scene.phone()
    first = scene.ask("whisper", call, phone, "a-key")
    again = scene.ask("whisper", call, phone, "a-key")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    scene.system.move_clock(3600)
    assert scene.ask("whisper", call, phone, "a-key").json() == first.json()
    assert scene.dials(call) == 1


def test_the_same_key_with_another_body_or_on_another_route_is_refused(scene):
    call, phone = scene.call(), scene.phone()
    scene.ask("whisper", call, phone, "b-key")
    for action, where, to in (
        ("whisper", call, scene.phone()),
        ("listen", call, phone),
        ("whisper", scene.call(), phone),
        ("hangup", call, None),
    ):
        answer = scene.ask(action, where, to, "b-key")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert scene.ytel.requests.count("POST", "/participant$") >= 1
    assert scene.dials(call) == 1
    assert scene.floor.is_active(call)


def test_another_key_is_another_request(scene):
    call, phone = scene.call(), scene.phone()
    scene.ask("whisper", call, phone, f"one {call}")
    for _ in range(2):
        answer = scene.ask("whisper", call, phone, f"two {call}")
        assert (answer.status_code, answer.json()["code"]) == (409, "already_supervising")
    assert scene.ask("whisper", call, phone).status_code == 202, "without a key it is the same within half a minute"
    assert scene.dials(call) == 1


def test_a_key_belongs_to_its_client(scene):
    call, other_call = scene.call(), scene.call()
    scene.ask("barge", call, scene.phone(), "c-key")
    assert scene.ask("barge", other_call, scene.phone(), "c-key", client="other").status_code == 202


@pytest.mark.parametrize("key", ["d-key", None])
def test_two_at_the_same_moment_dial_once(scene, key):
    call, phone = scene.call(), scene.phone()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: scene.ask("listen", call, phone, key), range(4)))
    assert scene.dials(call) == 1
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"in_progress"}


def test_without_a_key_the_same_request_within_half_a_minute_gets_what_is_under_way(scene):
    call, phone = scene.call(), scene.phone()
    first = scene.ask("whisper", call, phone).json()
    scene.system.move_clock(20)
    assert scene.ask("whisper", call, phone).json()["id"] == first["id"]
    assert scene.ask("whisper", call, phone, client="other").json()["code"] == "already_supervising"
    scene.system.move_clock(15)
    assert scene.ask("whisper", call, phone).json()["code"] == "already_supervising"
    assert scene.dials(call) == 1


def test_a_refusal_is_not_kept(scene):
    call = scene.call(proof=None)
    phone = scene.phone()
    assert scene.ask("whisper", call, phone, "e-key").status_code == 409
    [agent] = scene.floor.members(call, "agent")
    number = scene.floor.user_of(scene.floor.call(call)).number
    scene.floor.garble(call, agent, f'{{"channelName": "{number}"}}')
    assert scene.ask("whisper", call, phone, "e-key").status_code == 202


@pytest.mark.parametrize(
    "lost", [Reset(processed=True), Hang(processed=True), Truncated(), Html(processed=True)], ids=repr
)
@pytest.mark.parametrize("key", [True, False], ids=["with a key", "without"])
def test_an_outcome_that_is_unknown_is_looked_up_and_never_dialled_blindly(scene, lost, key):
    call, phone = scene.call(), scene.phone()
    key = f"key {call}" if key else None
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", lost)
    for _ in range(2):
        answer = scene.ask("whisper", call, phone, key)
        assert (answer.status_code, answer.json()["code"]) == (504, "outcome_unknown")
    scene.floor.answer(call, phone)
    joined = scene.ask("whisper", call, phone, key)
    assert (joined.status_code, joined.json()["state"]) == (202, "joined")
    assert scene.floor.roles_that_ever_heard(call, phone) == {"agent"}
    assert scene.dials(call) == 1


def test_a_dial_that_never_arrived_may_be_asked_for_again_once_it_rings_no_more(scene):
    call, phone = scene.call(), scene.phone()
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", Reset(processed=False))
    assert scene.ask("whisper", call, phone, "f-key").status_code == 504
    scene.system.move_clock(80)
    assert scene.ask("whisper", call, phone).status_code == 504
    scene.system.move_clock(15)
    assert scene.ask("whisper", call, phone, "f-key").status_code == 504, "the same key dials nobody again"
    assert scene.ask("whisper", call, phone).status_code == 202
    assert scene.dials(call) == 2


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Status(429, retry_after=7), 429, "ytel_rate_limited"),
        (Status(503, retry_after=7), 503, "ytel_unavailable"),
        (Status(400), 502, "ytel_rejected"),
        (EnvelopeFailure(400), 502, "ytel_rejected"),
    ],
    ids=repr,
)
def test_what_says_that_nothing_was_sent_leaves_nothing_behind(scene, fault, status, code):
    call, phone = scene.call(), scene.phone()
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", fault)
    answer = scene.ask("whisper", call, phone, f"key {call}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers.get("Retry-After") == ("7" if status in (429, 503) else None)
    assert scene.ask("whisper", call, phone, f"key {call}").status_code == 202
    assert scene.dials(call) == 2


def test_any_other_5xx_to_a_dial_is_an_unknown_outcome(scene):
    call = scene.call()
    scene.ytel.faults.add("POST", f"/conference/{call}/participant$", Status(500))
    assert scene.ask("whisper", call, scene.phone()).json()["code"] == "outcome_unknown"
    assert scene.dials(call) == 1
