"""`/docs`: read and tried without a mouse, and it does not jump while it is made."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_nothing_moves_once_it_is_seen(page):
    page.page.add_init_script("""window.placed = [];
      const seen = (one) => one && window.placed.push(JSON.stringify(one.getBoundingClientRect()));
      const each = () => {
        for (const one of ["main", "h1"]) seen(document.querySelector(one));
        requestAnimationFrame(each);
      };
      addEventListener("DOMContentLoaded", each);""")
    page.page.goto(f"{page.url}/docs")
    expect(page.page.get_by_role("heading", name="Problems")).to_be_visible()
    places = page.page.evaluate(
        "window.placed.map((one) => { const { x, y, width } = JSON.parse(one); return `${x} ${y} ${width}`; })"
    )
    assert len(set(places)) == 2, sorted(set(places))


def test_what_scrolls_can_be_scrolled_by_keyboard(page):
    page.page.set_viewport_size({"width": 700, "height": 500})
    page.page.goto(f"{page.url}/docs")
    expect(page.page.get_by_role("heading", name="Problems")).to_be_visible()
    out_of_reach = page.page.evaluate("""() => [...document.querySelectorAll("body *")]
      .filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowX + getComputedStyle(one).overflowY))
      .filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight)
      .filter((one) => one.tabIndex < 0 && !one.querySelector("a, button, input, [tabindex='0']"))
      .map((one) => one.className || one.tagName)""")
    assert out_of_reach == []
