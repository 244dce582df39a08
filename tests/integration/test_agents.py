"""GET /agents, by the door itself: who is on which call, with Ytel over HTTP and AWS as moto has it."""

from supervision.base import clock
from supervision.rules.follow import Follow
from supervision.rules.phone_numbers import PhoneNumber
from supervision.table.follows import Follows
from tests.harness.fake_ytel.fake import SAMPLE_CALL
from tests.integration import doors
from tests.integration.test_list_calls import AGENT, app, settings, ytel

__all__ = ["app", "settings", "ytel"]


def agents(app, query="", headers=None, bound=""):
    return doors.get(app, "/agents", f"/agents{query}", headers, agents=bound)


def test_every_user_is_there_with_the_call_they_are_on(app, ytel):
    ytel.fill(calls=1, users=3)
    body = agents(app).json
    by_id = {one["clientId"]: one for one in body["agents"]}
    assert by_id[AGENT] == {
        "clientId": AGENT,
        "username": "Ann Lee",
        "agentNumber": "+15555280600",
        "confId": SAMPLE_CALL,
        "since": 1709849242672,
        "follows": [],
    }
    on_none = [one for one in body["agents"] if one["confId"] is None]
    assert len(on_none) >= 2
    assert {one["since"] for one in on_none} == {None}
    names = [one["username"].casefold() for one in body["agents"]]
    assert names == sorted(names)
    assert (body["stale"], body["complete"]) == (False, True)
    assert body["asOf"] > 0


def test_who_follows_them_stands_there(app, ytel):
    ytel.fill(calls=1, users=3)
    follows = app.services().follows
    now = clock.now_ms()
    for name, agent, phone in (("f1", AGENT, "+12125550142"), ("f2", AGENT, "+12125550143")):
        made = Follow(
            id=name,
            clientId=agent,
            to=PhoneNumber(phone),
            action="listen",
            calls=1,
            until=now + 3_600_000,
            requestedBy="crm",
            requestedAt=now,
            correlationId="r",
        )
        assert follows.begin(made, [], [])
    shown = {one["clientId"]: one["follows"] for one in agents(app).json["agents"]}
    assert shown.pop(AGENT) == ["f1", "f2"]
    assert set(map(tuple, shown.values())) == {()}


def test_where_the_follows_cannot_be_read_the_agents_are_there_all_the_same(app, ytel, monkeypatch):
    ytel.fill(calls=1, users=3)

    def fail(_):
        raise ConnectionError("the table is down")

    monkeypatch.setattr(Follows, "running", fail)
    body = agents(app).json
    assert len(body["agents"]) >= 3
    assert body["complete"] is False


def test_what_the_client_holds_is_not_sent_again(app, ytel, clock_at):
    tag = agents(app).headers["etag"]
    clock_at(5)
    assert agents(app, headers={"If-None-Match": tag}).status == 304
    ytel.fill(calls=3, users=3)
    clock_at(310)
    assert agents(app, headers={"If-None-Match": tag}).status == 200


def test_a_client_that_is_bound_sees_its_agents_alone(app, ytel):
    ytel.fill(users=5)
    assert len(agents(app).json["agents"]) == 6
    assert [one["clientId"] for one in agents(app, bound=AGENT).json["agents"]] == [AGENT]
    assert agents(app, bound="-").json["agents"] == []


def test_a_parameter_that_nobody_knows_is_refused(app):
    assert agents(app, "?limit=3").status == 422


def test_more_agents_than_an_answer_holds_are_cut_off_and_it_says_so(app, ytel, monkeypatch):
    monkeypatch.setattr("supervision.floor.roster.LARGEST_BODY", 700)
    ytel.fill(users=20)
    body = agents(app).json
    assert 1 <= len(body["agents"]) < 20
    assert body["complete"] is False


def test_agents_that_ytels_list_cut_off_are_said_to_be_missing(app, ytel):
    [unknown] = [call.conf_id for call in ytel.floor.active_calls() if call.conf_id != SAMPLE_CALL]
    ytel.floor.end_call(unknown)
    ytel.fill(users=20)
    ytel.knobs.turn({"users.shape": "envelope", "users.short": 2})
    assert agents(app).json["complete"] is False
