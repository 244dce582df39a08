"""A thousand calls: what scrolling and updating the list cost the browser, against a plain list of as many rows."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.long]  # timed

CALLS = 1_000
FRAMES, ROUNDS = 200, 4
# At most so many times what the same frames of the plain list take.
SCROLLED, UPDATED = 2, 1

# The same words, columns and buttons, and nothing else: what the browser itself needs for so many rows.
ROW = """<div class="row"><div><b>Agent {0} Lee</b><br>+1 646 555 0100</div><div>+1 312 555 0100</div><div>10:01</div>
<div></div><div><button>Listen</button><button>Whisper</button><button>Barge</button> <button>Hang up</button></div>
</div>"""
PLAIN = """<!doctype html><style>
  body { margin: 0; height: 100vh; display: flex; flex-direction: column; font: 14px sans-serif; }
  .scroll { flex: 1; overflow-y: auto; background: #fff; }
  .row { display: grid; grid-template-columns: 1.5fr 1.4fr 4rem 1fr 18rem; align-items: center; height: 47px; }
</style><p id="count"></p><div class="scroll">"""

# What each frame takes, from its start to the end of its painting.
WATCH = """() => {
  window.costs = [];
  window.changed = [];
  const count = document.getElementById("count");
  const after = new MessageChannel();
  let [start, text] = [0, count.textContent];
  after.port1.onmessage = () => {
    window.costs.push(performance.now() - start);
    if (count.textContent !== text) window.changed.push(window.costs.at(-1));
    text = count.textContent;
  };
  const each = (now) => {
    start = now;
    window.step?.();
    after.port2.postMessage(0);
    requestAnimationFrame(each);
  };
  requestAnimationFrame(each);
}"""

# Up and down, some 40 px a frame.
SCROLL = """() => {
  const list = document.querySelector(".scroll");
  let step = 40;
  window.step = () => {
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
    if (atEnd || list.scrollTop === 0) step = atEnd ? -40 : 40;
    list.scrollTop += step;
  };
}"""
TAKE_TWENTY_AWAY = """() => requestAnimationFrame(() => {
  const rows = [...document.querySelectorAll(".row")];
  for (let n = 0; n < rows.length; n += Math.floor(rows.length / 20)) rows[n].remove();
  document.getElementById("count").textContent = document.querySelectorAll(".row").length;
})"""


@pytest.fixture
def plain(contexts):
    tab = contexts(viewport={"width": 1360, "height": 860}).new_page()
    tab.set_content(PLAIN + "".join(ROW.format(number) for number in range(CALLS)) + "</div>")
    return tab


@pytest.fixture
def shown(page, floor, system):
    system.ytel.fill(calls=CALLS, users=200)
    page.open()
    expect(page.rows).to_have_count(CALLS)
    return page.page


def slowest(tab, meanwhile=lambda: None):
    """What the slowest frame of a hundred takes in one round."""
    tab.bring_to_front()
    before = tab.evaluate("window.costs.length")
    while (done := tab.evaluate("window.costs.length")) - before < FRAMES:
        meanwhile()
        tab.wait_for_function("count => window.costs.length >= count", arg=done + 20)
    costs = sorted(tab.evaluate("from => window.costs.slice(from)", before))
    return costs[int(len(costs) * 0.99)]


def test_scrolling_a_list_that_changes_costs_little_more_than_a_plain_one(plain, shown, floor):
    """Three changes a second. Of several rounds in turn the best: what else the machine does makes frames longer."""
    for tab in (plain, shown):
        tab.bring_to_front()
        tab.evaluate(WATCH)
        tab.evaluate(SCROLL)
    rounds = [(slowest(shown, lambda: _change(floor)), slowest(plain)) for _ in range(ROUNDS)]
    ours, theirs = (min(one) for one in zip(*rounds, strict=True))
    assert ours < SCROLLED * theirs, rounds


def test_an_update_costs_little_more_than_one_of_a_plain_list(plain, shown, floor):
    plain.bring_to_front()
    plain.evaluate(WATCH)
    for number in range(5):
        plain.evaluate(TAKE_TWENTY_AWAY)
        plain.wait_for_function("count => window.changed.length > count", arg=number)
    shown.bring_to_front()
    shown.evaluate(WATCH)
    for left in range(CALLS - 20, CALLS - 120, -20):
        active = floor.active_calls()
        for call in active[:: len(active) // 20][:20]:
            floor.end_call(call.conf_id)
        expect(shown.locator("#count")).to_have_text(f"{left} calls")
    ours, theirs = (sorted(tab.evaluate("window.changed"))[1] for tab in (shown, plain))
    assert ours < UPDATED * theirs, (ours, theirs)


def _change(floor):
    """One call ends, and one begins."""
    oldest = floor.active_calls()[0]
    user = floor.user_of(oldest)
    floor.end_call(oldest.conf_id)
    floor.add_call(user)
