"""axe-core over every state, light and dark, narrow and wide, `/docs` too; no width that needs sideways scrolling."""

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, FloorPage, take
from tests.harness.fake_ytel.faults import Status
from tests.harness.system import LOCAL_KEY
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

WIDTHS = (320, 700, 1360, 2560)
# WCAG 2.2's size of targets is a rule that axe leaves off unless it is asked for.
RULES = {"target-size": {"enabled": True}}
OPTIONS = {"resultTypes": ["violations"], "rules": RULES}
# All that differs in the dark.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
# All but the contrast: for what has the same colours at every width, and so much text that it takes seconds.
LAYOUT = {"resultTypes": ["violations"], "rules": {**RULES, "color-contrast": {"enabled": False}}}


@pytest.fixture
def page(system, contexts):
    return FloorPage(contexts(viewport={"width": 1360, "height": 860}).new_page(), system.url)


def expect_accessible(page, widths=()):
    """As it is, light and dark, and at these widths besides."""
    for width in (*widths, 1360):
        page.page.set_viewport_size({"width": width, "height": 860})
        for scheme, options in (("dark", COLOURS), ("light", OPTIONS)):
            page.page.emulate_media(color_scheme=scheme)
            expect_no_barrier(page.page, options, f"{width} px, {scheme}")


def expect_no_barrier(page, options, where):
    """None that axe finds on the page as it is. A document is given axe once: to read it takes as long as to run it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = AxeResults(page.evaluate("options => axe.run(options)", options))
    assert found.violations_count == 0, f"{where}: {found.generate_report()}"


def _join(page, floor, call, action):
    page.row("Ann Lee").get_by_role("button", name="Ann Lee", exact=True).press(action)
    wait_until(lambda: floor.ringing(call))
    floor.answer(call, PHONE)


def test_floor_opened_call_and_questions(page, floor, ann):
    floor.add_call(floor.add_user("Una", "Proven"), proof=None)
    floor.add_call(None)
    page.open(phone="")
    expect(page.rows).to_have_count(3)
    expect_accessible(page)
    page.phone.fill(PHONE)
    expect(page.open_call("Ann Lee")).to_contain_text("The agent alone")
    expect_accessible(page, WIDTHS)
    page.press("Ann Lee", "Hang up")
    expect_accessible(page)
    page.page.keyboard.press("Escape")
    opener = page.row("Ann Lee").get_by_role("button", name="Ann Lee", exact=True)
    opener.press("t")
    expect(page.page.get_by_role("alertdialog")).to_be_visible()
    expect_accessible(page, (320,))
    page.page.keyboard.press("Escape")
    opener.press("a")
    expect_accessible(page, (320,))
    page.page.keyboard.press("Enter")
    expect(page.row("Ann Lee")).to_contain_text("Asks for help")
    expect_accessible(page, WIDTHS)
    page.page.keyboard.press("?")
    expect_accessible(page, (320,))


def test_ringing_whisper_running_and_exposed(page, floor, ann):
    page.open()
    page.press("Ann Lee", "Whisper")
    expect(page.air).to_contain_text("left to ring")
    expect_accessible(page)
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    page.expect_said("Ann Lee", "The agent hears you")
    expect_accessible(page, WIDTHS)
    floor.join(ann, "third")
    expect(page.exposure).to_be_visible()
    expect_accessible(page, WIDTHS)


def test_listen_barge_and_alone_with_the_customer(page, floor, ann):
    page.open()
    _join(page, floor, ann, "l")
    expect(page.air).to_contain_text("Heard by: nobody")
    expect_accessible(page)
    _join(page, floor, ann, "b")
    expect(page.air).to_contain_text("Heard by: everyone")
    expect_accessible(page)
    page.row("Ann Lee").get_by_role("button", name="Ann Lee", exact=True).press("t")
    take(page.page.get_by_role("button", name="Disconnect Ann Lee and take over"))
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    expect(page.air).to_contain_text("Alone with")
    expect_accessible(page, (320,))


def test_key_prompt_empty_floor_ytel_down_and_not_known(page, system, floor, ann):
    page.page.goto(page.url)
    expect(page.page.get_by_label("API key")).to_be_visible()
    expect_accessible(page, (320,))
    page.open()
    _join(page, floor, ann, "w")
    expect(page.air).to_contain_text("Heard by: Ann Lee")
    system.ytel.faults.add("GET", "/conference", Status(503), times=None)
    expect(page.trouble).to_be_visible()
    expect_accessible(page, (320,))
    expect(page.air).to_contain_text("Heard by: not known", timeout=30_000)
    expect_accessible(page)
    system.ytel.faults.clear()
    floor.end_call(ann)
    system.move_clock(35)
    page.page.reload()
    expect(page.page.get_by_text("No calls right now")).to_be_visible()
    expect_accessible(page)


def test_agents_and_ones_own_supervisions(page, floor, ann):
    page.open()
    _join(page, floor, ann, "l")
    page.page.get_by_role("tab", name="Agents").click()
    expect(page.page.get_by_role("button", name="Show the call").first).to_be_visible()
    expect_accessible(page, WIDTHS)
    page.page.get_by_role("tab", name="My supervisions").click()
    expect(page.page.get_by_role("tabpanel", name="My supervisions")).to_contain_text("Listen: Ann Lee")
    expect_accessible(page, (320,))


@pytest.mark.parametrize("scopes", [["calls:read"], ["calls:read", "calls:help"]], ids=["wall", "agents"])
def test_keys_of_a_wall_and_of_the_agents_side(page, floor, ann, scopes):
    me = {"client": "crm", "scopes": scopes, "agents": None, "phones": None}
    page.page.route("**/me", lambda route: route.fulfill(json=me))
    page.open(phone="")
    expect(page.row("Ann Lee")).to_be_visible()
    expect(page.phone).to_be_hidden()
    expect_accessible(page, (320, 2560))


def test_in_spanish(page, ann):
    page.page.goto(f"{page.url}/?lang=es#key={LOCAL_KEY}")
    expect(page.button("Ann Lee", "Susurrar")).to_be_visible()
    expect_accessible(page, (320,))
    assert page.page.evaluate("document.documentElement.lang") == "es"


def test_docs(page):
    page.page.goto(f"{page.url}/docs")
    expect(page.page.get_by_role("heading", name="Problems")).to_be_visible()
    page.page.locator("article").last.wait_for()
    page.page.locator("#op-listCalls").get_by_text("Try it").click()
    expect_accessible(page)
    page.page.set_viewport_size({"width": 320, "height": 860})
    expect_no_barrier(page.page, LAYOUT, "320 px")


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
