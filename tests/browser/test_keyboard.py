"""Everything by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE
from tests.harness.system import LOCAL_KEY
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


def _tab_to(page, target, most=40):
    """Tab until the focus is there."""
    for _ in range(most):
        page.page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError("the focus did not get there")


def test_the_whole_way_with_tab_and_enter(page, floor, ann):
    keyboard = page.page.keyboard
    page.page.goto(page.url)
    expect(page.page.get_by_label("API key")).to_be_focused()
    keyboard.type(LOCAL_KEY)
    keyboard.press("Enter")
    expect(page.row("Ann Lee")).to_be_visible()
    expect(page.phone).to_be_focused()
    keyboard.type(PHONE)
    _tab_to(page, page.button("Ann Lee", "Whisper"))
    keyboard.press("Enter")
    wait_until(lambda: floor.ringing(ann))
    member = floor.answer(ann, PHONE)
    page.expect_said("Ann Lee", "The agent hears you; the customer does not")
    assert floor.who_hears(ann, member) == {floor.member(ann, "agent")}
    _tab_to(page, page.button("Ann Lee", "Leave"))
    keyboard.press("Space")
    page.expect_said("Ann Lee", "You left")


@pytest.mark.parametrize(("key", "words"), [("l", "Nobody hears you"), ("W", "The agent hears you"), ("b", "Everyone")])
def test_one_key_on_the_row_that_has_the_focus(page, floor, ann, key, words):
    page.open()
    page.row("Ann Lee").get_by_role("button", name="Ann Lee").focus()
    page.page.keyboard.press(key)
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    page.expect_said("Ann Lee", words)
    page.page.keyboard.press("x")
    page.expect_said("Ann Lee", "You left")


def test_h_asks_and_escape_takes_it_back(page, floor, ann):
    page.open()
    opener = page.row("Ann Lee").get_by_role("button", name="Ann Lee")
    opener.focus()
    page.page.keyboard.press("h")
    question = page.page.get_by_role("alertdialog")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(opener).to_be_focused()
    assert floor.is_active(ann)


def test_letters_typed_into_a_field_are_letters(page, floor, ann):
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    page.page.get_by_label("Search").focus()
    page.page.keyboard.type("lwbh")
    expect(page.page.get_by_text("No call matches.")).to_be_visible()
    expect(page.page.get_by_role("alertdialog")).to_be_hidden()
    assert floor.dialled(PHONE) == [dial for dial in floor.dialled(PHONE) if dial.conf_id != ann]


def test_arrows_go_from_row_to_row_and_enter_opens(page, floor):
    for name in ("Ada", "Bea", "Cid"):
        floor.add_call(floor.add_user(name, "Lee"), created=floor.now - 1000 * ord(name[0]))
    page.open()
    expect(page.rows).to_have_count(3)
    agents = [page.rows.nth(place).get_by_role("button").first for place in range(3)]
    agents[0].focus()
    page.page.keyboard.press("ArrowDown")
    expect(agents[1]).to_be_focused()
    page.page.keyboard.press("End")
    expect(agents[2]).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(agents[2]).to_have_attribute("aria-expanded", "true")
    expect(page.rows.nth(2).get_by_role("list")).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(agents[2]).to_have_attribute("aria-expanded", "false")
    page.page.keyboard.press("ArrowUp")
    expect(agents[1]).to_be_focused()


def test_one_row_is_in_the_tab_order_and_the_arrows_choose_it(page, floor):
    for name in ("Ada", "Bea", "Cid"):
        floor.add_call(floor.add_user(name, "Lee"), created=floor.now - 1000 * ord(name[0]))
    page.open()
    expect(page.rows).to_have_count(3)
    stops = """() => [...new Set([...document.querySelectorAll("#rows button")]
      .filter((one) => one.tabIndex >= 0 && one.checkVisibility()).map((one) => one.closest(".row").dataset.call))]"""
    calls = [row.get_attribute("data-call") for row in page.rows.all()]
    assert page.page.evaluate(stops) == calls[:1]
    page.page.get_by_role("button", name="Supervised by").focus()
    page.page.keyboard.press("Tab")
    expect(page.rows.first.get_by_role("button").first).to_be_focused()
    page.page.keyboard.press("ArrowDown")
    assert page.page.evaluate(stops) == calls[1:2]
    floor.end_call(calls[1])
    expect(page.rows).to_have_count(2)
    assert page.page.evaluate(stops) == calls[2:]


def test_a_refused_action_is_reached_and_says_why(page, floor, ann):
    page.open(phone="")
    whisper = page.button("Ann Lee", "Whisper")
    expect(whisper).to_be_visible()
    _tab_to(page, whisper)
    page.page.keyboard.press("Enter")
    page.expect_said("Ann Lee", "Enter your phone first")
