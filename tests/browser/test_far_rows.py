"""A large floor: rows that are far from the screen are not drawn, and are there all the same."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CALLS = 200
HEIGHTS = """() => ({
  content: document.querySelector(".scroll").scrollHeight,
  row: document.querySelector("#rows .row").getBoundingClientRect().height,
  above: document.getElementById("rows").offsetTop,
})"""
NOT_DRAWN = """() => [...document.querySelectorAll(".batch")].filter((batch) =>
  !batch.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length"""


@pytest.fixture(params=[360, 1360])
def shown(request, page, system, floor):
    system.ytel.fill(calls=CALLS, users=CALLS)
    page.page.set_viewport_size({"width": request.param, "height": 860})
    page.open()
    expect(page.rows).to_have_count(CALLS)
    page.page.wait_for_function(f"({NOT_DRAWN})() > 0")
    return page


def _top(page, row):
    """Where it stands in the whole list."""
    return row.evaluate("row => row.getBoundingClientRect().top + document.querySelector('.scroll').scrollTop")


def test_the_list_is_as_high_as_if_all_were_drawn(shown):
    heights = shown.page.evaluate(HEIGHTS)
    assert abs(heights["content"] - heights["above"] - CALLS * heights["row"]) < 2
    before = _top(shown, shown.rows.last)
    shown.page.evaluate("document.querySelector('.scroll').scrollTop = 1e6")
    expect(shown.rows.last).to_be_in_viewport(ratio=0.99)
    assert abs(_top(shown, shown.rows.last) - before) < 2


def test_keys_go_through_all_rows_in_their_order(shown):
    shown.rows.first.get_by_role("button").first.focus()
    shown.page.keyboard.press("End")
    expect(shown.rows.last.get_by_role("button").first).to_be_focused()
    shown.page.keyboard.press("Home")
    for nth in range(40):
        expect(shown.rows.nth(nth).get_by_role("button").first).to_be_focused()
        shown.page.keyboard.press("ArrowDown")


def test_sorted_and_searched_the_rows_are_those_of_the_list(shown):
    shown.page.get_by_role("button", name="Agent", exact=True).click()
    names = shown.page.evaluate("[...document.querySelectorAll('#rows .open bdi')].map((one) => one.textContent)")
    assert names == sorted(names, key=lambda name: int(name.removeprefix("Agent").split()[0]))
    shown.page.get_by_label("Search").fill(names[7])
    expect(shown.rows).to_have_count(names.count(names[7]))
    expect(shown.rows.first).to_be_in_viewport(ratio=1)
    shown.page.get_by_label("Search").fill("")
    expect(shown.rows).to_have_count(CALLS)


def test_rows_that_came_and_went_leave_no_batch_large_or_empty(shown, floor):
    for call in floor.active_calls()[20:150]:
        floor.end_call(call.conf_id)
    expect(shown.rows).to_have_count(CALLS - 130)
    sizes = shown.page.evaluate("[...document.querySelectorAll('.batch')].map((batch) => batch.childElementCount)")
    assert sum(sizes) == CALLS - 130
    assert 0 < min(sizes) <= max(sizes) <= 16
    assert len(sizes) <= 20
