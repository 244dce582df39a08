"""The bar of one's own phone: there in every state, the same height, and true."""

import json
import re

import pytest
import requests
from playwright.sync_api import Route, expect

from tests.browser.floor_page import PHONE, take
from tests.harness.fake_ytel.faults import Status
from tests.harness.system import LOCAL_KEY
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
    take(page.mode("Barge"))
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    expect(page.air).to_contain_text("Heard by: everyone: Ann Lee and the customer")
    expect(page.mode("Barge")).to_be_checked()
    assert floor.roles_that_hear(ann, PHONE) == {"agent", "contact"}
    take(page.air.get_by_role("button", name="Leave"))
    page.expect_off_air()
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
    page.expect_off_air()


def test_a_lost_key_says_that_one_may_still_be_there(whispering, floor, ann):
    page = whispering
    page.page.route("**/calls?*", lambda route: route.fulfill(status=403, body=json.dumps({"message": "Forbidden"})))
    expect(page.page.get_by_label("API key")).to_be_visible()
    expect(page.air).to_contain_text("You may still be on this call. Hang up your phone.")
    expect(page.page).to_have_title("? On a call \u2013 Active calls")
    assert floor.is_in(ann, PHONE)


def test_what_is_too_old_is_not_known(system, whispering, floor, ann):
    """The service is gone: what the bar said of who hears is said of then, and of now that it is not known."""
    page = whispering
    page.page.route("**/calls?*", lambda route: route.abort())
    expect(page.air).to_contain_text("Heard by: not known", timeout=20_000)
    expect(page.air).to_contain_text(re.compile(r"\d+ s ago: The agent hears you"))
    expect(page.page).to_have_title("? Ann Lee \u2013 Active calls")
    expect(page.page.locator("#floor")).to_have_class(re.compile("old"))
    expect(page.row("Ann Lee").locator(".time")).to_have_text(re.compile("^≥ "))


def test_while_ytel_is_down_who_hears_is_known_no_more(system, whispering, floor, ann):
    """The service still answers, with what it last saw: it ages, and is said of then."""
    page = whispering
    system.ytel.faults.add("*", ".", Status(503), times=None)
    expect(page.air).to_contain_text("Heard by: not known", timeout=30_000)
    expect(page.air).to_contain_text(re.compile(r"\d+ s ago: The agent hears you"))
    expect(page.page.get_by_text("Live", exact=True)).to_be_hidden()
    page.expect_said("Ann Lee", "Not known who hears you")


def test_one_phone_in_two_calls_is_one_sentence(system, page, bea, floor, ann):
    """Another dialled it into both: what is worst to be wrong about is said, and where else it is."""
    page.open()
    for call, action in ((ann, "listen"), (bea, "barge")):
        path, key = f"{page.url}/calls/{call}/{action}", {"Authorization": f"Bearer {LOCAL_KEY}"}
        assert requests.post(path, json={"to": PHONE}, headers=key, timeout=10).status_code == 202
        floor.answer(call, PHONE)
    expect(page.air).to_contain_text("Heard by: everyone: Bea Back and the customer")
    expect(page.air).to_contain_text("and on Ann Lee\u2019s call too")
    expect(page.air).not_to_contain_text("nobody")
    take(page.air.get_by_role("button", name="Leave"))
    page.expect_off_air()
    assert not floor.is_in(ann, PHONE)
    assert not floor.is_in(bea, PHONE)


def test_a_row_changes_the_mode_too(page, floor, ann):
    page.open()
    page.press("Ann Lee", "Listen")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    expect(page.air).to_contain_text("Heard by: nobody")
    page.press("Ann Lee", "Whisper")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    expect(page.air).to_contain_text("Heard by: Ann Lee")
    assert floor.roles_that_hear(ann, PHONE) == {"agent"}


def test_a_ring_says_how_long_it_may_still_ring_and_is_given_up(page, floor, ann):
    page.open()
    page.press("Ann Lee", "Barge")
    expect(page.air).to_contain_text(re.compile(r"1:[0-3]\d left to ring"))
    take(page.air.get_by_role("button", name="Stop ringing"))
    page.expect_off_air()
    page.expect_said("Ann Lee", "Stopped ringing your phone")


def test_who_supervises_is_named_and_since_when(whispering, contexts, ann):
    other = type(whispering)(contexts(viewport={"width": 1360, "height": 860}).new_page(), whispering.url)
    other.open(phone="+12125550188")
    expect(other.row("Ann Lee")).to_contain_text(re.compile(r"supervisor whispering since \d+:\d\d"))


def test_a_second_call_offers_to_leave_the_first(bea, whispering, floor, ann):
    page = whispering
    page.press("Bea Back", "Listen")
    question = page.page.get_by_role("alertdialog")
    expect(question).to_contain_text("Leave Ann Lee\u2019s call?")
    assert floor.is_in(ann, PHONE)
    take(question.get_by_role("button", name="Leave and listen"))
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
    take(page.air.get_by_role("button", name="Leave"))
    page.expect_said("Ann Lee", "you are still on the call")


@pytest.mark.parametrize("width", [320, 360, 800, 1024, 1360, 2560])
def test_the_bar_has_one_height_in_every_state(page, floor, ann, width):
    """What the list is under never changes its height: nothing of the list moves when a call begins or ends."""
    page.page.set_viewport_size({"width": width, "height": 800})
    page.open()
    before = page.air.bounding_box()
    opener = page.row("Ann Lee").get_by_role("button", name="Ann Lee")
    held: list[Route] = []
    page.page.route("**/supervisions/*", lambda route: held.append(route))
    for key, words in (("w", "Ann Lee"), ("b", "everyone: Ann Lee and the customer")):
        opener.press(key)
        if key == "b":
            expect(page.air).to_contain_text("Changing to barge")
            assert page.air.bounding_box() == before
            wait_until(lambda: page.air.bounding_box() and held, what="the change to be asked for")
            held.pop().continue_()
            page.page.unroute("**/supervisions/*")
        wait_until(lambda: floor.ringing(ann))
        expect(page.air).to_contain_text("left to ring")
        assert page.air.bounding_box() == before
        floor.answer(ann, PHONE)
        expect(page.air).to_contain_text(f"Heard by: {words}")
        assert page.air.bounding_box() == before
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    page.expect_off_air()
    assert page.air.bounding_box() == before


def test_spanish(page, ann):
    page.page.goto(f"{page.url}/?lang=es#key=local-supervisor-key")
    expect(page.page.get_by_role("heading", name="Llamadas activas")).to_be_visible()
    expect(page.button("Ann Lee", "Susurrar")).to_be_visible()
