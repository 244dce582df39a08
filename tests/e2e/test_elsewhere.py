"""What no route takes, and a whole number as any client may write it."""

import pytest


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/calls", "GET"),
        ("GET", "/calls/7/whisper", "POST"),
        ("POST", "/supervisions/7", "DELETE, GET, PATCH"),
        ("TRACE", "/me", "GET"),
        ("OPTIONS", "/calls", "GET"),
    ],
)
def test_a_method_that_a_path_does_not_know_is_told_those_that_it_does(scene, method, path, allowed):
    answer = scene.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert answer.json() == {"message": "Method Not Allowed"}


@pytest.mark.parametrize("path", ["/nowhere", "/calls/", "/calls/7/whisper/on", "/assets/none.js", "/%2e%2e/calls"])
def test_what_is_nowhere_is_not_found(scene, path):
    answer = scene.get(path)
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_a_whole_number_may_be_written_with_a_point(scene):
    answer = scene.request("POST", f"/calls/{scene.call()}/listen", json={"to": scene.phone(), "maxSeconds": 60.0})
    assert answer.status_code == 202
    supervision = answer.json()
    assert supervision["until"] - supervision["requestedAt"] == 60_000


@pytest.mark.parametrize("seconds", ["0.5", "1e999", "NaN", "60.5"])
def test_what_is_no_whole_number_is_refused(scene, seconds):
    call = scene.call()
    body = f'{{"to": "{scene.phone()}", "maxSeconds": {seconds}}}'
    assert scene.request("POST", f"/calls/{call}/listen", data=body).status_code == 422
    assert scene.dials(call) == 0
