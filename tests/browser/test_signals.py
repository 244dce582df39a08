"""What is told where nobody looks: by sound and by notification, once they were asked for."""

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, take
from tests.browser.hidden import hide
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

# The browser's own: what it would play and show.
LISTEN_IN = """() => {
  window.played = [];
  window.shown = [];
  const param = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
  window.AudioContext = class {
    currentTime = 0;
    createOscillator() {
      const [frequency, connect] = [{}, (to) => to];
      return { frequency, connect, stop() {}, start: () => window.played.push(frequency.value) };
    }
    createGain() { return { gain: param, connect: (to) => to }; }
  };
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { return (this.permission = "granted"); }
    constructor(text) { window.shown.push(text); }
  };
}"""


@pytest.fixture
def heard(page):
    page.page.add_init_script(f"({LISTEN_IN})()")
    return page


def _join(page, floor, call):
    page.press("Ann Lee", "Whisper")
    wait_until(lambda: floor.ringing(call))
    floor.answer(call, PHONE)
    expect(page.air).to_contain_text("Heard by: Ann Lee")


def test_it_is_asked_once_and_then_said_by_sound_and_notification(heard, floor, ann):
    page = heard.open()
    question = page.page.get_by_text("Tell you by sound and notification")
    expect(question).to_be_hidden()
    _join(page, floor, ann)
    expect(question).to_be_visible()
    assert page.page.evaluate("window.played") == []
    take(page.page.get_by_role("button", name="Yes"))
    expect(question).to_be_hidden()
    expect(page.page.get_by_role("button", name="Sound and notifications")).to_have_attribute("aria-pressed", "true")
    wait_until(lambda: page.page.evaluate("Notification.permission") == "granted")

    hide(page)
    before = page.page.evaluate("window.played.length")
    floor.join(ann, "third")
    wait_until(lambda: len(page.page.evaluate("window.shown")) >= 2)
    exposed, dropped = page.page.evaluate("window.shown")[:2]
    assert exposed.startswith("Stop talking. Someone joined Ann Lee")
    assert dropped == "Your phone was dropped: someone who could hear you joined"
    assert page.page.evaluate("window.played.length") > before

    page.page.reload()
    _join(page, floor, ann)
    expect(question).to_be_hidden()


def test_that_one_has_joined_is_said_too(heard, floor, ann):
    page = heard.open()
    page.page.get_by_role("button", name="Sound and notifications").click()
    wait_until(lambda: page.page.evaluate("Notification.permission") == "granted")
    hide(page)
    _join(page, floor, ann)
    wait_until(lambda: page.page.evaluate("window.shown"))
    assert page.page.evaluate("window.shown") == ["Ann Lee: The agent hears you; the customer does not"]


def test_who_said_no_is_left_alone(heard, floor, ann):
    page = heard.open()
    _join(page, floor, ann)
    take(page.page.get_by_role("button", name="No", exact=True))
    before = page.page.evaluate("window.played.length")
    hide(page)
    floor.join(ann, "third")
    expect(page.page).to_have_title("EXPOSED \u2013 Active calls")
    assert page.page.evaluate("window.played.length") == before
    assert page.page.evaluate("window.shown") == []


def test_an_agent_who_asks_for_help_is_heard(heard, contexts, floor, ann):
    page = heard.open()
    expect(page.row("Ann Lee")).to_be_visible()
    page.page.get_by_role("button", name="Sound and notifications").click()
    hide(page)
    asking = type(page)(contexts().new_page(), page.url).open()
    asking.row("Ann Lee").get_by_role("button", name="Ann Lee").press("a")
    asking.page.keyboard.press("Enter")
    wait_until(lambda: page.page.evaluate("window.shown") == ["Ann Lee asks for help"], timeout=30)
