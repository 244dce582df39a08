"""The whole way of each action: from the button to who hears whom, and back into words."""

import json
import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, take
from tests.harness.fake_ytel.faults import Reset, Status
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

ACTIONS = {
    "Listen": ("Nobody hears you", set()),
    "Whisper": ("The agent hears you; the customer does not", {"agent"}),
    "Barge": ("Everyone hears you", {"agent", "contact"}),
}

# What the page sends: Firefox's driver does not give it.
KEEP_BODIES = """
  window.bodies = [];
  const send = window.fetch;
  window.fetch = (url, options) => {
    if (options?.body) window.bodies.push(options.body);
    return send(url, options);
  };"""

HEARD_BY = {"Listen": "nobody", "Whisper": "Ann Lee", "Barge": "everyone: Ann Lee and the customer"}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_supervisor_is_heard_by_whom_the_page_says_and_leaves(system, page, floor, ann, action):
    words, roles = ACTIONS[action]
    page.open()
    page.press("Ann Lee", action)
    page.expect_said("Ann Lee", "Ringing your phone…")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    page.expect_said("Ann Lee", words)
    assert floor.roles_that_hear(ann, PHONE) == roles

    expect(page.air).to_contain_text("Heard by: " + HEARD_BY[action])
    expect(page.mode(action)).to_be_checked()
    page.expect_refused("Ann Lee", action, "already")
    page.press("Ann Lee", "Leave")
    page.expect_said("Ann Lee", "You left")
    assert not floor.is_in(ann, PHONE)
    assert floor.is_active(ann)
    expect(page.button("Ann Lee", action)).to_be_enabled()
    assert page.errors == []


def test_a_phone_that_does_not_answer(system, page, floor, ann):
    page.open()
    page.press("Ann Lee", "Whisper")
    page.expect_said("Ann Lee", "Ringing your phone…")
    wait_until(lambda: floor.ringing(ann))
    floor.decline(ann, PHONE)
    system.move_clock(90)
    page.expect_said("Ann Lee", "Your phone did not answer")
    expect(page.button("Ann Lee", "Whisper")).to_be_enabled()


def test_hanging_up_asks_first(system, page, floor, ann):
    page.open()
    page.press("Ann Lee", "Hang up")
    question = page.page.get_by_role("alertdialog")
    expect(question).to_contain_text("Hang up Ann Lee\u2019s call?")
    take(question.get_by_role("button", name="Cancel"))
    expect(question).to_be_hidden()
    assert floor.is_active(ann)

    page.press("Ann Lee", "Hang up")
    take(question.get_by_role("button", name="Hang up"))
    expect(page.row("Ann Lee")).to_have_count(0)
    expect(page.page.get_by_text("No calls right now")).to_be_visible()
    assert not floor.is_active(ann)


def test_an_opened_call_shows_its_legs_and_who_would_hear(system, page, floor, ann):
    floor.join(ann, "third", "+13125550177")
    page.open()
    legs = page.open_call("Ann Lee")
    lines = {
        "Agent": "Listen: does not Whisper: hears you Barge: hears you",
        "Customer": "Listen: does not Whisper: does not Barge: hears you",
        "Other": "Listen: does not Whisper: does not Barge: hears you",
        "Would hear you": "Listen: Nobody Whisper: The agent alone Barge: Everyone",
    }
    for leg, plan in lines.items():
        expect(page.leg("Ann Lee", leg)).to_contain_text(re.compile(plan.replace(" ", r"\s*")))
    expect(legs).to_contain_text("+1 312 555 0177")
    assert floor.dials == [dial for dial in floor.dials if dial.conf_id != ann]


def test_what_would_be_refused_is_disabled_and_says_why(system, page, floor):
    floor.add_call(floor.add_user("Una", "Proven"), proof=None)
    floor.add_call(None)
    floor.add_call(floor.add_user("Nora", "Legs"), shape={"memberData": None, "members": None})
    page.open()
    page.expect_refused("Una Proven", "Whisper", "Which leg is the agent's is not proven")
    expect(page.button("Una Proven", "Listen")).to_be_enabled()
    for action in ACTIONS:
        page.expect_refused("Unknown agent", action, "The agent is not a known user")
    page.expect_refused("Nora Legs", "Listen", "Ytel does not say who is on this call")
    page.expect_refused("Nora Legs", "Hang up", "Ytel does not say who is on this call")
    expect(page.button("Nora Legs", "Barge")).to_be_enabled()

    page.phone.fill("212 555")
    page.expect_refused("Una Proven", "Listen", "Your phone is not a whole number yet")
    page.phone.fill("")
    page.expect_refused("Una Proven", "Listen", "Enter your phone first")
    take(page.button("Una Proven", "Listen"), lambda button: button.click(force=True))
    page.expect_said("Una Proven", "Enter your phone first")
    assert page.errors == []


def test_a_leg_that_joins_is_in_the_plan_at_once(system, page, floor, ann):
    page.open()
    legs = page.open_call("Ann Lee")
    expect(legs.get_by_role("listitem")).to_have_count(3)
    floor.join(ann, "third")
    expect(page.leg("Ann Lee", "Other")).to_contain_text("hears you")


def test_the_plan_says_why_it_refuses(system, page, floor):
    floor.add_call(floor.add_user("Una", "Proven"), proof=None)
    page.open()
    expect(page.open_call("Una Proven")).to_contain_text("No leg of this call proved to be the agent's")


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (Status(429, retry_after=7), "Ytel asks to slow down. Nothing was dialled. Try again in 7 s."),
        (Status(503), "Ytel is not answering. Nothing was dialled."),
        (Status(422, message="Number barred"), "Ytel refused."),
        (Reset(processed=False), "Wait a minute before trying again."),
    ],
)
def test_a_refusal_says_what_to_do(system, page, ann, fault, advice):
    system.ytel.faults.add("POST", "/participant$", fault)
    page.open()
    page.press("Ann Lee", "Listen")
    page.expect_said("Ann Lee", advice)


def test_a_phone_that_may_not_be_dialled(system, page, ann):
    page.open(phone="+18765550142")
    page.press("Ann Lee", "Listen")
    page.expect_said("Ann Lee", "This phone may not be dialled for this call. Check “Your phone”.")


def test_the_phone_is_remembered(system, page, ann):
    page.open(phone="(212) 555-0142")
    page.phone.blur()
    expect(page.phone).to_have_value("+1 212 555 0142")
    page.page.reload()
    expect(page.phone).to_have_value("+1 212 555 0142")


@pytest.mark.parametrize(
    ("region", "typed", "dialled"),
    [
        ("1 1", "(212) 555-0142", "+12125550142"),
        ("44 0", "07700 900142", "+447700900142"),
        ("39 -", "06 555 1234", "+39065551234"),
    ],
)
def test_a_number_is_read_as_in_the_first_region_that_may_be_dialled(page, ann, region, typed, dialled):
    """What the page is served with there: the calling code, and the prefix that is left out after it."""
    text = requests.get(page.url, timeout=10).text
    assert 'name="numbers" content="1 1"' in text
    there = text.replace('name="numbers" content="1 1"', f'name="numbers" content="{region}"')
    page.page.route(f"{page.url}/", lambda route: route.fulfill(body=there, content_type="text/html"))
    page.page.add_init_script(KEEP_BODIES)
    page.open(phone=typed)
    with page.page.expect_request("**/listen"):
        page.press("Ann Lee", "Listen")
    assert json.loads(page.page.evaluate("window.bodies.at(-1)")) == {"to": dialled}


def test_what_an_automation_began_for_this_phone_is_ones_own(system, page, contexts, floor, ann):
    first = page.open()
    first.press("Ann Lee", "Listen")
    wait_until(lambda: floor.ringing(ann))
    floor.answer(ann, PHONE)
    other = type(page)(contexts().new_page(), system.url).open()
    other.expect_said("Ann Lee", "Nobody hears you")
    other.press("Ann Lee", "Leave")
    first.expect_said("Ann Lee", "You left")
