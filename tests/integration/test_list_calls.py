"""GET /calls and GET /calls/{confId}, by the door itself, with Ytel over HTTP and AWS as moto has it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from supervision.base import aws
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.fake import SAMPLE_CALL, SAMPLES
from tests.harness.fake_ytel.faults import Status
from tests.integration import doors

ROOT = Path(__file__).parents[2]
AGENT = "c91f9b77-ce9d-4207-98e4-229b76a6555"


@pytest.fixture
def ytel():
    with FakeYtel.with_samples() as ytel:
        yield ytel


@pytest.fixture
def settings(ytel, table, monkeypatch):
    aws.client("secretsmanager").create_secret(Name="ytel-token", SecretString=ytel.token)
    variables = {
        "TABLE_NAME": table,
        "EVENT_BUS_NAME": "supervision",
        "YTEL_API_URL": ytel.api_url,
        "YTEL_USERS_URL": ytel.users_url_template,
        "YTEL_TOKEN_SECRET": "ytel-token",
        "YTEL_SESSION_SECRET": "unused",
        "API_CLIENTS_SECRET": "clients",
        "POWERTOOLS_SERVICE_NAME": "supervision",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def app(settings):
    with doors.loaded("list_calls") as app:
        yield app


def calls(app, query="", headers=None, seconds=20.0):
    return doors.get(app, "/calls", f"/calls{query}", headers, seconds)


def call(app, conf_id, headers=None):
    return doors.get(app, "/calls/{confId}", f"/calls/{conf_id}", headers)


def lists(ytel):
    return ytel.requests.walks("/conference$")


def test_the_list_is_as_the_contract_has_it(app):
    answer = calls(app)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json
    assert (body["count"], body["stale"], body["next"]) == (2, False, None)
    assert body["calls"][1] == {
        "confId": SAMPLE_CALL,
        "status": "active",
        "createdTime": 1709849242672,
        "from": "+18445285555",
        "to": "+17048135555",
        "inbound": False,
        "clientId": AGENT,
        "username": "Ann Lee",
        "agentNumber": "+15555280600",
        "contact": None,
        "contactId": "a1133d83-d0a9-4d69-80ce-355bf72e555",
        "agentMemberId": "504",
        "contactMemberId": "503",
        "agentMatch": "channelName",
        "otherMemberIds": [],
        "help": None,
        "supervisors": [],
    }


def test_polls_share_one_reading(app, ytel, clock_at):
    clock_at()
    for _ in range(5):
        calls(app)
        call(app, SAMPLE_CALL)
    assert lists(ytel) == 1


@pytest.mark.parametrize("query", ["?limit=0", "?limit=x", "?direction=up", "?cursor=x", "?limit=1&limit=2"])
def test_a_value_nobody_knows_is_refused_before_anything_is_read(app, ytel, query):
    answer = calls(app, query)
    assert (answer.status, answer.json["code"]) == (422, "invalid_request")
    assert answer.headers["content-type"] == "application/problem+json"
    assert lists(ytel) == 0


def test_filters_and_pages(app, ytel, clock_at):
    ytel.fill(calls=30, users=3)
    body = calls(app, "?agent=agent1&direction=inbound&limit=3").json
    assert len(body["calls"]) == 3
    assert body["count"] == 5
    assert all(one["username"] == "Agent1 Lee" and one["inbound"] for one in body["calls"])
    rest = calls(app, f"?agent=agent1&direction=inbound&limit=3&cursor={body['next']}").json
    assert len(rest["calls"]) == 2
    assert rest["next"] is None
    assert not {one["confId"] for one in body["calls"]} & {one["confId"] for one in rest["calls"]}
    assert calls(app, f"?agent={AGENT}").json["count"] == 1
    assert calls(app, f"?agent={AGENT}&unknown=x").status == 422


# ---------------------------------------------------------------- held by the client


@pytest.mark.parametrize(
    "header", ["{tag}", "W/{tag}", '"x", {tag}', 'W/"a,b" ,W/{tag}', "*", " * ", '"x",{tag},"y"', "{weak}"]
)
def test_what_the_client_holds_is_not_sent_again(app, clock_at, header):
    weak = calls(app).headers["etag"]
    clock_at(5)
    answer = calls(app, headers={"If-None-Match": header.format(tag=weak.removeprefix("W/"), weak=weak)})
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"] == weak
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("header", ['"x"', "", "W/", "x", '""', '"*"'])
def test_what_it_does_not_hold_is(app, header):
    assert calls(app, headers={"If-None-Match": header}).status == 200


def test_another_list_has_another_tag(app, ytel, clock_at):
    tag = calls(app).headers["etag"]
    assert calls(app, "?direction=inbound").headers["etag"] != tag
    ytel.floor.add_call(None)
    clock_at(5)
    assert calls(app, headers={"If-None-Match": tag}).status == 200


def test_what_changed_since_is_answered_once_and_then_not_sent_again(app, ytel, clock_at):
    version = calls(app).json["version"]
    call = ytel.floor.add_call(None)
    clock_at(5)
    answer = calls(app, f"?since={version}", headers={"Accept-Encoding": "gzip"})
    assert [one["confId"] for one in answer.json["calls"]] == [call]
    assert (answer.json["full"], answer.json["count"]) == (False, 3)
    again = calls(app, f"?since={version}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status == 304
    assert calls(app, f"?since={answer.json['version']}").json["calls"] == []
    assert calls(app, "?since=unknown").json["full"]


# ---------------------------------------------------------------- compressed


@pytest.mark.parametrize(
    "accepted", ["gzip", "br, gzip;q=0.5", "GZIP", "*", "deflate, x-gzip", "gzip;q=1.0", "gzip; q=.1", "gzip;q=x"]
)
def test_it_is_compressed_for_who_accepts_that(app, accepted):
    answer = calls(app, headers={"Accept-Encoding": accepted})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.json["count"] == 2


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "*;q=0", "gzip;q=0.0, *", "gzip ;Q=0", "identity"])
def test_it_is_not_for_who_does_not(app, accepted):
    answer = calls(app, headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.json["count"] == 2


# ---------------------------------------------------------------- one call


def test_one_call_has_its_conference(app, ytel):
    body = call(app, SAMPLE_CALL).json
    assert body["agentMemberId"] == "504"
    assert body["userConference"] == json.loads(SAMPLES.read_text())["payload"][1]
    assert {**body, "userConference": None} == {**calls(app).json["calls"][1], "userConference": None}


def test_one_call_is_held_and_compressed_as_the_list_is(app):
    answer = call(app, SAMPLE_CALL, {"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert call(app, SAMPLE_CALL, {"If-None-Match": answer.headers["etag"]}).status == 304


@pytest.mark.parametrize("conf_id", ["nobody", "%2F", "a%20b", "x" * 500])
def test_a_call_that_is_not_there(app, conf_id):
    answer = call(app, conf_id)
    assert (answer.status, answer.json["code"]) == (404, "call_not_found")


def test_an_id_of_any_characters_is_found(app, ytel):
    ytel.floor.raw_conference({"confId": "a b/ü", "status": "active"}, {})
    assert call(app, "a%20b%2F%C3%BC").json["confId"] == "a b/ü"


# ---------------------------------------------------------------- Ytel down


def test_the_last_list_serves_while_ytel_is_down_and_then_no_more(app, ytel, clock_at):
    before = calls(app)
    ytel.faults.add("GET", "/conference$", Status(503), times=None)
    clock_at(10)
    answer = calls(app, headers={"If-None-Match": before.headers["etag"]})
    assert answer.status == 200
    assert answer.json == {**before.json, "stale": True}
    clock_at(21)
    answer = calls(app)
    assert (answer.status, answer.json["code"]) == (503, "ytel_unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    ytel.faults.clear()
    clock_at(3)
    assert calls(app).json["stale"] is False


def test_ytel_asking_to_slow_down_is_passed_on(app, ytel, clock_at):
    ytel.faults.add("GET", "/conference$", Status(429, retry_after=9), times=None)
    answer = calls(app)
    assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (429, "ytel_rate_limited", "9")


def test_without_time_to_wait_it_answers_at_once(app, ytel, table):
    """Another function holds the lease, and this one has nothing."""
    from supervision.base import clock
    from supervision.table.gateway import Gateway
    from supervision.table.shared_cache.pointer import Pointer, PointerItem

    now = clock.now_ms()
    assert PointerItem(Gateway(table), "SNAPSHOT#floor", 8_000).lease("another", Pointer(), now)[0]
    answer = calls(app, seconds=9.2)
    # Had it waited for the lease to end, it would have read the list itself.
    assert (answer.status, answer.json["code"]) == (503, "ytel_unavailable")
    assert lists(ytel) == 0


# ---------------------------------------------------------------- sizes and costs


def test_a_thousand_calls_with_giant_fields_stay_below_what_lambda_returns(app, ytel):
    sample = json.loads(SAMPLES.read_text())["payload"][1]
    for n in range(300):
        details = {**sample["details"], "contact_id": '"' * 14_000, "client_id": AGENT}
        ytel.floor.raw_conference({**sample, "confId": f"giant-{n:03}", "details": details}, {})
    found, query = [], "?limit=1000"
    while True:
        answer = calls(app, query)
        assert len(json.dumps({"body": answer.text.decode()})) < 6_000_000
        found += [one["confId"] for one in answer.json["calls"]]
        if answer.json["next"] is None:
            break
        query = f"?limit=1000&cursor={answer.json['next']}"
    assert len(found) == len(set(found)) == 302


def test_a_warm_poll_is_one_read_of_the_table(app, made_up_aws, clock_at):
    calls(app)
    made_up_aws.forget()
    for _ in range(3):
        calls(app, headers={"Accept-Encoding": "gzip"})
    assert made_up_aws.operations() == ["GetItem"] * 3


def test_its_init_imports_nothing_that_only_a_reading_needs(settings):
    script = "import app, sys; print(*{'pydantic', 'requests', 'boto3', 'phonenumbers', 'jwt'} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT / "functions" / "list_calls",
        env={**settings, "PYTHONPATH": str(ROOT / "shared"), "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout == "\n"


# ---------------------------------------------------------------- the schedule that keeps the users


def test_the_schedule_reads_the_users_so_that_a_list_does_not(settings, ytel, clock_at):
    clock_at()
    with doors.loaded("refresh_users") as refresh:
        assert refresh.lambda_handler({}, doors.Context()) is None
    with doors.loaded("list_calls") as app:
        assert calls(app).json["calls"][-1]["username"] == "Ann Lee"
    assert ytel.requests.walks("/users/") == 1


def test_the_schedule_outlives_ytel(settings, ytel, clock_at):
    with doors.loaded("refresh_users") as refresh:
        refresh.lambda_handler({}, doors.Context())
        ytel.stop()
        clock_at(240)
        refresh.lambda_handler({}, doors.Context())
        ytel.start()


def test_single_calls_are_read_so_often_in_a_minute(settings, monkeypatch, ytel, clock_at):
    monkeypatch.setenv("READS_PER_MINUTE", "2")
    with doors.loaded("list_calls") as app:
        assert [call(app, SAMPLE_CALL).status, call(app, "no-such-call").status] == [200, 404]
        over = call(app, SAMPLE_CALL)
        assert (over.status, over.json["code"]) == (429, "too_many_requests")
        assert 1 <= int(over.headers["retry-after"]) <= 60
        assert doors.get(app, "/calls/{confId}/plan", f"/calls/{SAMPLE_CALL}/plan?action=listen").status == 429
        assert calls(app).status == 200
        clock_at(60)
        assert call(app, SAMPLE_CALL).status == 200
