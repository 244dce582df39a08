"""A query parameter or a field that nothing here has is refused, and not passed over."""

import pytest

ROUTES = ["/calls", "/calls/{call}", "/calls/{call}/plan?action=listen", "/supervisions"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("parameter", ["agnet=ann", "Limit=7", "=", "phone=%2B12125550142"])
def test_a_parameter_that_nothing_here_has_is_refused(scene, route, parameter):
    path = route.format(call=scene.call())
    answer = scene.get(f"{path}{'&' if '?' in path else '?'}{parameter}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [{"maxseconds": 7}, {"action": "listen"}, {"maxSeconds": "7"}, {"maxSeconds": 0}, {"maxSeconds": None}],
    ids=repr,
)
def test_a_field_that_nothing_here_has_and_one_of_another_kind_are_refused(scene, body):
    call, phone = scene.call(), scene.phone()
    answer = scene.request("POST", f"/calls/{call}/whisper", json={"to": phone, **body})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert scene.request("POST", f"/calls/{call}/whisper?to=7", json={"to": phone}).status_code == 422
    assert scene.dials(call) == 0
