"""The agent's call for a supervisor: asked for with a reason, first in every list, taken back."""

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, FloorPage, take
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

REASON = "A manager, please"


@pytest.fixture
def bea(floor):
    """A longer call than Ann Lee's, of Bea Back: its id."""
    return floor.add_call(floor.add_user("Bea", "Back"), created=floor.now - 600_000)


def _of_agents(page):
    """The page of a key of the agents' side."""
    me = {"client": "agents", "scopes": ["calls:read", "calls:help"], "agents": None, "phones": None}
    page.page.route("**/me", lambda route: route.fulfill(json=me))
    return page


def test_an_agent_asks_and_every_supervisor_sees_it_first(system, page, contexts, bea, ann):
    supervisor = FloorPage(contexts(viewport={"width": 1360, "height": 860}).new_page(), system.url).open()
    expect(supervisor.rows.first).to_contain_text("Bea Back")
    _of_agents(page).open(phone="")
    expect(page.phone).to_be_hidden()
    page.press("Ann Lee", "Ask for help")
    dialog = page.page.get_by_role("dialog")
    dialog.get_by_label("Why").fill(REASON)  # of two windows one has the focus
    dialog.get_by_label("Why").press("Enter")
    expect(supervisor.rows.first).to_contain_text(f"Asks for help: {REASON}")
    expect(supervisor.page.get_by_role("button", name="Asking for help 1")).to_be_visible()
    expect(supervisor.page.locator("#announce")).to_have_text(f"Ann Lee asks for help: {REASON}")

    page.press("Ann Lee", "Help: change…")
    expect(dialog.get_by_label("Why")).to_have_value(REASON)
    take(dialog.get_by_role("button", name="Take it back"))
    expect(supervisor.rows.first).to_contain_text("Bea Back")
    expect(supervisor.page.get_by_role("button", name="Asking for help 0")).to_be_visible()


def test_by_keyboard_and_from_the_bar(page, floor, bea, ann):
    page.open()
    opener = page.row("Ann Lee").get_by_role("button", name="Ann Lee")
    opener.focus()
    page.page.keyboard.press("a")
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.page.keyboard.type("x")
    page.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    page.page.keyboard.press("a")
    expect(dialog).to_be_visible()
    page.page.keyboard.press("Enter")
    expect(page.row("Ann Lee")).to_contain_text("Asks for help")
    page.press("Ann Lee", "Barge")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    expect(page.air).to_contain_text("Heard by: everyone")
    take(page.air.get_by_role("button", name="Help: change…"))
    take(dialog.get_by_role("button", name="Take it back"))
    expect(page.row("Ann Lee")).not_to_contain_text("Asks for help")
    expect(page.air.get_by_role("button", name="Ask for help")).to_be_visible()


def test_the_end_of_one_question_is_no_answer_to_the_next(page, bea, ann):
    """The browser tells that a dialog has closed after it has: here, once it is open again."""
    page.open()
    opener = page.row("Ann Lee").get_by_role("button", name="Ann Lee")
    opener.press("a")
    expect(page.page.get_by_role("dialog")).to_be_visible()
    opener.evaluate("""opener => {
      document.querySelector("dialog[open]").close("no");
      opener.focus();
      opener.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
    }""")
    expect(page.page.get_by_role("dialog")).to_be_visible()
    page.page.keyboard.press("Enter")
    expect(page.row("Ann Lee")).to_contain_text("Asks for help")
