"""Another account, where a member is hung up by another request than the one that is inferred."""

import pytest


@pytest.fixture(scope="module")
def settings():
    return {"YTEL_HANGUP_ROUTE": "POST /conference/{confId}/members/{memberId}/hangup"}


def test_the_route_is_the_one_that_is_set(scene):
    call = scene.call()
    members = sorted(scene.floor.members(call))
    assert scene.ask("hangup", call).status_code == 200
    asked = scene.ytel.requests.of("POST", "/members/")
    assert sorted(request.path for request in asked) == [
        f"/api/v4/conference/{call}/members/{member}/hangup" for member in members
    ]
    assert scene.ytel.requests.count("DELETE") == 0
    assert not scene.floor.is_active(call)


def test_a_supervisor_leaves_by_it_too(scene):
    call = scene.call()
    one = scene.joined("listen", call)
    assert scene.request("DELETE", f"/supervisions/{one['id']}").status_code == 202
    assert not scene.floor.is_in(call, one["to"])
    assert scene.floor.is_active(call)
