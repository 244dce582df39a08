"""The list: what comes and goes, in which order, and that nothing moves under a hand."""

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, take
from tests.harness.fake_ytel.lists import contact_of
from tests.harness.waiting import wait_until
from tests.harness.watching import look

pytestmark = pytest.mark.browser


@pytest.fixture
def three(floor):
    """Calls of Ada (longest), Bea and Cid: their ids by first name."""
    return {
        name: floor.add_call(
            floor.add_user(name, "Lee"),
            created=floor.now - 1000 * minutes * 60,
            direction="outbound" if name == "Bea" else "inbound",
        )
        for name, minutes in (("Ada", 30), ("Bea", 20), ("Cid", 10))
    }


def names(page):
    return [row.get_by_role("button").first.inner_text() for row in page.rows.all()]


def test_a_new_call_comes_in_and_is_told(page, floor, three):
    page.open()
    expect(page.rows).to_have_count(3)
    floor.add_call(floor.user_of(floor.call(three["Ada"])))
    expect(page.rows).to_have_count(4)
    expect(page.page.locator("#announce")).to_have_text("New call: Ada Lee, inbound")
    expect(page.page.get_by_text("4 calls")).to_be_visible()


def test_new_calls_are_told_together_on_a_busy_floor(page, system, floor, three):
    """So that what matters more is heard between them."""
    others = [floor.add_user(name, "Late") for name in ("Dot", "Eve", "Fay")]
    system.invoke("refresh_users", {})
    page.page.clock.install()
    page.open()
    expect(page.rows).to_have_count(3)
    page.page.clock.pause_at(page.page.evaluate("Date.now() + 50") / 1000)

    def shown(count):
        page.page.clock.run_for(50)
        return page.rows.count() == count

    announced = page.page.locator("#announce")
    for nth, user in enumerate(others):
        floor.add_call(user)
        wait_until(partial(shown, 4 + nth), timeout=60)
        page.page.clock.run_for(100)
        assert announced.text_content() == "New call: Dot Late, inbound"
    page.page.clock.run_for(15_000)
    assert announced.text_content() == "New call: Eve Late, inbound. New call: Fay Late, inbound"


def test_sorting_and_that_it_is_remembered(page, three):
    page.open()
    expect(page.rows).to_have_count(3)
    assert names(page) == ["Ada Lee", "Bea Lee", "Cid Lee"]
    page.page.get_by_role("button", name="Time").click()
    assert names(page) == ["Cid Lee", "Bea Lee", "Ada Lee"]
    page.page.get_by_role("button", name="Agent").click()
    page.page.get_by_role("button", name="Agent").click()
    assert names(page) == ["Cid Lee", "Bea Lee", "Ada Lee"]
    expect(page.page.get_by_role("columnheader", name="Agent")).to_have_attribute("aria-sort", "descending")
    page.page.reload()
    expect(page.rows).to_have_count(3)
    assert names(page) == ["Cid Lee", "Bea Lee", "Ada Lee"]


def test_searching_and_filtering(page, floor, three):
    page.open()
    expect(page.rows).to_have_count(3)
    search = page.page.get_by_label("Search")
    search.fill("bea")
    assert names(page) == ["Bea Lee"]
    number = floor.user_of(floor.call(three["Cid"])).number
    search.fill(f"({number[2:5]}) {number[5:8]}-{number[8:]}")
    assert names(page) == ["Cid Lee"]
    search.fill("")
    page.page.get_by_label("Direction").select_option("Inbound")
    assert names(page) == ["Ada Lee", "Cid Lee"]
    expect(page.page.get_by_text("2 of 3 calls")).to_be_visible()
    page.page.reload()
    expect(page.rows).to_have_count(2)
    search.fill("nobody")
    take(page.page.get_by_role("button", name="Show all calls"))
    assert names(page) == ["Ada Lee", "Bea Lee", "Cid Lee"]


def test_nothing_moves_under_the_pointer(page, floor, three):
    page.open()
    page.page.get_by_role("button", name="Time").click()  # the shortest first: a new call would come on top
    expect(page.rows).to_have_count(3)
    listen = page.button("Bea Lee", "Listen")
    listen.hover()
    before = listen.bounding_box()
    floor.end_call(three["Cid"])
    floor.add_call(floor.user_of(floor.call(three["Ada"])), created=floor.now)

    def stirred():
        page.page.mouse.move(before["x"] + 5, before["y"] + 5)
        page.page.mouse.move(before["x"] + 6, before["y"] + 5)
        return len(names(page)) == 4

    wait_until(stirred)
    assert names(page) == ["Cid Lee", "Bea Lee", "Ada Lee", "Ada Lee"]
    page.expect_said("Cid Lee", "The call ended")
    page.expect_refused("Cid Lee", "Hang up", "The call has ended")
    assert listen.bounding_box()["y"] - before["y"] < 40  # the words under the call above

    page.page.mouse.move(5, 5)
    expect(page.rows).to_have_count(3)
    assert names(page) == ["Ada Lee", "Bea Lee", "Ada Lee"]


def test_focus_and_scroll_are_kept(page, floor):
    for nth in range(60):
        floor.add_call(floor.add_user(f"Agent{nth:02}", "Lee"), created=floor.now - 1000 * (100 - nth))
    page.open()
    expect(page.rows).to_have_count(60)
    button = page.button("Agent30 Lee", "Barge")
    button.focus()
    before = page.page.locator(".scroll").evaluate("node => (node.scrollTop = 900)")
    for call in floor.active_calls()[52:56]:
        floor.end_call(call.conf_id)
    expect(page.rows).to_have_count(56)
    expect(button).to_be_focused()
    assert page.page.locator(".scroll").evaluate("node => node.scrollTop") == before


def test_the_focus_of_a_row_that_goes_stays_in_the_list(page, floor, three):
    page.open()
    page.button("Bea Lee", "Barge").focus()
    floor.end_call(three["Bea"])
    expect(page.row("Bea Lee")).to_have_count(0)
    expect(page.row("Cid Lee").get_by_role("button", name="Cid Lee")).to_be_focused()


def test_the_call_one_is_on_stays_in_sight(page, floor):
    for nth in range(60):
        floor.add_call(floor.add_user(f"Agent{nth:02}", "Lee"), created=floor.now - 1000 * (100 - nth))
    page.open()
    page.press("Agent00 Lee", "Listen")
    page.expect_said("Agent00 Lee", "Ringing")
    page.rows.nth(59).scroll_into_view_if_needed()
    expect(page.air.get_by_role("button", name="Stop ringing")).to_be_in_viewport(ratio=1)
    floor.answer(page.row("Agent00 Lee").get_attribute("data-call"), PHONE)
    expect(page.air).to_contain_text("Heard by: nobody")
    expect(page.air.get_by_role("button", name="Leave")).to_be_in_viewport(ratio=1)


def test_a_customers_name_and_that_they_are_not_to_be_called_stand_on_the_row(page, system, floor):
    contacts: dict[str, Any] = {}
    while {contact["dnc"] for contact in contacts.values()} != {True, False}:  # by the call's id
        name = f"Agent{len(contacts):02}"
        contact = contact_of(floor.call(floor.add_call(floor.add_user(name, "Lee"))))
        assert contact
        contacts[f"{name} Lee"] = contact
    page.open()
    expect(page.rows).to_have_count(len(contacts))
    look(system)
    for name, contact in contacts.items():
        row = page.row(name)
        expect(row).to_contain_text(f"{contact['extData']['firstname']} {contact['extData']['lastname']}")
        expect(row.get_by_text("Do not call")).to_be_visible(visible=contact["dnc"])
