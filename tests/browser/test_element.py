"""<call-floor>: the page in a CRM as one element."""

import json
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE
from tests.harness.system import LOCAL_KEY
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(system, contexts, crm, ann):
    page = contexts(viewport={"width": 1400, "height": 860}).new_page()
    page.goto(f"{crm.origin}/element.html?{urlencode({'floor': f'{system.url}/', 'key': LOCAL_KEY, 'phone': PHONE})}")
    return page


def _told(tab, kind):
    line = tab.locator("#events li").filter(has_text=kind).first
    expect(line).to_be_visible()
    return json.loads(line.text_content().split(" ", 1)[1])


def test_it_asks_for_a_key_again_where_one_is_refused_and_does_what_it_is_told(tab, floor, ann):
    frame = next(frame for frame in tab.frames if frame is not tab.main_frame)
    row = frame.get_by_role("row").filter(has_text="Ann Lee")
    expect(row).to_be_visible()
    assert tab.evaluate("window.asked") == [False, True]
    expect(row).to_contain_text("Maria Gomez")
    expect(row).to_contain_text("Do not call")

    tab.evaluate("call => window.floor.select(call)", ann)
    assert _told(tab, "call-selected")["confId"] == ann
    tab.evaluate("call => window.floor.supervise(call, 'whisper')", ann)
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    assert _told(tab, "supervision-joined")["joinedAt"]
    floor.end_call(ann)
    ended = _told(tab, "supervision-ended")
    assert (ended["state"], bool(ended["endedAt"])) == ("ended", True)


@pytest.mark.parametrize("width", [760, 1024, 1400])
def test_a_customer_is_read_whole(tab, width):
    """Name and number, and that one is not to be called, beside the buttons of a row."""
    tab.set_viewport_size({"width": width, "height": 600})
    frame = next(frame for frame in tab.frames if frame is not tab.main_frame)
    row = frame.get_by_role("row").filter(has_text="Ann Lee")
    expect(row.get_by_text("Maria Gomez")).to_be_visible()
    expect(row.get_by_text("Do not call")).to_be_visible()
    cut = """row => {
      const end = row.querySelector(".customer").getBoundingClientRect().right + 1;
      return [...row.querySelectorAll(".person, .dnc, .who")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > end).length;
    }"""
    assert row.evaluate(cut) == 0
    assert row.bounding_box()["height"] < 50


def test_it_takes_a_theme_a_language_and_a_filter(tab, floor):
    frame = next(frame for frame in tab.frames if frame is not tab.main_frame)
    expect(frame.get_by_role("row").filter(has_text="Ann Lee")).to_be_visible()
    tab.evaluate("window.floor.setAttribute('theme', 'dark')")
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    tab.evaluate("window.floor.filter({search: 'nobody', chips: ['long']})")
    expect(frame.get_by_text("No call matches.")).to_be_visible()
    expect(frame.get_by_role("button", name="Long 0")).to_have_attribute("aria-pressed", "true")
    tab.evaluate("window.floor.filter({search: '', chips: []})")
    expect(frame.get_by_role("row").filter(has_text="Ann Lee")).to_be_visible()


def test_a_listener_that_comes_late_hears_that_it_is_ready(system, contexts, crm, ann):
    """The CRM's script is slow: the page says it again until somebody answers."""
    page = contexts().new_page()
    page.route("**/crm.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{crm.origin}/")
    page.evaluate("url => { document.getElementById('floor').src = url }", f"{system.url}/")
    expect(page.frame_locator("#floor").get_by_label("API key")).to_be_visible()  # it asks, as no key came
    heard = """() => new Promise((done) => addEventListener("message", ({ data }) => done(data.type)))"""
    assert page.evaluate(heard) == "call-floor:ready"


def test_it_is_as_high_as_its_calls(tab, floor):
    frame = next(frame for frame in tab.frames if frame is not tab.main_frame)
    expect(frame.get_by_role("row").filter(has_text="Ann Lee")).to_be_visible()
    wait_until(lambda: 300 <= tab.locator("call-floor").bounding_box()["height"] <= 774)
    assert tab.locator("call-floor").bounding_box()["width"] > 1000
