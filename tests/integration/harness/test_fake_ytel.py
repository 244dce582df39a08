"""The fake Ytel over HTTP: its routes, and how strict it is about what it is asked."""

import json
import signal
import subprocess
import sys
import threading

import pytest
import requests

from tests.harness.fake_ytel import SAMPLE_CALL, SAMPLES, FakeYtel, ManualClock
from tests.harness.fake_ytel.faults import Run
from tests.harness.waiting import wait_until

PHONE = "+12125550142"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def ytel(clock):
    with FakeYtel(clock=clock) as fake:
        yield fake


@pytest.fixture
def session(ytel):
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {ytel.token}"
        yield session


def conferences(session, ytel, **query):
    return session.get(f"{ytel.api_url}/conference", params={"includeMembers": "true"} | query, timeout=5)


def request_for(ytel, call, **fields):
    agent = ytel.floor.user_of(ytel.floor.call(call))
    return {
        "from": agent.number if agent else "+12125550100",
        "to": PHONE,
        "confId": call,
        "mute": False,
        "fullMember": False,
        "noSpeakToList": [],
    } | fields


def bring_in(session, ytel, call, body=None):
    url = f"{ytel.api_url}/conference/{call}/participant"
    return session.post(url, json=request_for(ytel, call) if body is None else body, timeout=5)


def test_the_documented_list_of_conferences_byte_for_byte_in_meaning():
    with FakeYtel.with_samples() as ytel, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {ytel.token}"
        assert conferences(session, ytel).json() == json.loads(SAMPLES.read_text())
        assert bring_in(session, ytel, SAMPLE_CALL).status_code == 200
        assert not ytel.complaints


def test_users_can_be_listed_in_the_same_envelope_with_the_articles_four_fields(session, ytel):
    ytel.knobs.turn({"users.fields": "four", "users.shape": "envelope"})
    user = ytel.floor.add_user("Zoë", "O'Neil", number="(212) 555-0101")
    assert session.get(ytel.gumby_users_url, timeout=5).json() == {
        "status": True,
        "count": 1,
        "page": 1,
        "payload": [
            {"clientId": user.client_id, "firstName": "Zoë", "lastName": "O'Neil", "webrtcNumber": "(212) 555-0101"}
        ],
    }


def test_a_whisper_rings_the_phone_and_is_heard_by_the_agent_alone(session, ytel):
    call = ytel.floor.add_call()
    contact = ytel.floor.member(call, "contact")
    answer = bring_in(session, ytel, call, request_for(ytel, call, noSpeakToList=[contact]))
    assert answer.json()["status"] is True
    assert not ytel.floor.is_in(call, PHONE)

    member = ytel.floor.answer(call, PHONE)

    listed = conferences(session, ytel).json()["payload"][0]
    assert json.loads(listed["memberData"][member])["channelName"] == PHONE
    assert ytel.floor.roles_that_hear(call, PHONE) == {"agent"}


def test_mute_reaches_the_floor(session, ytel):
    call = ytel.floor.add_call()
    bring_in(session, ytel, call, request_for(ytel, call, mute=True))
    ytel.floor.answer(call, PHONE)
    assert ytel.floor.roles_that_hear(call, PHONE) == set()


def test_disconnecting_members_ends_the_call_and_again_is_not_found(session, ytel):
    call = ytel.floor.add_call()
    for member in ytel.floor.members(call):
        url = f"{ytel.api_url}/conference/{call}/participant/{member}"
        assert session.delete(url, timeout=5).status_code == 200
    gone = session.delete(url, timeout=5)

    assert conferences(session, ytel).json()["payload"] == []
    assert gone.status_code == 404
    assert gone.json() == {
        "status": False,
        "count": 0,
        "page": 0,
        "error": [{"code": "404", "message": "Conference not found", "moreInfo": None}],
    }
    assert not ytel.complaints


def test_a_member_that_is_gone_is_not_found_while_the_call_goes_on(session, ytel):
    call = ytel.floor.add_call()
    answer = session.delete(f"{ytel.api_url}/conference/{call}/participant/1", timeout=5)
    assert answer.json()["error"][0]["message"] == "Participant not found"


def test_the_hang_up_route_can_be_another():
    with FakeYtel(hangup_route="POST /conference/{confId}/hangup/{memberId}") as ytel, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {ytel.token}"
        call = ytel.floor.add_call()
        contact = ytel.floor.member(call, "contact")
        assert session.post(f"{ytel.api_url}/conference/{call}/hangup/{contact}", timeout=5).status_code == 200
        old = session.delete(f"{ytel.api_url}/conference/{call}/participant/{contact}", timeout=5)
        assert old.status_code == 404
        assert ytel.floor.members(call, "contact") == []


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic fake-ytel-token", "bearer", "fake-ytel-token"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v4/conference?includeMembers=true"),
        ("GET", "/gumby/webrtc/users"),
        ("POST", "/api/v4/conference/{call}/participant"),
        ("DELETE", "/api/v4/conference/{call}/participant/995"),
    ],
)
def test_every_route_asks_for_the_token(ytel, method, path, authorization):
    call = ytel.floor.add_call()
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.request(
        method, ytel.url + path.format(call=call), headers=headers, json=request_for(ytel, call), timeout=5
    )
    assert answer.status_code == 401
    assert answer.json()["status"] is False
    assert not ytel.floor.dials
    assert len(ytel.floor.members(call)) == 2


MISSING = object()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"from": "+12125550155"}, "from is not the number of this call's agent"),
        ({"from": None}, "from is not a str"),
        ({"from": MISSING}, "from is missing"),
        ({"to": MISSING}, "to is missing"),
        ({"to": 12125550142}, "to is not a str"),
        ({"to": ""}, "to is neither"),
        ({"to": "sip:robin@example.com"}, "to is neither"),
        ({"to": "+12125550142;ext=1"}, "to is neither"),
        ({"confId": "another"}, "confId is not the one in the path"),
        ({"confId": MISSING}, "confId is missing"),
        ({"mute": "false"}, "mute is not a bool"),
        ({"mute": 0}, "mute is not a bool"),
        ({"fullMember": MISSING}, "fullMember is missing"),
        ({"noSpeakToList": None}, "noSpeakToList is not a list"),
        ({"noSpeakToList": "995"}, "noSpeakToList is not a list"),
        ({"noSpeakToList": [995]}, "other than texts"),
        ({"noSpeakToList": ["995", "995"]}, "twice"),
        ({"noSpeakToList": ["995", "7"]}, "no members of the call: 7"),
        ({"action": "whisper"}, "action is not a documented field"),
    ],
)
def test_a_participant_request_is_the_documented_one_or_refused(session, ytel, change, message):
    call = ytel.floor.add_call()
    body = {key: value for key, value in request_for(ytel, call, **change).items() if value is not MISSING}
    answer = bring_in(session, ytel, call, body)

    assert answer.status_code == 422
    assert message in answer.json()["error"][0]["message"]
    assert [message in complaint.message for complaint in ytel.complaints] == [True]
    assert not ytel.floor.dials


def test_a_call_whose_agent_is_no_user_takes_no_participant(session, ytel):
    call = ytel.floor.add_call(agent=None)
    assert "no known user" in bring_in(session, ytel, call).json()["error"][0]["message"]


def test_from_may_be_written_otherwise_than_the_user_is(session, ytel):
    call = ytel.floor.add_call(ytel.floor.add_user(number="(646) 555-0100"))
    assert bring_in(session, ytel, call, request_for(ytel, call, **{"from": "+16465550100"})).status_code == 200


def test_a_users_number_may_be_dialled_however_it_is_written(session, ytel):
    ytel.floor.add_user(number="212.555.0177")
    call = ytel.floor.add_call()
    assert bring_in(session, ytel, call, request_for(ytel, call, to="212.555.0177")).status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b"{", "application/json", "not JSON"),
        (b"[]", "application/json", "not a JSON object"),
        (b"{}", "text/plain", "content type"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(session, ytel, body, content_type, message):
    call = ytel.floor.add_call()
    url = f"{ytel.api_url}/conference/{call}/participant"
    answer = session.post(url, data=body, headers={"Content-Type": content_type}, timeout=5)
    assert answer.status_code in (400, 422)
    assert message in answer.json()["error"][0]["message"]
    assert ytel.complaints


def test_a_call_that_is_over_takes_nobody_and_that_is_no_complaint(session, ytel):
    call = ytel.floor.add_call()
    body = request_for(ytel, call)
    ytel.floor.end_call(call)
    assert bring_in(session, ytel, call, body).status_code == 404
    assert not ytel.complaints


@pytest.mark.parametrize(
    "path",
    [
        "/api/v4/conference",
        "/api/v4/conference?includeMembers=false",
        "/api/v4/conference?includeMembers=true&limit=5",
        "/api/v4/conference?includeMembers=true&offset=-1",
        "/api/v4/conference?includeMembers=true&offset=x",
        "/gumby/webrtc/users?page=2",
        "/api/v4/conferences?includeMembers=true",
    ],
)
def test_a_route_or_query_that_nobody_documents_is_a_complaint(session, ytel, path):
    assert session.get(ytel.url + path, timeout=5).status_code in (400, 404)
    assert len(ytel.complaints) == 1


def test_errors_are_written_as_ytel_may_write_them(ytel):
    ytel.errors.under_200 = True
    ytel.errors.shape = "object"
    ytel.errors.more_info = ["see the manual"]
    answer = requests.get(ytel.users_url, timeout=5)

    assert answer.status_code == 200
    assert answer.json() == {
        "status": False,
        "count": 0,
        "page": 0,
        "error": {"code": "401", "message": "No bearer token", "moreInfo": ["see the manual"]},
    }


def issue(ytel, **body):
    return requests.post(ytel.token_url, json=body, timeout=5)


def test_credentials_buy_a_token_that_ends(ytel, clock):
    ytel.knobs.turn({"tokens.shape": "envelope", "tokens.says_expiry": True, "tokens.renews_refresh": True})
    credentials = {"username": ytel.tokens.username, "password": ytel.tokens.password}
    issued = issue(ytel, grantType="resource_owner_credentials", **credentials).json()["payload"][0]
    headers = {"Authorization": f"Bearer {issued['accessToken']}"}
    assert requests.get(ytel.users_url, headers=headers, timeout=5).status_code == 200
    clock.move(issued["expiresIn"])
    assert requests.get(ytel.users_url, headers=headers, timeout=5).status_code == 401

    renewed = issue(ytel, grantType="refresh_token", refreshToken=issued["refreshToken"]).json()["payload"][0]
    headers = {"Authorization": f"Bearer {renewed['accessToken']}"}
    assert requests.get(ytel.users_url, headers=headers, timeout=5).status_code == 200
    ytel.tokens.withdraw()
    assert requests.get(ytel.users_url, headers=headers, timeout=5).status_code == 401


def test_wrong_credentials_buy_nothing(ytel):
    wrong = issue(ytel, grantType="resource_owner_credentials", username=ytel.tokens.username, password="no")
    assert wrong.status_code == issue(ytel, grantType="refresh_token", refreshToken="no").status_code == 401
    assert not ytel.complaints
    assert issue(ytel, grantType="client_credentials").status_code == 400
    assert issue(ytel, grantType="refresh_token", scope="all").status_code == 400
    assert len(ytel.complaints) == 2


def test_tokens_can_be_rotated(session, ytel):
    ytel.tokens.accept("new")
    ytel.tokens.withdraw(ytel.token)
    ytel.tokens.refusal_status = 403
    assert session.get(ytel.users_url, timeout=5).status_code == 403
    session.headers["Authorization"] = "Bearer new"
    assert session.get(ytel.users_url, timeout=5).status_code == 200


def test_the_log_holds_what_was_asked_and_answered(session, ytel):
    call = ytel.floor.add_call()
    conferences(session, ytel, offset=5)
    bring_in(session, ytel, call)
    bring_in(session, ytel, "gone", {})

    listed, dialled, refused = ytel.requests
    assert (listed.method, listed.path, listed.query) == (
        "GET", "/api/v4/conference", {"includeMembers": "true", "offset": "5"},
    )  # fmt: skip
    assert dialled.body == request_for(ytel, call)
    assert [one.status for one in ytel.requests] == [200, 200, 404]
    assert listed.time <= dialled.time <= refused.time
    assert ytel.requests.count("POST", "/participant$") == 2
    assert ytel.requests.count("POST", "^/api/v4/conference/gone/") == 1
    assert ytel.requests.count("GET") == 1
    assert ytel.requests.count("*") == 3
    ytel.requests.reset()
    assert len(ytel.requests) == 0


def test_one_connection_serves_many_requests(session, ytel):
    ports = set()
    for _ in range(3):
        answer = session.get(ytel.users_url, timeout=5, stream=True)
        ports.add(answer.raw.connection.sock.getsockname())
        answer.content  # noqa: B018 - reading it gives the connection back
    assert len(ports) == 1


def test_many_at_once_are_served_side_by_side(ytel):
    inside, both = [], threading.Event()

    def act():
        inside.append(1)
        if len(inside) == 2:
            both.set()
        assert both.wait(5)

    ytel.faults.add("GET", "users", Run(act), times=2)
    headers = {"Authorization": f"Bearer {ytel.token}"}
    threads = [
        threading.Thread(target=requests.get, args=(ytel.users_url,), kwargs={"headers": headers, "timeout": 5})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert both.is_set()


def test_the_floor_can_be_played_by_hand(session, ytel):
    call = requests.post(f"{ytel.url}/_floor/call", timeout=5).json()["confId"]
    bring_in(session, ytel, call, request_for(ytel, call, noSpeakToList=[ytel.floor.member(call, "contact")]))
    shown = requests.get(f"{ytel.url}/_floor", timeout=5).json()
    assert shown["calls"][0]["ringing"] == [PHONE]

    requests.post(f"{ytel.url}/_floor/{call}/answer", json={"number": PHONE}, timeout=5)
    third = requests.post(f"{ytel.url}/_floor/{call}/join", json={"role": "third"}, timeout=5).json()["join"]
    legs = requests.get(f"{ytel.url}/_floor", timeout=5).json()["calls"][0]["legs"]
    assert [leg["role"] for leg in legs] == ["contact", "agent", "supervisor", "third"]
    assert legs[2]["heardBy"] == sorted([legs[1]["memberId"], third])

    other = ytel.floor.dial(call, "+12125550143", "+16465550100")
    requests.post(f"{ytel.url}/_floor/{call}/decline", json={"number": other.to}, timeout=5)
    assert other.state == "declined"
    requests.post(f"{ytel.url}/_floor/{call}/leave", json={"memberId": third}, timeout=5)
    assert len(ytel.floor.members(call)) == 3
    assert requests.post(f"{ytel.url}/_floor/{call}/decline", json={"number": PHONE}, timeout=5).status_code == 422
    assert requests.post(f"{ytel.url}/_floor/{call}/answer", json={}, timeout=5).status_code == 422
    assert requests.post(f"{ytel.url}/_floor/{call}/end", timeout=5).status_code == 200
    assert not ytel.floor.is_active(call)
    assert ytel.requests.count("*") == 1


def test_it_stops_with_connections_open_and_starts_again_on_its_port(session, ytel):
    session.get(ytel.users_url, timeout=5)
    port = ytel.port
    before = threading.active_count()
    with ytel.down():
        assert threading.active_count() < before
        with pytest.raises(requests.ConnectionError):
            session.get(ytel.users_url, timeout=5)
    assert ytel.port == port
    assert session.get(ytel.users_url, timeout=5).status_code == 200


def test_ten_thousand_calls_are_listed_in_pages(session, ytel):
    ytel.fill(calls=10_000, users=10_000)
    offset = 0
    while items := conferences(session, ytel, offset=offset).json()["payload"]:
        offset += len(items)
    assert offset == 10_000


def process(*args):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.harness.fake_ytel", *args],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_as_a_process_with_a_living_floor_until_it_is_told_to_stop(how):
    with process("--port", "0", "--token", "t", "--seed", "3") as fake:
        url = fake.stdout.readline().split()[1]
        headers = {"Authorization": "Bearer t"}
        answer = requests.get(f"{url}/conference?includeMembers=true", headers=headers, timeout=5)
        assert answer.json()["count"] >= 6
        fake.send_signal(how)
        _, errors = fake.communicate(timeout=10)
        assert (fake.returncode, errors) == (0, "")


def test_a_taken_port_is_one_clear_line(ytel):
    with process("--port", str(ytel.port)) as fake:
        _, errors = fake.communicate(timeout=10)
        assert fake.returncode == 1
        assert errors.splitlines() == [f"port {ytel.port}: Address already in use"]


def test_a_living_floor_goes_on_over_http(clock):
    with FakeYtel(clock=clock, living=True) as ytel, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {ytel.token}"
        first = {one["confId"] for one in conferences(session, ytel).json()["payload"]}
        ytel.move_clock(600)
        later = {one["confId"] for one in conferences(session, ytel).json()["payload"]}
        assert later - first
        assert first - later


def test_the_wall_clock_is_what_it_runs_on_unless_told_otherwise():
    with FakeYtel(auto_answer_after=0.05) as ytel:
        call = ytel.floor.add_call()
        ytel.floor.dial(call, PHONE, "+16465550100")
        wait_until(lambda: ytel.floor.is_in(call, PHONE), timeout=5, what="the phone to answer")
