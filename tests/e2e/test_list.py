"""The list of active calls over HTTP, on a floor that goes on."""

import gzip
import json
from typing import Any

import pytest

from tests.harness.fake_ytel.calls import MISSING

ROW = [
    "confId", "status", "createdTime", "from", "to", "inbound", "clientId", "username", "agentNumber", "contact",
    "contactId", "agentMemberId", "contactMemberId", "agentMatch", "otherMemberIds", "help",
    "supervisors",
]  # fmt: skip
ODD: dict[str, list[Any]] = {
    "details": [None, MISSING, "x", []],
    "memberData": ["{", 7, {"503": "{no json"}, {"503": None}],
    "createdTime": [None, "yesterday"],
}


@pytest.fixture
def listed(scene):
    """The list, as it is once what is held is too old to count."""

    def listed(query="", **more):
        scene.system.move_clock(3)
        answer = scene.get(f"/calls{query}", **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return listed


def ids(page):
    return [one["confId"] for one in page["calls"]]


def test_its_shape_to_the_letter(scene, listed):
    agent = scene.agent()
    call = scene.call(agent=agent, legs=("contact", "agent", "third"), direction="outbound")
    truth = scene.floor.call(call)
    page = listed()
    assert list(page) == ["calls", "count", "asOf", "stale", "complete", "version", "next"]
    [row] = page["calls"]
    assert list(row) == ROW
    assert row == {
        "confId": call,
        "status": "active",
        "createdTime": truth.created,
        "from": agent.number,
        "to": truth.details["called_number"],
        "inbound": False,
        "clientId": agent.client_id,
        "username": agent.name,
        "agentNumber": agent.number,
        "contact": None,
        "contactId": truth.details["contact_id"],
        "agentMemberId": scene.floor.member(call, "agent"),
        "contactMemberId": row["contactMemberId"],
        "agentMatch": "channelName",
        "otherMemberIds": row["otherMemberIds"],
        "help": None,
        "supervisors": [],
    }
    outside = set(scene.floor.members(call, "contact", "third"))
    assert {row["contactMemberId"], *row["otherMemberIds"]} == outside
    assert {name: value for name, value in page.items() if name not in ("calls", "asOf")} == {
        "count": 1,
        "stale": False,
        "complete": True,
        "version": page["version"],
        "next": None,
    }
    one = scene.get(f"/calls/{call}").json()
    assert one == {**row, "userConference": json.loads(truth.listed())}


def test_only_active_calls_oldest_first(scene, listed):
    now = scene.floor.now
    created = [now - 5000, now - 9000, now - 1000, now - 9000]
    calls = [scene.call(created=when) for when in created]
    scene.call(status="completed")
    page = listed()
    assert page["count"] == 4
    assert ids(page) == [call for _, call in sorted(zip(created, calls, strict=True))]


def test_by_agent_and_by_direction(scene, listed):
    ann, ben = scene.agent(), scene.agent()
    inbound, outbound = scene.call(agent=ann), scene.call(agent=ann, direction="outbound")
    scene.call(agent=ben)
    assert set(ids(listed(f"?agent={ann.client_id}"))) == {inbound, outbound}
    assert ids(listed(f"?agent={ann.client_id}&direction=inbound")) == [inbound]
    assert outbound in ids(listed("?direction=outbound"))
    assert listed("?agent=LEE")["count"] == 3
    nobody = listed("?agent=nobody")
    assert (nobody["calls"], nobody["count"], nobody["next"]) == ([], 0, None)


def test_pages_over_a_floor_that_changes_miss_nobody_and_show_nobody_twice(scene, listed):
    start = scene.floor.now - 60_000
    agent = scene.agent()
    stay = [scene.call(agent=agent, created=start + 1000 * nth) for nth in range(20)]
    seen, query = [], "?limit=3"
    for nth in range(20):
        page = listed(query)
        seen += ids(page)
        if page["next"] is None:
            break
        scene.call(agent=agent, created=start - 1000 - nth)
        if nth % 2:
            scene.floor.end_call(seen[0])
        query = f"?limit=3&cursor={page['next']}"
    assert [call for call in seen if call in stay] == stay
    assert len(seen) == len(set(seen))


def test_a_tag_that_leaves_out_when_it_was_read(scene, listed):
    scene.call()
    listed()
    first = scene.get("/calls")
    scene.system.move_clock(3)
    again = scene.get("/calls", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    later = scene.get("/calls")
    assert later.headers["ETag"] == again.headers["ETag"] == first.headers["ETag"]
    assert later.json()["asOf"] > first.json()["asOf"]
    assert later.json() | {"asOf": 0} == first.json() | {"asOf": 0}
    scene.call()
    scene.system.move_clock(3)
    changed = scene.get("/calls", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_compressed_for_who_accepts_it(scene):
    scene.call()
    plain = scene.get("/calls", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    with scene.get("/calls", headers={"Accept-Encoding": "gzip"}, stream=True) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert json.loads(gzip.decompress(packed.raw.read()))["count"] == plain.json()["count"]


def test_it_is_as_young_as_is_promised_and_ytel_is_asked_for_each_window_once(scene):
    call = scene.call()
    scene.system.move_clock(3)
    scene.ytel.requests.reset()
    for _ in range(5):
        for _ in range(4):
            page = scene.get("/calls").json()
            assert scene.floor.now - page["asOf"] <= 2500
            assert scene.get(f"/calls/{call}").status_code == 200
        scene.system.move_clock(2.1)
    assert 5 <= scene.ytel.requests.count("GET", "/conference$") <= 7


@pytest.mark.parametrize("act", ["dial", "leave", "hang-up"])
def test_what_is_done_here_is_seen_by_the_next_list(scene, listed, act):
    call, other = scene.call(), scene.call()
    one = scene.joined("listen", call)
    assert set(ids(listed())) == {call, other}
    if act == "dial":
        scene.ask("whisper", call, scene.phone())
    elif act == "leave":
        scene.request("DELETE", f"/supervisions/{one['id']}")
    else:
        scene.ask("hangup", call)
    page = scene.get("/calls").json()
    supervisors = {row["confId"]: len(row["supervisors"]) for row in page["calls"]}
    assert supervisors == {"dial": {call: 2, other: 0}, "leave": {call: 0, other: 0}, "hang-up": {other: 0}}[act]


def test_a_call_of_nobody_known_is_listed(scene, listed):
    call = scene.call(agent=None)
    [row] = listed()["calls"]
    assert row["confId"] == call
    assert (row["username"], row["agentNumber"], row["agentMatch"], row["agentMemberId"]) == (None,) * 4
    assert sorted(row["otherMemberIds"]) == sorted(scene.floor.members(call))
    assert row["contactMemberId"] is None


def test_hostile_conferences_stand_next_to_good_ones_and_are_logged_once(scene, listed):
    agent = scene.agent()
    good = scene.call(agent=agent)
    before = len(scene.system.logs)
    odd = [scene.call(agent=agent, shape={field: value}) for field, values in ODD.items() for value in values]
    for nothing in (None, 7, "x", {}, {"confId": None, "status": "active"}, {"confId": 7, "status": "active"}):
        scene.floor.raw_conference(nothing)
    for _ in range(3):
        page = listed()
        assert set(ids(page)) == {good, *odd}
        assert page["count"] == 1 + len(odd)
    for row in page["calls"]:
        assert list(row) == ROW
        one = scene.get(f"/calls/{row['confId']}")
        assert (one.status_code, one.json()["confId"]) == (200, row["confId"])
    said = [json.loads(line) for line in scene.system.logs[before:] if "is unlike what Ytel documents" in line]
    assert sorted(line["confId"] for line in said if "confId" in line) == sorted(odd)
    [passed_over] = [line["what"] for line in said if line.get("list") == "conferences"]
    assert "6 in all" in passed_over[-1]
    assert scene.ask("whisper", good, scene.phone()).status_code == 202
