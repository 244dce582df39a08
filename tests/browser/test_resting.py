"""A pointer that rests, and clicks again and again, while everything happens: no click is for what came under it."""

import json

import pytest
import requests
from playwright.sync_api import expect

from tests.harness.fake_ytel.faults import Status
from tests.harness.system import LOCAL_KEY
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

STILL = 500

# What is under the point in each frame, and what was asked of the service, each with its time.
WATCH = r"""({y}) => {
  window.under = [];
  window.asked = [];
  const each = () => {
    const row = [...document.querySelectorAll("#rows .row")].find((one) => {
      const box = one.getBoundingClientRect(); // not what takes the pointer: that is what is in question
      return box.top <= y && y < box.bottom;
    });
    window.under.push([performance.now(), row?.dataset.call ?? ""]);
    requestAnimationFrame(each);
  };
  each();
  const fetched = window.fetch;
  window.fetch = (url, options) => {
    const call = /\/calls\/([^/]*)\/barge$/.exec(String(url))?.[1];
    if (options?.method === "POST" && call) window.asked.push([performance.now(), call]);
    return fetched(url, options);
  };
}"""
REFUSED = {"code": "members_unknown", "status": 409, "title": "The members are unknown", "detail": "Not now."}


@pytest.fixture
def resting(page, floor):
    """A page of ten calls, the shortest first, whose dials are all refused; the pointer rests on the fourth's Barge."""
    for nth in range(10):
        floor.add_call(floor.add_user(f"Agent{nth}", "Lee"), created=floor.now - 60_000 * (nth + 1))
    answer = json.dumps(REFUSED)
    page.page.route("**/barge", lambda route: route.fulfill(status=409, body=answer, content_type="application/json"))
    page.open()
    expect(page.rows).to_have_count(10)
    page.page.get_by_role("button", name="Time").click()
    expect(page.rows.first).to_contain_text("Agent0")
    box = page.rows.nth(3).get_by_role("button", name="Barge").bounding_box()
    page.page.mouse.move(box["x"] + 20, box["y"] + 15)
    page.page.evaluate(WATCH, {"y": box["y"] + 15})
    return page


def _click_until(page, seen):
    """Clicks where the pointer is, again and again, until `seen()`, and a few times more."""
    wait_until(lambda: _click(page) and seen(), timeout=60, every=0.03)
    _click_on(page)


def _click_when(page, seen):
    """Rests until `seen()`, then clicks in that very moment, and again and again for a while."""
    wait_until(seen, timeout=60)
    _click_on(page)


def _click(page):
    page.page.mouse.down()
    page.page.mouse.up()
    return True


def _click_on(page):
    for _ in range(12):
        _click(page)
        page.page.evaluate("new Promise(requestAnimationFrame)")


def _judge(page):
    """Every dial that was asked for is of the row that had been under the pointer for half a second."""
    asked, under = page.page.evaluate("[window.asked, window.under]")
    for moment, call in asked:
        before = {row for time, row in under if moment - STILL + 40 < time < moment}
        assert before <= {call}, (moment, call, before)


def _orders(page):
    return page.page.evaluate("[...document.querySelectorAll('#rows .row')].map((row) => row.dataset.call)")


def test_a_resting_pointer_acts_on_no_row_that_came_under_it(system, resting, floor):
    page = resting
    user = floor.add_user("Nora", "New")
    system.invoke("refresh_users", {})
    new = floor.add_call(user, created=floor.now)  # on top, once the hand rests
    _click_when(page, lambda: _orders(page)[0] == new)
    for call in _orders(page)[1:3]:  # above the pointer
        floor.end_call(call)
    _click_when(page, lambda: len(_orders(page)) == 9)
    for heading, first in {"agent": "Agent2", "time": "Agent9"}.items():  # by another hand
        page.page.evaluate("name => document.querySelector(`[data-sort=${name}]`).click()", heading)
        _click_until(page, lambda first=first: first in page.rows.first.inner_text())
    page.page.evaluate("document.querySelector('#chips [value=long]').click()")  # and off again
    page.page.evaluate("document.querySelector('#chips [value=long]').click()")
    _click_until(page, lambda: len(_orders(page)) == 9)
    _click_until(page, lambda: page.page.evaluate("window.asked.length"))  # it is clicked where everything stands still
    _judge(page)


def test_trouble_exposure_and_notes_put_no_other_row_under_a_resting_pointer(system, resting, floor):
    page = resting
    _click_until(page, lambda: page.page.locator(".row.problem").count())  # what is said under a row, too
    above, other = _orders(page)[0], "+12125550188"
    asked = requests.post(
        f"{page.url}/calls/{above}/whisper",
        json={"to": other},
        headers={"Authorization": f"Bearer {LOCAL_KEY}"},
        timeout=10,
    )
    assert asked.status_code == 202
    floor.answer(above, other)
    _click_until(page, lambda: "whispering" in page.rows.first.inner_text())
    floor.join(above, "third")
    _click_until(page, lambda: page.exposure.is_visible())
    _click_until(page, lambda: not page.exposure.is_visible())  # that supervisor was dropped
    down = system.ytel.faults.add("*", ".", Status(503), times=None)
    _click_until(page, lambda: page.trouble.is_visible())
    system.ytel.faults.clear(down)
    system.move_clock(35)
    _click_until(page, lambda: not page.trouble.is_visible())
    _click_until(page, lambda: page.page.evaluate("window.asked.length"))
    _judge(page)
