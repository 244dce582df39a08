"""The freedoms that Ytel has, as a client sees them: over HTTP, and without a socket on a clock of one's own."""

import json

import jwt
import pytest
import requests

from tests.harness.fake_ytel import SECRET, FakeYtel, ManualClock
from tests.harness.fake_ytel.asking import Broken, TimedOut
from tests.harness.fake_ytel.faults import Delay, Hang, Reset, Status, Truncated

PHONE = "+12125550142"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def ytel(clock):
    """Not started: everything here is asked without a socket, but where a test starts it."""
    fake = FakeYtel(clock=clock)
    yield fake
    fake.stop()


def ask(ytel, clock, method, url, body=None, timeout=5.0):
    headers = {"Authorization": f"Bearer {ytel.token}", "Content-Type": "application/json"}
    raw = b"" if body is None else json.dumps(body).encode()
    return ytel.ask(clock.move, method, url, headers=headers, body=raw, timeout=timeout)


def read(ytel, clock, path="/conference?includeMembers=true"):
    return json.loads(ask(ytel, clock, "GET", ytel.api_url + path).body)


def users(ytel, clock):
    return ask(ytel, clock, "GET", ytel.users_url)


def dial(ytel, clock, call, timeout=5.0, **fields):
    agent = ytel.floor.user_of(ytel.floor.call(call))
    body = {"from": agent.number, "to": PHONE, "confId": call, "mute": False, "fullMember": False, "noSpeakToList": []}
    return ask(ytel, clock, "POST", f"{ytel.api_url}/conference/{call}/participant", body | fields, timeout)


def disconnect(ytel, clock, call, member, timeout=5.0):
    return ask(ytel, clock, "DELETE", f"{ytel.api_url}/conference/{call}/participant/{member}", timeout=timeout)


class TestAsking:
    def test_a_lost_answer_is_of_a_dial_that_was_made(self, ytel, clock):
        call = ytel.floor.add_call()
        for nth, fault in enumerate((Reset(processed=True), Truncated()), 1):
            ytel.faults.add("POST", "/participant$", fault)
            with pytest.raises(Broken):
                dial(ytel, clock, call)
            assert len(ytel.floor.dials) == nth
        ytel.faults.add("POST", "/participant$", Reset())
        with pytest.raises(Broken):
            dial(ytel, clock, call)
        assert len(ytel.floor.dials) == 2

    def test_a_client_waits_for_as_long_as_it_is_patient(self, ytel, clock):
        call, before = ytel.floor.add_call(), clock.now_ms
        ytel.faults.add("POST", "/participant$", Hang())
        with pytest.raises(TimedOut):
            dial(ytel, clock, call, timeout=4)
        assert clock.now_ms == before + 4_000
        ytel.faults.add("POST", "/participant$", Delay(3))
        assert dial(ytel, clock, call, timeout=4).status == 200
        assert clock.now_ms == before + 7_000

    def test_work_may_be_done_after_the_client_has_given_up(self, ytel, clock):
        call = ytel.floor.add_call()
        ytel.faults.add("POST", "/participant$", Delay(8, processed=False))
        with pytest.raises(TimedOut):
            dial(ytel, clock, call, timeout=5)
        assert not ytel.floor.dials
        clock.move(3)
        ytel.floor.tick()
        assert len(ytel.floor.dials) == 1

    def test_a_status_is_an_answer(self, ytel, clock):
        ytel.faults.add("GET", "/conference$", Status(429, retry_after=3))
        answer = ask(ytel, clock, "GET", f"{ytel.api_url}/conference?includeMembers=true")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
        assert [one.status for one in ytel.requests] == [429]


class TestUsers:
    def test_ytels_own_url_has_every_field_secrets_and_inactive_users_in_a_bare_array(self, ytel, clock):
        ytel.floor.add_user("Ann", "Lee")
        ytel.floor.add_user("Marcus", "Webb", status="inactive")
        first, second = json.loads(users(ytel, clock).body)

        assert {
            "clientId", "firstName", "lastName", "webrtcNumber", "displayName", "username", "emailAddress", "phone",
            "status", "roles", "createAt", "inboxes", "ucaasExtension",
        } <= first.keys()  # fmt: skip
        assert (first["status"], second["status"]) == ("active", "inactive")
        assert SECRET in json.dumps(first)
        assert not ytel.complaints

    def test_another_accounts_url_is_not_found(self, ytel, clock):
        url = ytel.users_url_template.replace("{accountId}", "00000000-0000-4000-8000-000000000000")
        assert ask(ytel, clock, "GET", url).status == 404

    def test_names_may_be_in_latin_1(self, ytel, clock):
        ytel.floor.add_user("José", "Peña")
        ytel.users.encoding = "latin-1"
        body = users(ytel, clock).body
        assert "José Peña".encode("latin-1") in body
        with pytest.raises(UnicodeDecodeError):
            body.decode()
        ytel.users.encoding = "utf-8"
        assert "José Peña".encode() in users(ytel, clock).body

    def test_numbers_and_ids_may_be_written_otherwise(self, ytel, clock):
        user = ytel.floor.add_user(number="+16465550100")
        ytel.knobs.turn({"users.numbers": "number", "users.client_ids": "upper"})
        [told] = json.loads(users(ytel, clock).body)
        assert told["webrtcNumber"] == 6465550100
        assert told["clientId"] == user.client_id.upper() != user.client_id


class TestConferences:
    def test_a_conferences_fields_may_be_written_otherwise(self, ytel, clock):
        call = ytel.floor.add_call()
        ytel.knobs.turn({"calls.created_in": "s", "calls.client_ids": "braces", "legs.numbers": "number"})
        [told] = read(ytel, clock)["payload"]
        agent = ytel.floor.user_of(ytel.floor.call(call))
        assert told["createdTime"] == ytel.floor.call(call).created // 1000
        assert told["details"]["client_id"] == f"{{{agent.client_id}}}"
        assert {type(json.loads(data)["channelName"]) for data in told["memberData"].values()} == {int}
        ytel.knobs.calm()
        assert read(ytel, clock)["payload"][0]["createdTime"] == ytel.floor.call(call).created

    @pytest.mark.parametrize("shape", ["404", "envelope", "object"])
    def test_one_conference_by_its_id(self, ytel, clock, shape):
        call = ytel.floor.add_call()
        ytel.knobs.calls.one_by_id = shape
        told = read(ytel, clock, f"/conference/{call}")
        expected = {"404": None, "envelope": call, "object": call}[shape]
        assert (told["payload"][0] if "payload" in told else told).get("confId") == expected
        assert not ytel.complaints


class TestContacts:
    def test_a_contact_is_read_by_id_in_a_list_and_by_search(self, ytel, clock):
        call = ytel.floor.add_call(contact="+13125550177")
        contact_id = ytel.floor.call(call).details["contact_id"]
        [one] = read(ytel, clock, f"/contact/{contact_id}/")["payload"]
        assert one["contactId"] == contact_id
        assert one["extData"]["phonenumber1"] == "+13125550177"
        assert isinstance(one["dnc"], bool)
        assert read(ytel, clock, "/contact/")["payload"] == [one]
        search = {"from": 0, "size": 10, "statements": [{"value": "+13125550177"}]}
        found = ask(ytel, clock, "POST", f"{ytel.api_url}/contact/search", search)
        assert json.loads(found.body)["payload"] == [one]
        ytel.floor.end_call(call)
        assert read(ytel, clock, f"/contact/{contact_id}/")["payload"] == [one]

    def test_a_contact_by_id_may_not_exist(self, ytel, clock):
        contact_id = ytel.floor.call(ytel.floor.add_call()).details["contact_id"]
        ytel.knobs.contacts.by_id = "404"
        assert read(ytel, clock, f"/contact/{contact_id}/")["status"] is False

    def test_callbacks_exist(self, ytel, clock):
        assert read(ytel, clock, "/callback/configuration/")["payload"][0]["eventType"]


class TestDials:
    @pytest.mark.parametrize("said", ["no", "yes", "empty", "another"])
    def test_the_answer_may_hold_the_legs_call_sid(self, ytel, clock, said):
        call = ytel.floor.add_call()
        ytel.knobs.participant.call_sid = said
        told = json.loads(dial(ytel, clock, call).body)["payload"]
        member = ytel.floor.answer(call, PHONE)
        borne = json.loads(read(ytel, clock)["payload"][0]["memberData"][member])["callSid"]

        given = told[0].get("callSid") if told else None
        assert (told == []) == (said == "empty")
        assert (given is not None) == (said in ("yes", "another"))
        assert (given == borne) == (said == "yes")

    @pytest.mark.parametrize("knob", ["lost", "wrong", "unclear"])
    def test_an_answer_that_does_not_say_yes_is_of_a_dial_that_was_made(self, ytel, clock, knob):
        call = ytel.floor.add_call()
        ytel.knobs.turn({f"participant.{knob}": 1})
        try:
            answer = dial(ytel, clock, call)
        except (Broken, TimedOut):
            assert knob == "lost"
        else:
            assert (knob, answer.status) in (("wrong", 200), ("unclear", 500))
        assert len(ytel.floor.dials) == 1

    @pytest.mark.parametrize(("knob", "status", "dials"), [("refused", 422, 0), ("ignored", 200, 1)])
    def test_a_list_may_name_one_who_has_just_left(self, ytel, clock, knob, status, dials):
        call = ytel.floor.add_call()
        contact = ytel.floor.member(call, "contact")
        ytel.floor.leave(call, contact)
        ytel.knobs.participant.members_gone = knob
        assert dial(ytel, clock, call, noSpeakToList=[contact]).status == status
        assert len(ytel.floor.dials) == dials
        assert not ytel.complaints

    def test_a_dial_may_be_refused_with_500_and_not_made(self, ytel, clock):
        call = ytel.floor.add_call()
        ytel.knobs.participant.refused = 1
        assert dial(ytel, clock, call).status == 500
        assert not ytel.floor.dials


class TestDisconnects:
    def test_a_yes_may_be_empty(self, ytel, clock):
        call = ytel.floor.add_call()
        ytel.knobs.disconnects.empty_yes = 1
        assert disconnect(ytel, clock, call, ytel.floor.member(call, "contact")).status == 200
        assert len(ytel.floor.members(call)) == 2

    @pytest.mark.parametrize(("knob", "left"), [("unclear", 1), ("refused", 2), ("not_found", 2)])
    def test_a_no_may_be_done_or_not(self, ytel, clock, knob, left):
        call = ytel.floor.add_call()
        ytel.knobs.turn({f"disconnects.{knob}": 1})
        status = disconnect(ytel, clock, call, ytel.floor.member(call, "contact")).status
        assert status == (404 if knob == "not_found" else 500)
        assert len(ytel.floor.members(call)) == left

    def test_it_may_take_its_time_and_the_leg_may_linger(self, ytel, clock):
        call = ytel.floor.add_call()
        contact = ytel.floor.member(call, "contact")
        ytel.knobs.turn({"disconnects.takes_seconds": 3, "disconnects.lingers_seconds": 2})
        assert disconnect(ytel, clock, call, contact).status == 200
        assert contact in ytel.floor.members(call)
        clock.move(3)
        assert contact not in ytel.floor.members(call)
        assert contact in read(ytel, clock)["payload"][0]["memberData"]
        clock.move(2)
        assert contact not in read(ytel, clock)["payload"][0]["memberData"]

    def test_its_answer_may_be_late(self, ytel, clock):
        call = ytel.floor.add_call()
        ytel.knobs.disconnects.answer_seconds = 6
        with pytest.raises(TimedOut):
            disconnect(ytel, clock, call, ytel.floor.member(call, "contact"))
        assert len(ytel.floor.members(call)) == 1


class TestWeather:
    @pytest.mark.parametrize(
        ("knob", "statuses"), [("rate_limited", {429}), ("unavailable", {503}), ("server_errors", {500, 502, 504})]
    )
    def test_any_request_may_be_refused(self, ytel, clock, knob, statuses):
        ytel.knobs.turn({f"weather.{knob}": 1})
        call = ytel.floor.add_call()
        assert {dial(ytel, clock, call).status for _ in range(20)} == statuses
        assert (len(ytel.floor.dials) > 0) == (knob == "server_errors")

    @pytest.mark.parametrize(("knob", "error"), [("time_outs", TimedOut), ("resets", Broken), ("cut_short", Broken)])
    def test_any_answer_may_be_lost(self, ytel, clock, knob, error):
        ytel.knobs.turn({f"weather.{knob}": 1})
        with pytest.raises(error):
            users(ytel, clock)

    def test_what_befalls_is_the_same_for_the_same_seed(self):
        def story(seed):
            clock = ManualClock()
            ytel = FakeYtel(clock=clock, seed=seed)
            ytel.knobs.turn({"weather.rate_limited": 0.3, "weather.server_errors": 0.3})
            return [users(ytel, clock).status for _ in range(30)]

        assert story(1) == story(1) != story(2)
        assert {200, 429} < set(story(1))


class TestTokens:
    def credentials(self, ytel):
        return {
            "grantType": "resource_owner_credentials",
            "username": ytel.tokens.username,
            "password": ytel.tokens.password,
        }

    def issue(self, ytel, clock, **body):
        return json.loads(ask(ytel, clock, "POST", ytel.token_url, body).body)

    def test_an_answer_is_flat_and_a_refresh_gives_no_new_refresh_token(self, ytel, clock):
        issued = self.issue(ytel, clock, **self.credentials(ytel))
        assert issued.keys() == {"accessToken", "refreshToken", "tokenType"}
        renewed = self.issue(ytel, clock, grantType="refresh_token", refreshToken=issued["refreshToken"])
        assert renewed["refreshToken"] is None
        clock.move(24 * 3600)
        ended = self.issue(ytel, clock, grantType="refresh_token", refreshToken=issued["refreshToken"])
        assert ended["status"] is False

    def test_tokens_are_jwts_that_name_the_account_and_end(self, ytel, clock):
        token = self.issue(ytel, clock, **self.credentials(ytel))["accessToken"]
        claims = jwt.decode(token, options={"verify_signature": False})
        assert jwt.get_unverified_header(token)["alg"] == "RS256"
        assert (claims["acct"], claims["iss"]) == (ytel.floor.account, "https://ytel.com")
        assert claims["exp"] == clock.now_ms // 1000 + 7_200
        ytel.token = token
        assert users(ytel, clock).status == 200
        clock.move(7_200)
        assert users(ytel, clock).status == 401

    def test_a_key_of_the_account_is_a_jwt_that_ends_after_days(self, ytel, clock):
        ytel.token = ytel.tokens.long_lived(days=10)
        assert users(ytel, clock).status == 200
        clock.move(10 * 86_400)
        assert users(ytel, clock).status == 401


def test_the_knobs_can_be_turned_over_http(ytel):
    ytel.start()
    url = f"{ytel.url}/_floor/knobs"
    assert requests.get(url, timeout=5).json()["disconnects"]["empty_yes"] == 0
    turned = requests.post(url, json={"disconnects.empty_yes": 1}, timeout=5)
    assert turned.json() == {"disconnects.empty_yes": 1.0}
    assert ytel.knobs.disconnects.empty_yes == 1
    assert requests.post(url, json={"disconnects.empty_yes": 2}, timeout=5).status_code == 422
    assert requests.post(url, json={"no.such": 2}, timeout=5).status_code == 422
    assert requests.post(f"{url}/draw", json={"seed": 7}, timeout=5).json().keys() > {"disconnects.empty_yes"}
    assert requests.post(f"{url}/calm", timeout=5).json() == {}
    call = ytel.floor.add_call()
    agent = ytel.floor.member(call, "agent")
    replaced = requests.post(f"{ytel.url}/_floor/{call}/replace", json={"memberId": agent}, timeout=5).json()
    assert ytel.floor.members(call, "agent") == [replaced["replace"]]


def test_errors_may_have_numbers_as_codes(ytel, clock):
    ytel.errors.code = "number"
    assert read(ytel, clock, "/conference/abc")["error"][0]["code"] == 404
