"""Nothing is out of reach: no focus hidden, no word cut, nothing that only a mouse is told."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, FloorPage, take
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

# WCAG 2.2, 1.4.12: what a reader may set.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; }
    * { word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# The texts of the list and the bar that do not fit into their place, or lie outside of the page.
CUT = """() => [...document.querySelectorAll(
    "#rows :is(.time, .way[data-direction], button, .who), .air button, #air-time, .chips button, .head button")]
  .filter((one) => one.checkVisibility() && !one.closest("[hidden]"))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    const fits = one.scrollWidth <= one.clientWidth + 1 || getComputedStyle(one).overflow === "visible";
    const scrolls = one.closest(".chips") !== null;
    return !fits || (!scrolls && (box.left < 0 || box.right > document.documentElement.clientWidth + 0.5));
  })
  .map((one) => `${one.className || one.id || one.tagName} "${one.textContent}"`)"""
# Whether something else lies over the focused element: its middle and corners are its own.
OBSCURED = """() => {
  const node = document.activeElement;
  const { left, right, top, bottom } = node.getBoundingClientRect();
  const points = [[left + 2, top + 2], [right - 2, bottom - 2], [(left + right) / 2, (top + bottom) / 2]];
  const tops = points.map(([x, y]) => document.elementFromPoint(x, y));
  return tops.some((top) => !node.contains(top) && !top?.contains(node));
}"""


def _whisper(page, floor, call):
    page.row("Ann Lee").get_by_role("button", name="Ann Lee", exact=True).press("w")
    wait_until(lambda: floor.ringing(call))
    floor.answer(call, PHONE)
    expect(page.air).to_contain_text("Heard by: Ann Lee")


@pytest.mark.parametrize("width", [360, 1360])
def test_no_step_of_the_arrows_hides_the_focus(page, floor, ann, width):
    """With the own call opened, as it was when 28 of 59 steps put the focus under it."""
    for nth in range(60):
        floor.add_call(floor.add_user(f"Agent{nth:02}", "Lee"), created=floor.now - 1000 * nth)
    page.page.set_viewport_size({"width": width, "height": 860})
    page.open()
    expect(page.rows).to_have_count(61)
    _whisper(page, floor, ann)
    page.open_call("Ann Lee")
    page.rows.first.get_by_role("button").first.focus()
    hidden = []
    for key in ["ArrowDown"] * 60 + ["ArrowUp"] * 60:
        page.page.keyboard.press(key)
        if page.page.evaluate(OBSCURED):
            hidden.append(page.page.evaluate("document.activeElement.textContent"))
    assert hidden == []


@pytest.mark.parametrize("spaced", [False, True], ids=["plain", "spaced"])
@pytest.mark.parametrize("width", [320, 700, 1024, 1360])
def test_no_word_is_cut(page, floor, ann, width, spaced):
    floor.add_call(floor.add_user("Bea", "Back"), created=floor.now - 7_500_000, direction="outbound")
    page.page.set_viewport_size({"width": width, "height": 900})
    page.open()
    expect(page.rows).to_have_count(2)
    if spaced:
        page.page.evaluate(SPACED)
    assert page.page.evaluate(CUT) == []
    _whisper(page, floor, ann)
    assert page.page.evaluate(CUT) == []
    assert page.page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_from_700_px_on_a_call_is_one_line_of_a_table(page, floor, ann):
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    for width in (700, 1024, 1360, 2560):
        page.page.set_viewport_size({"width": width, "height": 900})
        cells = [cell.bounding_box() for cell in page.row("Ann Lee").get_by_role("cell").all() if cell.is_visible()]
        middles = {round(box["y"] + box["height"] / 2) for box in cells}
        assert max(middles) - min(middles) < 12, (width, middles)
        assert page.row("Ann Lee").bounding_box()["height"] < 64


@pytest.mark.skipif(os.environ.get("BROWSER") == "firefox", reason="no touch is driven in a released Firefox")
def test_a_touch_on_what_is_refused_says_why(system, contexts, ann):
    tab = contexts(has_touch=True, viewport={"width": 360, "height": 740}).new_page()
    page = FloorPage(tab, system.url).open(phone="")
    expect(page.button("Ann Lee", "Whisper")).to_be_visible()
    take(page.button("Ann Lee", "Whisper"), lambda button: button.tap(force=True))
    page.expect_said("Ann Lee", "Enter your phone first")


def test_without_a_phone_nothing_on_a_row_is_bolder_than_the_agent(page, ann):
    page.open(phone="")
    weight = "node => Number(getComputedStyle(node).fontWeight)"
    name = page.row("Ann Lee").get_by_role("button", name="Ann Lee", exact=True).evaluate(weight)
    for action in ("Listen", "Whisper", "Barge", "Hang up"):
        assert page.button("Ann Lee", action).evaluate(weight) < name
