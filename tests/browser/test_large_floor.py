"""A thousand calls: what an update costs the browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CALLS = 1_000
FRAME_MS = 16.0

# From the start of each frame in which the count changes to the end of its painting.
WATCH_FRAMES = """() => {
  window.frames_taken = [];
  const count = document.getElementById("count");
  const after = new MessageChannel();
  let start = 0, text = count.textContent;
  after.port1.onmessage = () => {
    if (count.textContent !== text) window.frames_taken.push(performance.now() - start);
    text = count.textContent;
  };
  const each = (now) => { start = now; after.port2.postMessage(0); requestAnimationFrame(each); };
  requestAnimationFrame(each);
}"""

# What every frame takes, from its start to the end of its painting, while the list is scrolled up and down.
SCROLL = """() => {
  window.costs = [];
  const list = document.querySelector(".scroll");
  const after = new MessageChannel();
  let [start, step] = [0, 40];
  after.port1.onmessage = () => window.costs.push(performance.now() - start);
  const each = (now) => {
    start = now;
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
    if (atEnd || list.scrollTop === 0) step = atEnd ? -40 : 40;
    list.scrollTop += step;
    after.port2.postMessage(0);
    requestAnimationFrame(each);
  };
  requestAnimationFrame(each);
}"""
FRAMES, ROUNDS = 200, 6


@pytest.mark.long  # timed
def test_an_update_of_a_thousand_calls_fits_into_a_frame(page, floor, system):
    system.ytel.fill(calls=CALLS, users=200)
    page.open()
    count = page.page.locator("#count")
    expect(count).to_have_text("1,000 calls")
    expect(page.rows).to_have_count(CALLS)
    page.page.evaluate(WATCH_FRAMES)
    for left in range(CALLS - 20, CALLS - 120, -20):
        active = floor.active_calls()
        for call in active[:: len(active) // 20][:20]:
            floor.end_call(call.conf_id)
        expect(count).to_have_text(f"{left} calls")
    taken = sorted(page.page.evaluate("window.frames_taken"))
    assert len(taken) >= 4
    # The second quickest: what else the machine does makes frames longer, and never shorter.
    assert taken[1] < FRAME_MS, taken


@pytest.mark.long
def test_frames_stay_short_while_the_list_is_scrolled_and_changes(page, floor, system):
    """Three changes a second. Of several rounds the best: what else the machine does makes frames longer only."""
    system.ytel.fill(calls=CALLS, users=200)
    page.open()
    expect(page.rows).to_have_count(CALLS)
    page.page.evaluate(SCROLL)
    slowest = []
    for _ in range(ROUNDS):
        before = page.page.evaluate("window.costs.length")
        while (done := page.page.evaluate("window.costs.length")) - before < FRAMES:
            _change(floor)
            page.page.wait_for_function("count => window.costs.length >= count", arg=done + 20)
        costs = sorted(page.page.evaluate("from => window.costs.slice(from)", before))
        slowest.append(costs[int(len(costs) * 0.99)])
    assert min(slowest) < FRAME_MS, slowest


def _change(floor):
    """One call ends, and one begins."""
    oldest = floor.active_calls()[0]
    user = floor.user_of(oldest)
    floor.end_call(oldest.conf_id)
    floor.add_call(user)
