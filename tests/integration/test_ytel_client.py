"""What is asked of Ytel, to the letter, and what its answers make of it."""

import base64
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from supervision.base.problems import YtelUnavailable
from supervision.rules.absence import Absence
from supervision.rules.phone_numbers import PhoneNumber
from supervision.ytel.readings import UserList
from tests.harness.fake_ytel import SAMPLES
from tests.integration.ytel_clients import API, USERS, Tokens, client

CONFERENCES = f"{API}/conference"
PARTICIPANT = f"{API}/conference/c1/participant"
YES = {"status": True, "count": 1, "page": 1, "payload": [{}]}


@pytest.fixture
def http():
    with responses.RequestsMock() as mock:
        yield mock


def page(*entries, count=None):
    return {"status": True, "count": len(entries) if count is None else count, "page": 1, "payload": [*entries]}


def asked(http, number=0):
    request = http.calls[number].request
    url = urlsplit(request.url)
    return request.method, f"{url.scheme}://{url.netloc}{url.path}", dict(parse_qsl(url.query)), request


# ---------------------------------------------------------------- the four requests


def test_the_conferences_are_asked_for_with_their_members(http):
    http.get(CONFERENCES, body=SAMPLES.read_bytes())
    http.get(CONFERENCES, json=page(count=2))
    read = client().conferences()
    method, url, query, request = asked(http)
    assert (method, url, query) == ("GET", CONFERENCES, {"includeMembers": "true"})
    assert request.headers["Authorization"] == "Bearer token"
    assert request.headers["Accept"] == "application/json"
    assert request.body is None
    assert [one.confId[:4] for one in read.conferences] == ["ff40", "5555"]
    assert read.absence is Absence.PROVEN


def test_further_pages_are_asked_for_by_offset(http):
    http.get(CONFERENCES, json=page({"confId": "1"}, {"confId": "2"}, count=3))
    http.get(CONFERENCES, json=page({"confId": "3"}, count=3))
    read = client().conferences()
    assert asked(http, 1)[2] == {"includeMembers": "true", "offset": "2"}
    assert [one.confId for one in read.conferences] == ["1", "2", "3"]
    assert read.absence is Absence.SUGGESTED


def test_the_users_are_asked_for_at_their_own_url(http):
    http.get(USERS, json=page({"clientId": "1"}, {"clientId": "2"}, count=3))
    http.get(USERS, json=page({"clientId": "1"}, count=3))
    assert client().users() == UserList([{"clientId": "1"}, {"clientId": "2"}], complete=False)
    assert asked(http)[:3] == ("GET", USERS, {})
    assert asked(http, 1)[2] == {"offset": "2"}


def test_of_several_users_of_one_id_the_one_last_in_ytels_order_is_last(http):
    # A page that falls short is filled up after those behind it were read.
    ann = [{"clientId": "ann", "webrtcNumber": f"+{n}"} for n in range(6)]
    for start, entries in ((0, ann[0:2]), (2, ann[2:3]), (4, ann[4:6]), (3, ann[3:4]), (6, [])):
        matcher = responses.matchers.query_param_matcher({"offset": start} if start else {})
        http.get(USERS, json=page(*entries, count=6), match=[matcher])
    assert client().users() == UserList(ann)


@pytest.mark.parametrize("kept_out", [[], ["503"], ["503", "504"]])
@pytest.mark.parametrize("mute", [True, False])
def test_a_supervisor_is_brought_in_by_the_documented_request(http, kept_out, mute):
    http.post(PARTICIPANT, json=YES)
    client().bring_in(
        "c1", caller="+15555280600", to=PhoneNumber("+12125550142"), mute=mute, no_speak_to=tuple(kept_out)
    )
    method, url, query, request = asked(http)
    assert (method, url, query) == ("POST", PARTICIPANT, {})
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == {
        "from": "+15555280600",
        "to": "+12125550142",
        "confId": "c1",
        "mute": mute,
        "fullMember": False,
        "noSpeakToList": kept_out,
    }


def test_a_member_is_disconnected_by_the_set_route(http):
    http.delete(f"{API}/conference/c1/participant/503", json=YES)
    http.post(f"{API}/hangup/503/of/c1", json=YES)
    assert client().disconnect("c1", "503") is True
    assert client(route=("POST", "/hangup/{memberId}/of/{confId}")).disconnect("c1", "503") is True
    assert asked(http)[3].body is None


def test_ids_cannot_leave_their_place_in_the_path(http):
    http.delete(f"{API}/conference/a%2Fb%3Fc/participant/5%2F0%233", json=YES)
    http.post(f"{API}/conference/a%2Fb%3Fc/participant", json=YES)
    client().disconnect("a/b?c", "5/0#3")
    client().bring_in("a/b?c", caller="+1", to=PhoneNumber("+2"), mute=False, no_speak_to=())


def test_the_call_that_a_dial_makes_is_told_where_ytel_names_it(http):
    payloads: list[list[object]] = [[{"callSid": "s1"}], [{}], [], [{"callSid": 7}]]
    for payload in payloads:
        http.post(PARTICIPANT, json={"status": True, "payload": payload})
    ytel = client()
    told = [
        ytel.bring_in("c1", caller="+1", to=PhoneNumber("+2"), mute=False, no_speak_to=()).call_sid for _ in range(4)
    ]
    assert told == ["s1", None, None, None]


def _jwt(**claims):
    return f"h.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.s"


@pytest.mark.parametrize(("token", "account"), [(_jwt(acct="a/1"), "a%2F1"), (_jwt(sub="x"), "sid"), ("plain", "sid")])
def test_the_users_are_those_of_the_tokens_account_or_else_of_the_conferences(http, token, account):
    if account == "sid":
        http.get(CONFERENCES, json=page({"confId": "1", "accountSid": "sid"}, {"confId": "2"}))
    http.get(f"https://y.example.com/users/{account}/", json=[{"clientId": "1"}])
    ytel = client(users_url="https://y.example.com/users/{accountId}/", tokens=Tokens(token))
    assert ytel.users().rows == [{"clientId": "1"}]


def test_without_a_call_and_without_a_claim_nobody_knows_whose_users(http):
    http.get(CONFERENCES, json=page())
    with pytest.raises(YtelUnavailable, match="account"):
        client(users_url="https://y.example.com/users/{accountId}/").users()


def test_rows_that_name_nothing_are_counted_by_their_places_and_hide_no_other(http):
    http.get(CONFERENCES, json=page({"confId": "1"}, None, {"confId": 7}, count=4))
    http.get(CONFERENCES, json=page({"confId": "2"}, count=4))
    read = client().conferences()
    assert [one.confId for one in read.conferences] == ["1", "2"]
    assert read.nameless == (1, 2)


# ---------------------------------------------------------------- one conference


def test_one_conference_is_looked_for_until_it_is_found(http, clock_at):
    http.get(CONFERENCES, json=page({"confId": "1", "status": "active", "createdTime": 7}, count=1000))
    found = client().conference("1")
    assert found
    assert (found.conf_id, found.content.createdTime, found.read_at) == ("1", 7, clock_at())
    assert len(http.calls) == 1


def test_one_that_is_not_there_is_not_found_and_another_status_is_there(http):
    http.get(CONFERENCES, json=page({"confId": "1", "status": "ended"}, None, "x", {"confId": 7}, {"status": "active"}))
    found = client().conference("1")
    assert found is not None
    assert found.content.status == "ended"
    assert client().conference("2") is None
    assert client().conference("") is None


def test_those_that_are_wanted_are_fresh(http):
    listed = [{"confId": "1", "status": "active"}, {"confId": "2", "status": "ended"}, {"status": "active"}]
    http.get(CONFERENCES, json=page(*listed))
    active = client().those(lambda one: one.status == "active")
    assert [(one.conf_id, json.loads(one.content.line())) for one in active] == [("1", listed[0])]


@pytest.mark.parametrize(
    ("pages", "complete"),
    [
        ([page({"confId": "1"})], True),
        ([page()], True),
        ([page({"confId": "1"}, None, count=2)], False),
        ([page({"confId": "1"}, {"confId": "1"}, count=2)], False),
        ([page(count=126)], False),
        ([page({"confId": "1"}, count=2), page({"confId": "2"}, count=3)], False),
        ([{"status": True, "payload": [{"confId": "1"}]}, {"status": True, "payload": []}], True),
        ([{"status": True, "payload": []}], True),
        ([[{"confId": "1"}], []], True),
    ],
)
def test_a_list_is_complete_where_it_adds_up_to_what_it_states(http, pages, complete):
    for one in pages:
        http.get(CONFERENCES, json=one)
    assert client().conferences().complete is complete
