"""The bar of one's own phone: there in every state, the same height, and true."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE
from tests.harness.fake_ytel.faults import Status
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def bea(floor):
    """A call of Bea Back's: its id."""
    return floor.add_call(floor.add_user("Bea", "Back"))


@pytest.fixture
def whispering(page, floor, ann):
    """A page on which a whisper to Ann Lee runs."""
    page.open()
    page.press("Ann Lee", "Whisper")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    expect(page.air).to_contain_text("Heard by: Ann Lee")
    return page


def test_from_key_to_whisper_to_barge_to_leave(system, whispering, floor, ann):
    page = whispering
    expect(page.air).to_contain_text("Not by: the customer")
    expect(page.air).to_contain_text(re.compile(r"seen \d+ s ago"))
    expect(page.page).to_have_title("● Whisper: Ann Lee \u2013 Active calls")
    assert "icon-agent" in page.page.locator("link[rel=icon]").get_attribute("href")
    page.mode("Barge").click()
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    expect(page.air).to_contain_text("Heard by: everyone: Ann Lee and the customer")
    expect(page.mode("Barge")).to_be_checked()
    assert floor.roles_that_hear(ann, PHONE) == {"agent", "contact"}
    page.air.get_by_role("button", name="Leave").click()
    expect(page.air.get_by_text("You are on no call.")).to_be_visible()
    assert not floor.is_in(ann, PHONE)
    assert [error for error in page.errors if "/supervisions/" not in error] == []


def test_it_survives_search_and_reload(whispering):
    page = whispering
    page.page.get_by_label("Search").fill("nobody")
    expect(page.rows).to_have_count(0)
    expect(page.air.get_by_role("button", name="Leave")).to_be_in_viewport(ratio=1)
    page.page.reload()
    expect(page.air).to_contain_text("Heard by: Ann Lee")
    page.page.keyboard.press("Escape")
    expect(page.air).to_contain_text("Escape once more: leave")
    page.page.keyboard.press("Escape")
    expect(page.air.get_by_text("You are on no call.")).to_be_visible()


def test_a_lost_key_says_that_one_may_still_be_there(whispering, floor, ann):
    page = whispering
    page.page.route("**/calls?*", lambda route: route.fulfill(status=403, body=json.dumps({"message": "Forbidden"})))
    expect(page.page.get_by_label("API key")).to_be_visible()
    expect(page.air).to_contain_text("You may still be on this call. Hang up your phone.")
    expect(page.page).to_have_title("? On a call \u2013 Active calls")
    assert floor.is_in(ann, PHONE)


def test_what_is_too_old_is_not_known(system, whispering, floor, ann):
    """Ytel is down: what the bar said of who hears is said of then, and of now that it is not known."""
    page = whispering
    page.page.route("**/calls?*", lambda route: route.abort())
    expect(page.air).to_contain_text("Heard by: not known", timeout=20_000)
    expect(page.air).to_contain_text(re.compile(r"\d+ s ago: The agent hears you"))
    expect(page.page).to_have_title("? Ann Lee \u2013 Active calls")
    expect(page.page.locator("#floor")).to_have_class(re.compile("old"))
    expect(page.row("Ann Lee").locator(".time")).to_have_text(re.compile("^≥ "))


def test_a_second_call_offers_to_leave_the_first(bea, whispering, floor, ann):
    page = whispering
    page.press("Bea Back", "Listen")
    question = page.page.get_by_role("alertdialog")
    expect(question).to_contain_text("Leave Ann Lee\u2019s call?")
    assert floor.is_in(ann, PHONE)
    question.get_by_role("button", name="Leave and listen").click()
    wait_until(lambda: floor.ringing(bea))
    assert not floor.is_in(ann, PHONE)
    floor.answer(bea, PHONE)
    expect(page.air).to_contain_text("Listening to Bea Back")
    expect(page.air).to_contain_text("Heard by: nobody")


def test_who_else_hears_a_whisper_is_named(whispering, floor, ann, contexts):
    page = whispering
    other = type(page)(contexts().new_page(), page.url).open(phone="+12125550188")
    other.press("Ann Lee", "Listen")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, "+12125550188")
    expect(page.air).to_contain_text(re.compile("Heard by: Ann Lee and "))


def test_a_leave_that_fails_says_that_one_is_still_there(system, whispering):
    page = whispering
    system.ytel.faults.add("DELETE", ".", Status(503), times=None)
    page.air.get_by_role("button", name="Leave").click()
    page.expect_said("Ann Lee", "you are still on the call")


@pytest.mark.parametrize("width", [320, 360, 800, 1024, 1360, 2560])
def test_the_bar_has_one_height_in_every_state(page, floor, ann, width):
    """What the list is under never changes its height: nothing of the list moves when a call begins or ends."""
    page.page.set_viewport_size({"width": width, "height": 800})
    page.open()
    before = page.air.bounding_box()
    opener = page.row("Ann Lee").get_by_role("button", name="Ann Lee")
    for key, words in (("w", "Ann Lee"), ("b", "everyone: Ann Lee and the customer")):
        opener.press(key)
        wait_until(lambda: floor.ringing(ann))
        expect(page.air).to_contain_text("left to ring" if key == "w" else "Changing to barge")
        assert page.air.bounding_box() == before
        floor.answer(ann, PHONE)
        expect(page.air).to_contain_text(f"Heard by: {words}")
        assert page.air.bounding_box() == before
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    expect(page.air).to_contain_text("You are on no call.")
    assert page.air.bounding_box() == before


def test_spanish(page, ann):
    page.page.goto(f"{page.url}/?lang=es#key=local-supervisor-key")
    expect(page.page.get_by_role("heading", name="Llamadas activas")).to_be_visible()
    expect(page.button("Ann Lee", "Susurrar")).to_be_visible()
