"""Taking a call over: asked first, offered only where it would be done, and the bar says who is left."""

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, take
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


def _question(page):
    return page.page.get_by_role("alertdialog")


def _taken_over(page, floor, call):
    """Answers the dial, and waits until the bar says that the agent is gone."""
    wait_until(lambda: floor.ringing(call))
    floor.answer(call, PHONE)
    wait_until(lambda: not floor.members(call, "agent"))
    expect(page.air).to_contain_text("Alone with ")
    expect(page.air).to_contain_text("Ann Lee is gone")


def test_the_whole_way_with_the_keyboard(page, floor, ann):
    page.open()
    page.row("Ann Lee").get_by_role("button", name="Ann Lee").focus()
    page.page.keyboard.press("t")
    expect(_question(page)).to_contain_text("Take over Ann Lee\u2019s call?")
    expect(_question(page)).to_contain_text(
        "Your phone +1 212 555 0142 is called. Once you are on the call, Ann Lee is"
    )
    expect(_question(page).get_by_role("button", name="Cancel")).to_be_focused()
    assert not floor.ringing(ann)
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    _taken_over(page, floor, ann)
    assert floor.roles_that_hear(ann, PHONE) == {"contact"}
    expect(page.page).to_have_title("● Alone: Ann Lee\u2019s call \u2013 Active calls")
    expect(page.air.get_by_role("button", name="Take over")).to_be_hidden()
    for mode in ("Listen", "Whisper", "Barge"):
        expect(page.mode(mode)).to_be_disabled()

    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    expect(_question(page)).to_contain_text("is alone on the call")
    page.page.keyboard.press("Escape")
    expect(_question(page)).to_be_hidden()
    assert floor.is_in(ann, PHONE)
    take(page.air.get_by_role("button", name="Leave"))
    take(_question(page).get_by_role("button", name="Leave them alone"))
    page.expect_off_air()
    assert not floor.is_in(ann, PHONE)


def test_from_a_whisper_by_the_bar(page, floor, ann):
    page.open()
    page.press("Ann Lee", "Whisper")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    expect(page.air).to_contain_text("Heard by: Ann Lee")
    page.air.get_by_role("button", name="Take over").click()
    _question(page).get_by_role("button", name="Disconnect Ann Lee and take over").click()
    _taken_over(page, floor, ann)


def test_it_is_offered_only_where_it_would_be_done(page, floor, ann):
    una = floor.add_call(floor.add_user("Una", "Proven"), proof=None)
    page.open()
    page.page.set_viewport_size({"width": 1400, "height": 800})
    page.expect_refused("Una Proven", "Take over", "Which leg is the agent's is not proven")
    floor.garble(ann, floor.member(ann, "agent"), "{")  # not in any list yet: the plan knows
    page.press("Ann Lee", "Take over")
    page.expect_said("Ann Lee", "Not taken over: the agent\u2019s leg is not proven")
    expect(_question(page)).to_be_hidden()
    assert not floor.ringing(ann)
    assert not floor.ringing(una)


def test_on_a_narrow_page_it_stands_in_the_opened_call(page, ann):
    page.page.set_viewport_size({"width": 800, "height": 800})
    page.open()
    expect(page.button("Ann Lee", "Listen")).to_be_visible()
    expect(page.button("Ann Lee", "Take over")).to_have_count(0)
    page.open_call("Ann Lee")
    page.press("Ann Lee", "Take over")
    _question(page).get_by_role("button", name="Cancel").click()
    expect(_question(page)).to_be_hidden()


def test_a_key_without_the_scope_is_not_offered_it(page, ann):
    me = {"client": "crm", "scopes": ["calls:read", "calls:barge"], "agents": None, "phones": None}
    page.page.route("**/me", lambda route: route.fulfill(json=me))
    page.page.set_viewport_size({"width": 1400, "height": 800})
    page.open()
    expect(page.button("Ann Lee", "Barge")).to_be_enabled()
    expect(page.button("Ann Lee", "Whisper")).to_be_hidden()
    expect(page.button("Ann Lee", "Take over")).to_have_count(0)
