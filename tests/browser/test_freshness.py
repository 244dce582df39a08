"""Ytel down and back, hidden and back: how fresh the page is, and that it says so."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE
from tests.browser.hidden import hide
from tests.harness.fake_ytel.faults import Status
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


def test_ytel_down_and_back(system, page, floor, ann):
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    expect(page.page.get_by_text("Live", exact=True)).to_be_visible()
    down = system.ytel.faults.add("*", ".", Status(503), times=None)
    expect(page.trouble).to_contain_text("Ytel is not answering. The calls are shown as of")
    expect(page.row("Ann Lee")).to_be_visible()

    with page.page.expect_response(lambda response: response.status == 503):
        system.move_clock(60)  # too old to be served: the page holds on to what it has
    expect(page.trouble).to_be_visible()
    expect(page.row("Ann Lee")).to_be_visible()

    system.ytel.faults.clear(down)
    floor.add_call(floor.add_user("Bea", "Back"))
    system.move_clock(35)
    expect(page.row("Bea Back")).to_be_visible(timeout=40_000)
    expect(page.trouble).to_be_hidden()
    expect(page.page.get_by_text("Live", exact=True)).to_be_visible()


def test_no_connection(page, ann):
    page.page.clock.install()
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    page.page.context.set_offline(True)
    expect(page.trouble).to_contain_text("No connection to the service.")
    expect(page.row("Ann Lee")).to_be_visible()
    page.page.clock.pause_at(page.page.evaluate("Date.now() + 50") / 1000)  # no timer fires from here on
    with page.page.expect_request(lambda request: "/calls" in request.url):
        page.page.context.set_offline(False)  # the browser says `online`: at once, not after the back-off
    page.page.clock.resume()
    expect(page.trouble).to_be_hidden()


def test_a_hidden_page_asks_seldom_and_a_shown_one_at_once(page, floor, ann):
    asked = []
    page.page.on("request", lambda request: asked.append(request.url) if "/calls" in request.url else None)
    page.page.clock.install()
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    hide(page)
    with page.page.expect_response(lambda response: "/calls" in response.url):
        page.page.clock.run_for(3_000)  # the one that was due
    page.page.evaluate("new Promise(done => setTimeout(done))")
    before = len(asked)
    page.page.clock.run_for(10_000)
    assert len(asked) == before
    with page.page.expect_request(lambda request: "/calls" in request.url):
        page.page.clock.run_for(6_000)
    page.page.clock.run_for(1_000)
    with page.page.expect_request(lambda request: "/calls" in request.url, timeout=2_000):
        hide(page, hidden=False)


def test_a_hidden_page_on_a_call_asks_at_full_pace(page, floor, ann):
    page.page.clock.install()
    page.open()
    page.press("Ann Lee", "Listen")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    page.page.clock.run_for(2_000)
    expect(page.air).to_contain_text("Heard by: nobody")
    hide(page)
    for _ in range(4):
        with page.page.expect_response(lambda response: "/calls?" in response.url):
            page.page.clock.run_for(2_100)  # the pace of a page that is looked at
        page.page.evaluate("new Promise(done => setTimeout(done))")


def test_nothing_is_live_before_there_is_a_key(page, ann):
    page.page.goto(page.url)
    expect(page.page.get_by_label("API key")).to_be_visible()
    expect(page.page.get_by_text("Live", exact=True)).to_be_hidden()
    expect(page.page.locator("#count")).to_be_hidden()


def test_what_has_not_changed_is_not_sent_again(page, floor, ann):
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    with page.page.expect_response(lambda response: "since=" in response.url) as unchanged:
        """Nothing changed."""
    answer = unchanged.value.json()
    assert (answer["full"], answer["calls"], answer["gone"], answer["count"]) == (False, [], [], 1)


def test_what_changed_is_sent_alone_and_what_ended_leaves(page, floor, ann):
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    with page.page.expect_response(lambda response: "since=" in response.url and response.json()["calls"]) as changed:
        began = floor.add_call(floor.add_user("Bea", "Late"))
    answer = changed.value.json()
    assert (answer["full"], [one["confId"] for one in answer["calls"]]) == (False, [began])
    expect(page.row("Bea Late")).to_be_visible()
    expect(page.row("Ann Lee")).to_be_visible()


def test_the_clock_runs_by_the_services_time(system, page, floor, contexts):
    floor.add_call(floor.add_user("Ann", "Lee"), created=floor.now - 600_000)
    page.page.clock.install(time="2001-01-01T00:00:00Z")  # a computer whose clock is far off
    page.open()
    expect(page.row("Ann Lee")).to_contain_text("10:0")
    before = page.row("Ann Lee").get_by_role("cell").nth(2).text_content()
    page.page.clock.run_for(3_000)
    expect(page.row("Ann Lee").get_by_role("cell").nth(2)).not_to_have_text(before)


def test_the_clocks_stand_from_the_frame_on_in_which_the_rows_look_old(page, ann):
    page.open()
    expect(page.row("Ann Lee").locator(".time")).to_have_text(re.compile(r"^\d"))
    page.page.route("**/calls?*", lambda route: route.abort())
    first = page.page.evaluate("""() => new Promise((done) => {
      const look = () => {
        const old = document.getElementById("floor").classList.contains("old");
        if (old) done(document.querySelector("#rows .time").textContent);
        else requestAnimationFrame(look);
      };
      look();
    })""")
    assert first.startswith("≥ ")
