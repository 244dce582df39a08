"""Finding a call: links, pins, filters with their counts, the keys that lead there."""

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, take
from tests.harness.system import LOCAL_KEY
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def three(floor):
    """Calls of Ada (30 minutes, proven), Bea (20, not proven) and Cid (1): their ids by first name."""
    minutes = {"Ada": 30, "Bea": 20, "Cid": 1}
    return {
        name: floor.add_call(
            floor.add_user(name, "Lee"),
            created=floor.now - 60_000 * lasted,
            proof=None if name == "Bea" else "channelName",
        )
        for name, lasted in minutes.items()
    }


def _names(page):
    return [row.get_by_role("button").first.inner_text() for row in page.rows.all()]


def _chip(page, name):
    return page.page.get_by_role("group", name="Show only").get_by_role("button", name=name)


def test_a_link_to_an_agent_narrows_the_list(page, system, three):
    system.invoke("refresh_users", {})
    page.page.goto(f"{page.url}/?agent=bea#key={LOCAL_KEY}")
    expect(page.rows).to_have_count(1)
    expect(page.rows.first).to_contain_text("Bea Lee")
    expect(page.page.get_by_label("Search")).to_have_value("bea")


def test_a_link_to_a_call_opens_it_whatever_was_filtered(page, system, floor, three):
    page.open()
    page.page.get_by_label("Search").fill("ada")
    expect(page.rows).to_have_count(1)
    page.page.goto(f"{page.url}/?call={three['Cid']}#key={LOCAL_KEY}")
    opener = page.row("Cid Lee").get_by_role("button", name="Cid Lee", exact=True)
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(opener).to_be_focused()
    page.page.keyboard.press("Escape")  # it was shown, and is not opened again and again
    with page.page.expect_response(lambda response: "since=" in response.url):
        """The next list."""
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_a_pinned_agent_comes_first_and_stays_so(page, three):
    page.open()
    expect(page.rows).to_have_count(3)
    page.open_call("Cid Lee")
    take(page.row("Cid Lee").get_by_role("button", name="Pin Cid Lee"))
    take(page.row("Cid Lee").get_by_role("button", name="Cid Lee", exact=True))
    expect(page.rows.first).to_contain_text("Cid Lee")
    page.page.reload()
    expect(page.rows).to_have_count(3)
    assert _names(page) == ["Cid Lee", "Ada Lee", "Bea Lee"]
    _chip(page, "Pinned 1").click()
    expect(page.rows).to_have_count(1)
    page.open_call("Cid Lee")
    take(page.row("Cid Lee").get_by_role("button", name="Unpin Cid Lee"))
    expect(_chip(page, "Pinned 0")).to_be_visible()
    _chip(page, "Pinned 0").click()
    expect(page.rows).to_have_count(3)
    assert _names(page) == ["Ada Lee", "Bea Lee", "Cid Lee"]


def test_each_filter_says_how_many_and_shows_those(page, floor, three):
    page.open()
    page.press("Cid Lee", "Listen")
    for chip, names in {
        "Long 2": ["Ada Lee", "Bea Lee"],
        "Not proven 1": ["Bea Lee"],
        "Supervised 1": ["Cid Lee"],
        "Asking for help 0": [],
    }.items():
        _chip(page, chip).click()
        expect(page.rows).to_have_count(len(names))
        assert _names(page) == names
        _chip(page, chip).click()
    expect(page.rows).to_have_count(3)
    _chip(page, "Long").click()
    _chip(page, "Not proven").click()
    expect(page.rows).to_have_count(1)
    page.page.reload()
    expect(_chip(page, "Long 2")).to_have_attribute("aria-pressed", "true")
    expect(page.rows).to_have_count(1)


def test_the_keys_that_lead_somewhere(page, floor, three):
    page.open()
    expect(page.rows).to_have_count(3)
    page.page.locator("h1").click()
    page.page.keyboard.press("/")
    expect(page.page.get_by_label("Search")).to_be_focused()
    page.page.keyboard.type("bea")
    expect(page.rows).to_have_count(1)
    page.page.locator("h1").click()
    page.page.keyboard.press("?")
    expect(page.page.get_by_role("dialog")).to_contain_text("to the call you are on")
    page.page.keyboard.press("Escape")
    page.page.get_by_label("Search").fill("")
    page.press("Ada Lee", "Listen")
    wait_until(lambda: floor.ringing(three["Ada"]))
    floor.answer(three["Ada"], PHONE)
    expect(page.air).to_contain_text("Heard by: nobody")
    page.page.get_by_label("Search").fill("bea")
    page.page.locator("h1").click()
    page.page.keyboard.press(".")
    expect(page.row("Ada Lee").get_by_role("button", name="Ada Lee", exact=True)).to_be_focused()


def test_how_long_a_call_lasted_speaks(page, three):
    page.open()
    expect(page.row("Ada Lee").locator(".time")).to_have_attribute("title", "Long call")
    expect(page.row("Cid Lee").locator(".time")).not_to_have_attribute("title", "Long call")
