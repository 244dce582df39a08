"""Everything that can be made to go wrong, seen from the client's side."""

import json
import socket
import threading
import time

import pytest
import requests

from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.faults import (
    Body,
    Delay,
    Drip,
    Endless,
    EnvelopeFailure,
    Hang,
    Html,
    Json,
    Reset,
    Run,
    Status,
    Truncated,
)
from tests.harness.waiting import wait_until

PHONE = "+12125550142"


@pytest.fixture
def ytel():
    with FakeYtel() as fake:
        yield fake


@pytest.fixture
def call(ytel):
    return ytel.floor.add_call()


def users(ytel, **options):
    headers = {"Authorization": f"Bearer {ytel.token}"}
    return requests.get(ytel.users_url, headers=headers, **({"timeout": 5} | options))


def dial(ytel, call, timeout=5.0):
    body = {
        "from": ytel.floor.user_of(ytel.floor.call(call)).number,
        "to": PHONE,
        "confId": call,
        "mute": False,
        "fullMember": False,
        "noSpeakToList": [],
    }
    url = f"{ytel.api_url}/conference/{call}/participant"
    return requests.post(url, json=body, headers={"Authorization": f"Bearer {ytel.token}"}, timeout=timeout)


@pytest.mark.parametrize(("retry_after", "header"), [(None, None), (7, "7"), ("Wed, 21 Oct 2026 07:28:00 GMT",) * 2])
def test_a_status_with_and_without_retry_after(ytel, retry_after, header):
    ytel.faults.add("GET", "users", Status(429, retry_after))
    answer = users(ytel)

    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == header
    assert answer.json()["error"] == [{"code": "429", "message": "Scripted failure", "moreInfo": None}]
    assert users(ytel).status_code == 200


def test_a_failure_in_the_envelope_under_200(ytel):
    ytel.faults.add("GET", "users", EnvelopeFailure(503, "Try later"))
    answer = users(ytel)
    assert answer.status_code == 200
    assert answer.json()["status"] is False
    assert answer.json()["error"][0] == {"code": "503", "message": "Try later", "moreInfo": None}


def test_a_web_page_for_an_answer(ytel):
    ytel.faults.add("GET", "users", Html(502))
    answer = users(ytel)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    with pytest.raises(ValueError):  # noqa: PT011 - that it is no JSON is all there is to it
        answer.json()


def test_any_body_and_any_document(ytel):
    ytel.faults.add("GET", "users", Body(b"\xff\xfe", content_type="application/octet-stream"))
    ytel.faults.add("GET", "users", Json({"status": "yes", "payload": {"0": None}}))
    assert users(ytel).content == b"\xff\xfe"
    assert users(ytel).json() == {"status": "yes", "payload": {"0": None}}


def test_a_body_cut_short(ytel):
    ytel.faults.add("GET", "users", Truncated())
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        users(ytel)


def test_a_body_without_end(ytel):
    ytel.faults.add("GET", "users", Endless())
    with users(ytel, stream=True) as answer:
        taken = sum(len(chunk) for chunk, _ in zip(answer.iter_content(65_536), range(200), strict=False))
    assert taken > 1_000_000
    wait_until(lambda: not ytel.connections, what="the endless answer to end with its client")


@pytest.mark.parametrize("processed", [False, True])
def test_a_reset_connection_before_the_work_or_after(ytel, call, processed):
    ytel.faults.add("POST", "/participant$", Reset(processed=processed))
    with pytest.raises(requests.ConnectionError):
        dial(ytel, call)

    assert len(ytel.floor.dialled(PHONE)) == processed
    assert [one.status for one in ytel.requests] == [None]


def test_a_reset_is_a_reset_and_no_tidy_close(ytel):
    ytel.faults.add("GET", "users", Reset())
    with socket.create_connection(("127.0.0.1", ytel.port), timeout=5) as connection:
        connection.sendall(b"GET /gumby/webrtc/users HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(100)


@pytest.mark.parametrize("processed", [False, True])
def test_no_answer_at_all(ytel, call, processed):
    ytel.faults.add("POST", "/participant$", Hang(processed=processed))
    with pytest.raises(requests.ReadTimeout):
        dial(ytel, call, timeout=0.3)
    assert len(ytel.floor.dialled(PHONE)) == processed


@pytest.mark.parametrize("processed", [False, True])
def test_a_failure_may_come_after_the_work_was_done(ytel, call, processed):
    ytel.faults.add("POST", "/participant$", Status(500, processed=processed))
    assert dial(ytel, call).status_code == 500
    assert len(ytel.floor.dialled(PHONE)) == processed


def test_a_hanging_answer_does_not_keep_the_fake_from_stopping(ytel):
    ytel.faults.add("GET", "users", Hang())
    failures = []

    def ask():
        try:
            users(ytel)
        except requests.ConnectionError as gone:
            failures.append(gone)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: len(ytel.requests), what="the request")
    ytel.stop()
    thread.join()
    assert failures  # the connection was closed: the client did not lose patience, which would be a time-out


def test_an_answer_that_drips(ytel):
    ytel.floor.add_user()
    ytel.faults.add("GET", "users", Drip(seconds=0.01, size=10))
    begun = time.monotonic()
    answer = users(ytel, timeout=0.5)  # each piece comes well within the client's patience
    assert len(answer.json()) == 1
    assert time.monotonic() - begun > 0.01 * len(answer.content) / 10


def test_an_answer_that_is_late(ytel, call):
    ytel.faults.add("POST", "/participant$", Delay(0.2))
    begun = time.monotonic()
    assert dial(ytel, call).status_code == 200
    assert time.monotonic() - begun >= 0.2
    assert len(ytel.floor.dialled(PHONE)) == 1


@pytest.mark.parametrize("processed", [False, True])
def test_a_late_answer_given_up_on(ytel, call, processed):
    ytel.faults.add("POST", "/participant$", Delay(0.5, processed=processed))
    with pytest.raises(requests.ReadTimeout):
        dial(ytel, call, timeout=0.1)
    assert len(ytel.floor.dialled(PHONE)) == processed
    wait_until(lambda: len(ytel.floor.dialled(PHONE)) == 1, what="the dial, done late or early")


@pytest.mark.parametrize("processed", [False, True])
def test_the_floor_can_change_just_before_or_after_a_request(ytel, call, processed):
    seen = []
    ytel.faults.add("POST", "/participant$", Run(lambda: seen.append(len(ytel.floor.dials)), processed=processed))
    assert dial(ytel, call).status_code == 200
    assert seen == [processed]


def test_a_scripted_act_may_take_ytel_down(ytel):
    ytel.faults.add("GET", "users", Run(ytel.stop, processed=True))
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {ytel.token}"
        assert session.get(ytel.users_url, timeout=5).status_code == 200
        with pytest.raises(requests.ConnectionError):
            session.get(ytel.users_url, timeout=5)


def test_faults_are_for_a_method_a_path_and_a_number_of_requests(ytel, call):
    script = ytel.faults.add("POST", "/participant$", Status(503), times=2, skip=2)
    ytel.faults.add("DELETE", "users", Status(500))
    ytel.faults.add("GET", "/conference$", Status(500))
    assert users(ytel).status_code == 200
    assert [dial(ytel, call).status_code for _ in range(5)] == [200, 200, 503, 503, 200]
    assert script.used == 2


def test_a_fault_stays_until_it_is_cleared(ytel):
    first = ytel.faults.add("*", ".", Status(500), times=None)
    ytel.faults.add("GET", "users", Status(429), times=None)
    assert [users(ytel).status_code for _ in range(3)] == [500] * 3
    ytel.faults.clear(first)
    assert users(ytel).status_code == 429
    ytel.faults.clear()
    assert users(ytel).status_code == 200


def test_a_connection_outlives_a_fault_that_answered(ytel):
    ytel.faults.add("GET", "users", Status(503))
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {ytel.token}"
        assert [session.get(ytel.users_url, timeout=5).status_code for _ in range(2)] == [503, 200]


def test_faults_do_not_reach_the_floor_by_hand(ytel):
    ytel.faults.add("*", ".", Status(500), times=None)
    answer = requests.get(f"{ytel.url}/_floor", timeout=5)
    assert json.loads(answer.content)["calls"] == []
