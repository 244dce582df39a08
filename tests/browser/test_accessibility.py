"""axe-core over every state, light and dark; and no width that needs sideways scrolling."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, FloorPage
from tests.harness.fake_ytel.faults import Status
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark"])
def page(request, system, contexts):
    look = {"color_scheme": request.param, "viewport": {"width": 1360, "height": 860}}
    return FloorPage(contexts(**look).new_page(), system.url)


def expect_accessible(page):
    found = Axe().run(page.page)
    assert found.violations_count == 0, found.generate_report()


def test_floor_opened_call_and_question(page, floor, ann):
    floor.add_call(floor.add_user("Una", "Proven"), proof=None)
    floor.add_call(None)
    page.open(phone="")
    expect(page.rows).to_have_count(3)
    expect_accessible(page)
    page.phone.fill(PHONE)
    expect(page.open_call("Ann Lee")).to_contain_text("The agent alone")
    expect_accessible(page)
    page.press("Ann Lee", "Hang up")
    expect_accessible(page)


def test_whisper_running_and_exposed(page, floor, ann):
    page.open()
    page.press("Ann Lee", "Whisper")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    page.expect_said("Ann Lee", "The agent hears you")
    expect_accessible(page)
    floor.join(ann, "third")
    expect(page.exposure).to_be_visible()
    expect_accessible(page)


def test_key_prompt_empty_floor_and_ytel_down(page, system, floor):
    page.page.goto(page.url)
    expect(page.page.get_by_label("API key")).to_be_visible()
    expect_accessible(page)
    page.open()
    expect(page.page.get_by_text("No calls right now")).to_be_visible()
    expect_accessible(page)
    system.ytel.faults.add("GET", "/conference", Status(503), times=None)
    expect(page.trouble).to_be_visible()
    expect_accessible(page)


@pytest.mark.parametrize("width", [320, 360, 768, 1024, 2560])
def test_nothing_scrolls_sideways(system, contexts, floor, ann, width):
    floor.join(ann, "third")
    page = FloorPage(contexts(viewport={"width": width, "height": 740}).new_page(), system.url).open()
    legs = page.open_call("Ann Lee")
    expect(legs).to_contain_text("The agent alone")
    page.press("Ann Lee", "Listen")
    page.expect_said("Ann Lee", "Ringing your phone…")
    assert page.page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.page.evaluate("document.querySelector('.scroll').scrollWidth") <= width
    for name in ("Listen", "Whisper", "Barge", "Hang up", "Leave"):
        expect(page.button("Ann Lee", name)).to_be_in_viewport(ratio=1)
