"""One click too many, one tab too many: one dial."""

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, FloorPage
from tests.harness.fake_ytel.faults import Delay
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


def posts(page):
    sent = []
    page.page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    return sent


def dials(floor, call):
    return [dial for dial in floor.dials if dial.conf_id == call]


def test_a_double_click_is_one_request(page, floor, ann):
    sent = posts(page)
    page.open()
    page.button("Ann Lee", "Whisper").dblclick()
    page.expect_said("Ann Lee", "Ringing your phone…")
    assert len(sent) == 1
    assert len(sent[0].headers["idempotency-key"]) >= 16
    assert len(dials(floor, ann)) == 1


def test_two_keys_at_once_are_one_request(page, floor, ann):
    sent = posts(page)
    page.open()
    page.row("Ann Lee").get_by_role("button", name="Ann Lee").focus()
    page.page.keyboard.press("l")
    page.page.keyboard.press("b")
    page.expect_said("Ann Lee", "Ringing your phone…")
    assert [request.url.rsplit("/")[-1] for request in sent] == ["listen"]


def test_two_tabs_are_one_dial(system, page, floor, ann):
    other = FloorPage(page.page.context.new_page(), system.url).open()
    sent = posts(page), posts(other)
    page.open()
    expect(other.button("Ann Lee", "Whisper")).to_be_enabled()
    system.ytel.faults.add("POST", "/participant$", Delay(0.5))
    page.press("Ann Lee", "Whisper")
    other.press("Ann Lee", "Whisper")
    other.expect_said("Ann Lee", "Ringing your phone…")
    page.expect_said("Ann Lee", "Ringing your phone…")
    other.expect_refused("Ann Lee", "Whisper", "Your phone is ringing for this call")
    floor.answer(ann, PHONE)
    other.expect_said("Ann Lee", "The agent hears you")
    other.press("Ann Lee", "Leave")
    page.expect_said("Ann Lee", "You left")
    assert [len(requests) for requests in sent] == [1, 0]
    assert len(dials(floor, ann)) == 1


def test_an_answer_that_was_lost_on_the_way_is_asked_for_with_the_same_key(page, floor, ann):
    sent = posts(page)
    page.open()
    lost: list[object] = []

    def lose(route):
        if lost:
            route.continue_()
        else:
            named = ("authorization", "idempotency-key")
            headers = {name: route.request.headers[name] for name in named}
            lost.append(requests.post(route.request.url, json={"to": PHONE}, headers=headers, timeout=10))
            route.abort()  # the service did it; the browser never hears of it

    page.page.route("**/whisper", lose)
    page.press("Ann Lee", "Whisper")
    page.expect_said("Ann Lee", "Ringing your phone…")
    assert len({request.headers["idempotency-key"] for request in sent}) == 1
    wait_until(lambda: len(sent) == 2)
    assert len(dials(floor, ann)) == 1
