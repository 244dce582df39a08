"""A pointer that rests while everything happens: no row is moved from above, no click acts on what moved under it."""

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE
from tests.harness.fake_ytel.faults import Status
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

STILL = "row => !row.dataset.moved"


@pytest.fixture
def two(floor):
    """Calls of Ada (the longest) and of Bea: their ids."""
    ada = floor.add_call(floor.add_user("Ada", "Lee"), created=floor.now - 1_800_000)
    return ada, floor.add_call(floor.add_user("Bea", "Lee"), created=floor.now - 900_000)


def _rest(page, agent, action):
    """The pointer on that button, at rest; where it is."""
    button = page.button(agent, action)
    button.hover()
    box = button.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_trouble_and_its_end_move_no_row(system, page, floor, two):
    page.open()
    _rest(page, "Bea Lee", "Barge")
    before = page.row("Bea Lee").bounding_box()
    down = system.ytel.faults.add("*", ".", Status(503), times=None)
    expect(page.trouble).to_be_visible()
    assert page.row("Bea Lee").bounding_box() == before
    system.ytel.faults.clear(down)
    system.move_clock(35)
    expect(page.trouble).to_be_hidden(timeout=40_000)
    assert page.row("Bea Lee").bounding_box() == before


def test_an_exposure_and_what_one_is_on_move_no_row(page, floor, two):
    page.open()
    expect(page.rows).to_have_count(2)
    before = page.row("Ada Lee").bounding_box()["y"]
    page.press("Bea Lee", "Whisper")
    wait_until(lambda: floor.ringing(two[1]))
    floor.answer(two[1], PHONE)
    expect(page.air).to_contain_text("Heard by: Bea Lee")
    assert page.row("Ada Lee").bounding_box()["y"] == before
    floor.join(two[1], "third")
    expect(page.exposure).to_be_visible()
    assert page.row("Ada Lee").bounding_box()["y"] == before


def test_a_click_on_a_row_that_moved_a_moment_ago_does_nothing(page, floor, two):
    """Sorted the other way, the rows change places under the pointer; a click at once is for neither."""
    page.open()
    x, y = _rest(page, "Ada Lee", "Barge")
    page.page.wait_for_function(STILL, arg=page.row("Ada Lee").element_handle())
    sent = []
    page.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.page.evaluate("document.querySelector('[data-sort=time]').click()")
    page.page.mouse.click(x, y)
    expect(page.rows.first).to_contain_text("Bea Lee")
    page.page.wait_for_function(STILL, arg=page.row("Bea Lee").element_handle())
    assert sent == []
    assert not [dial for dial in floor.dials if dial.conf_id in two]
    page.page.mouse.click(x, y)
    page.expect_said("Bea Lee", "Ringing your phone…")


def test_what_pushes_the_rows_down_is_noticed_whatever_it_is(page, floor, two):
    page.open()
    x, y = _rest(page, "Ada Lee", "Barge")
    page.page.wait_for_function(STILL, arg=page.row("Bea Lee").element_handle())
    height = page.row("Ada Lee").bounding_box()["height"]
    page.page.evaluate("height => { document.querySelector('.rows').style.marginTop = `-${height}px`; }", height)
    page.page.mouse.click(x, y)
    expect(page.row("Bea Lee")).to_have_attribute("data-moved", "yes")
    page.page.wait_for_function(STILL, arg=page.row("Bea Lee").element_handle())
    assert not [dial for dial in floor.dials if dial.conf_id in two]
