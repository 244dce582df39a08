"""The doctor: what it finds with GETs alone, what it says is wrong, and what it keeps to itself."""

import os
import subprocess

import pytest

from tests.e2e.doctor import command_of, doctor, settings_of
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.calls import MISSING
from tests.harness.fake_ytel.faults import Html, Status
from tests.harness.template import ROOT

USERS = "/ams/v2/accounts/users/{accountId}/"


@pytest.fixture
def ytel():
    with FakeYtel() as fake:
        yield fake
        assert {request.method for request in fake.requests} <= {"GET"}


def lines(report, start):
    return [line for line in report.stdout.splitlines() if line.startswith(start)]


def verdict(report, about):
    """What it says of a thing that is taken for true."""
    [line] = [line for line in report.stdout.splitlines() if about in line and ": " in line[:24]]
    return line.split()[0]


# ---------------------------------------------------------------- what it finds


def test_it_says_how_each_call_maps_and_asks_for_nothing_else(ytel):
    proven = ytel.floor.add_call(proof="channelName")
    unproven = ytel.floor.add_call(proof=None)
    unknown = ytel.floor.add_call(agent=None)
    report = doctor(ytel)
    assert report.returncode == 0, report.stderr
    calls = {line.split()[1].rstrip("…"): line for line in lines(report, "call")}
    assert "agentMatch channelName; a whisper would be heard by the agent alone" in calls[proven[:8]]
    assert "agentMatch elimination; a whisper would be refused: agent_not_proven" in calls[unproven[:8]]
    assert "agentMatch None; a whisper would be refused: agent_not_proven" in calls[unknown[:8]]
    assert lines(report, "unlike") == []
    assert ytel.complaints == []


def test_with_a_token_and_nothing_else_it_finds_what_to_set(ytel):
    ytel.floor.add_call()
    ytel.knobs.calls.one_by_id = "object"
    report = doctor(ytel)
    assert settings_of(report.stdout) == {
        "YTEL_API_URL": ytel.api_url,
        "YTEL_USERS_URL": ytel.users_url_template,
        "YTEL_CONFERENCE_ROUTE": "GET /conference/{confId}",
    }
    for text in ("YtelConferenceRoute='GET /conference/{confId}'", f"YtelUsersUrl={ytel.users_url_template}"):
        assert text in report.stdout.splitlines()
    assert command_of(report.stdout)[-2:] == ["make", "run"]
    assert "1 event types: CALL_ENDED" in report.stdout
    assert f"the token is a JWT of account {ytel.tokens.account}; it lives" in report.stdout


def test_what_is_taken_for_true_is_looked_at_one_by_one(ytel):
    ytel.floor.add_call(proof="channelName")
    ytel.floor.add_call(proof="callerId")
    ytel.floor.add_call(agent=None)
    ytel.knobs.turn({"users.shape": "keyed", "contacts.by_id": "404"})
    report = doctor(ytel)
    assert verdict(report, "the token is a JWT with the claims") == "holds"
    assert verdict(report, "the token's acct is the account of its conferences") == "holds"
    assert verdict(report, "the users come as a bare array") == "differs"
    assert verdict(report, "an error comes as an envelope") == "holds"
    assert verdict(report, "a call's agent is the user whose clientId it names (on 2 of 3)") == "partly"
    assert verdict(report, "can carry the client id as its callerId") == "holds"
    assert verdict(report, "GET /contact/{contactId}/ reads one contact") == "differs"
    assert verdict(report, "GET /conference/{confId} reads one conference") == "differs"
    for never in ("DELETE /conference/{confId}/participant/{memberId}", "one who joins later", "the token service"):
        assert verdict(report, never) == "unseen"


def test_on_a_floor_without_a_call_it_says_what_it_could_not_see(ytel):
    ytel.floor.add_user()
    report = doctor(ytel)
    assert report.returncode == 0, report.stderr
    for unseen in ("a call's agent is the user", "GET /conference/{confId} reads", "reads one contact", "acct is"):
        assert verdict(report, unseen) == "unseen"


@pytest.mark.parametrize("by", ["nextKey", "both", "offset"])
def test_it_says_how_a_list_pages_and_what_its_count_counts(ytel, by):
    for _ in range(7):
        ytel.floor.add_call()
    ytel.knobs.turn({"conferences.by": by, "conferences.size": 3, "conferences.count": "page", "users.size": 5})
    report = doctor(ytel)
    assert report.returncode == 0, report.stderr
    [said] = lines(report, "ok      conferences: 7 on several pages")
    assert said.endswith("count says 3, the number on its page")
    assert ("ok      conferences: paging: nextKey leads on" in report.stdout) is (by != "offset")
    assert ("offset counts entries" in report.stdout) is True
    assert verdict(report, "the count of the conferences is the total") == "differs"
    assert len(lines(report, "call")) == 7


def test_what_was_cut_off_is_said(ytel):
    for _ in range(7):
        ytel.floor.add_call()
    ytel.knobs.turn({"conferences.size": 3, "conferences.empty_from": 3, "users.short": 2, "users.shape": "envelope"})
    report = doctor(ytel)
    assert len([line for line in lines(report, "unlike") if "cut off" in line]) == 2


def test_what_is_unlike_the_documentation_is_said(ytel):
    ytel.floor.add_call(shape={"details": MISSING, "colour": "green"})
    ytel.floor.add_user(client_id="twice")
    ytel.floor.add_user(client_id="twice")
    ytel.floor.add_user(raw="a row")
    report = doctor(ytel)
    assert report.returncode == 0, report.stderr
    assert "details are missing" in report.stdout
    assert "fields that are not documented: colour" in report.stdout
    assert "1 client ids have several users" in report.stdout
    assert "1 rows without a clientId are passed over" in report.stdout


@pytest.mark.parametrize(("days", "said"), [(13.0, "unlike  the token is a JWT"), (20.0, "ok      the token is a JWT")])
def test_a_token_that_ends_is_said_fourteen_days_ahead(ytel, days, said):
    ytel.floor.add_user()
    report = doctor(ytel, YTEL_TOKEN=ytel.tokens.long_lived(days))
    assert report.returncode == 0, report.stderr
    [line] = lines(report, said)
    assert f"ends in {days} days" in line


def test_a_token_that_names_no_account_is_helped_by_the_calls(ytel):
    ytel.tokens.accept("a-token-of-the-account")
    ytel.floor.add_call()
    report = doctor(ytel, YTEL_TOKEN="a-token-of-the-account")
    assert report.returncode == 0, report.stderr
    assert lines(report, "unlike  the token is no JWT")
    assert settings_of(report.stdout)["YTEL_USERS_URL"] == ytel.users_url_template


def test_a_token_of_another_account_than_the_users_leads_to_their_url(ytel):
    ytel.floor.add_call()
    own, ytel.tokens.account = ytel.tokens.account, "11111111-2222-4333-8444-555555555555"
    report = doctor(ytel, YTEL_TOKEN=ytel.tokens.long_lived())
    assert report.returncode == 0, report.stderr
    assert settings_of(report.stdout)["YTEL_USERS_URL"] == ytel.url + USERS.replace("{accountId}", own)


# ---------------------------------------------------------------- what would not work


def failed(report):
    """The one line of what is wrong."""
    assert report.returncode == 1
    assert "make run" not in report.stdout
    [line] = report.stderr.splitlines()
    return line


def test_a_refused_token_is_one_line(ytel):
    assert "YTEL_TOKEN: Ytel refused: Ytel refused the token" in failed(doctor(ytel, YTEL_TOKEN="another"))


@pytest.mark.parametrize("token", ["", "{", '{"username": "ann", "password": "x"}', '{"refreshToken": "x"}'])
def test_what_makes_a_token_is_none(ytel, token):
    assert "YTEL_TOKEN is missing" in failed(doctor(ytel, YTEL_TOKEN=token))


def test_a_url_that_is_none_is_one_line(ytel):
    report = doctor(ytel, YTEL_USERS_URL="users")
    assert failed(report) == "setting YTEL_USERS_URL is malformed: an http or https URL is wanted"


def test_a_wrong_url_is_said_by_its_name(ytel):
    ytel.floor.add_call()
    assert "YTEL_API_URL" in failed(doctor(ytel, YTEL_API_URL=f"{ytel.url}/api/v9"))
    assert "YTEL_API_URL" in failed(doctor(ytel, YTEL_API_URL="http://127.0.0.1:1/api/v4"))
    assert "YTEL_USERS_URL" in failed(doctor(ytel, YTEL_USERS_URL=f"{ytel.url}/nothing/here"))
    for fault in (Html(), Status(500)):
        ytel.faults.add("GET", "/users/", fault, times=None)
        assert "YTEL_USERS_URL" in failed(doctor(ytel))
        ytel.faults.clear()


def test_no_users_and_users_without_a_client_id_are_said(ytel):
    ytel.floor.add_call(agent=None)
    assert "lists no users" in failed(doctor(ytel))
    ytel.floor.add_user(raw={"firstName": "Ann", "clientId": None})
    assert "none of the 1 users has a clientId" in failed(doctor(ytel))


def test_without_a_call_and_without_a_jwt_nobody_knows_whose_users(ytel):
    ytel.tokens.accept("a-token-of-the-account")
    assert "the account's id is not known" in failed(doctor(ytel, YTEL_TOKEN="a-token-of-the-account"))


# ---------------------------------------------------------------- what it keeps to itself


def test_no_number_no_name_and_no_token_stands_in_the_report(ytel):
    ytel.floor.add_call(agent=ytel.floor.add_user("Wilhelmina", "Featherstone"))
    report = doctor(ytel)
    numbers = [user.number for user in ytel.floor.users]
    numbers += [leg.number for call in ytel.floor.active_calls() for leg in call.legs.values()]
    names = ["Wilhelmina", "Featherstone", "wilhelmina", "never-to-be-kept", "@example.com"]
    for secret in [ytel.token, ytel.token.split(".")[1], *names, *numbers, *(number[2:] for number in numbers)]:
        assert secret not in report.stdout + report.stderr


def test_it_is_what_make_doctor_runs():
    shown = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/.ready", "doctor"],
        cwd=ROOT,
        env=os.environ.copy(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "-m tests.doctor" in shown.stdout
