"""The bar of one's own phone where there is little room: all of it, at one height, in either language."""

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE
from tests.browser.test_reach import CUT, SPACED
from tests.harness.system import LOCAL_KEY
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

# Those of the bar's controls and texts that reach out of it, are laid over another, or are hard to hit.
ASTRAY = """() => {
  const inside = document.getElementById("air").getBoundingClientRect();
  const parts = [...document.querySelectorAll("#air button, #air-since, .air-hears")]
    .filter((one) => one.checkVisibility() && !one.closest("[hidden]"));
  const placed = parts.map((one) => [one, one.getBoundingClientRect()]);
  const over = (a, b) => a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
  return placed.filter(([one, a]) =>
    a.bottom > inside.bottom || a.right > inside.right || a.left < inside.left ||
    (one.matches("button") && Math.min(a.width, a.height) < 24) ||
    placed.some(([other, b]) => other !== one && over(a, b)),
  ).map(([one]) => one.id || one.value);
}"""


@pytest.mark.parametrize("spaced", [False, True], ids=["plain", "spaced"])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", [(320, 640), (360, 640), (768, 900), (1024, 600)])
def test_the_bar_is_low_and_never_changes_its_height(page, system, floor, ann, size, language, spaced):
    width, height = size
    page.page.set_viewport_size({"width": width, "height": height})
    page.page.add_init_script(f"localStorage.setItem('phone', '{PHONE}'); localStorage.setItem('signals', 'off')")
    system.invoke("refresh_users", {})
    page.page.goto(f"{system.url}/?lang={language}#key={LOCAL_KEY}")
    expect(page.row("Ann Lee")).to_be_visible()
    if spaced:
        page.page.evaluate(SPACED)
    bar = page.page.locator("#air")
    heights = []

    def look(heard):
        expect(bar).to_have_attribute("data-heard", heard)
        assert page.page.evaluate(ASTRAY) == []
        assert [cut for cut in page.page.evaluate(CUT) if "chips" not in cut] == []
        assert page.page.evaluate("document.scrollingElement.scrollWidth") <= width
        heights.append(bar.bounding_box()["height"])

    look("none")
    page.row("Ann Lee").get_by_role("button", name="Ann Lee", exact=True).press("w")
    wait_until(lambda: floor.ringing(ann))
    look("ringing")
    leave = bar.locator("#air-leave").bounding_box()
    assert min(leave["width"], leave["height"]) >= 40
    floor.answer(ann, PHONE)
    look("agent")
    assert max(heights) - min(heights) < 2
    assert spaced or heights[0] <= 112
