"""The agents, whom one follows, one's own supervisions and the calls that just ended."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, take
from tests.harness.waiting import wait_until
from tests.harness.watching import look

pytestmark = pytest.mark.browser


@pytest.fixture
def pia(floor):
    """An agent of this test alone: the account keeps those of others."""
    return floor.add_user("Pia", uuid.uuid4().hex[:8])


def _agent(page, user):
    return page.page.get_by_role("tabpanel", name="Agents").get_by_role("listitem").filter(has_text=user.name)


def _open_agents(page):
    page.open()
    page.page.get_by_role("tab", name="Agents").click()


def test_the_roster_has_who_is_on_no_call_too_and_an_agent_is_followed(system, page, floor, pia):
    busy = floor.add_user("Bea", uuid.uuid4().hex[:8])
    floor.add_call(busy)
    _open_agents(page)
    expect(_agent(page, busy)).to_contain_text("on a call")
    expect(_agent(page, pia)).to_contain_text("on no call")
    _agent(page, pia).get_by_role("combobox").select_option("Whisper")
    take(_agent(page, pia).get_by_role("button", name="Follow"))
    expect(_agent(page, pia)).to_contain_text("You follow: whisper on the next call")
    call = floor.add_call(pia)
    system.move_clock(3)  # the list is held for a moment
    look(system)
    wait_until(lambda: floor.ringing(call))
    floor.answer(call, PHONE)
    expect(page.air).to_contain_text(f"Heard by: {pia.name}")
    assert floor.roles_that_hear(call, PHONE) == {"agent"}


def test_how_an_agent_is_to_be_followed_stays_chosen_while_the_list_is_drawn_anew(page, floor, pia):
    call = floor.add_call(pia)
    _open_agents(page)
    line = _agent(page, pia)
    line.get_by_role("combobox").select_option("Whisper")
    expect(line.get_by_role("button", name=f"Follow {pia.name}: whisper")).to_be_visible()
    page.page.get_by_role("tab", name="Agents").focus()
    floor.end_call(call)
    expect(line).to_contain_text("on no call")  # drawn anew
    expect(line.get_by_role("combobox")).to_have_value("whisper")
    take(line.get_by_role("button", name=f"Follow {pia.name}: whisper"))
    expect(line).to_contain_text("You follow: whisper on the next call")


def test_a_follow_is_taken_back_and_a_call_is_shown(page, floor, pia):
    floor.add_call(pia)
    _open_agents(page)
    take(_agent(page, pia).get_by_role("button", name="Follow"))
    take(_agent(page, pia).get_by_role("button", name=f"Stop following {pia.name}"))
    expect(_agent(page, pia).get_by_role("button", name="Follow")).to_be_visible()
    take(_agent(page, pia).get_by_role("button", name="Show the call"))
    expect(page.row(pia.name).get_by_role("button", name=pia.name, exact=True)).to_be_focused()
    expect(page.row(pia.name).get_by_role("list")).to_be_visible()


def test_ones_own_supervisions_and_calls_that_just_ended(page, floor, pia):
    call = floor.add_call(pia)
    page.open()
    page.press(pia.name, "Listen")
    wait_until(lambda: floor.ringing(call))
    floor.answer(call, PHONE)
    expect(page.air).to_contain_text("Heard by: nobody")
    page.page.get_by_role("tab", name="My supervisions").click()
    panel = page.page.get_by_role("tabpanel", name="My supervisions")
    expect(panel.get_by_role("listitem").first).to_contain_text(f"Listen: {pia.name}on the call")
    floor.end_call(call)
    page.expect_off_air()
    expect(panel.get_by_role("listitem").first).to_contain_text("the call ended")
    expect(panel.get_by_role("heading", name="Calls just ended")).to_be_visible()
    expect(panel.get_by_role("list").last).to_contain_text(pia.name)


def test_the_arrows_go_from_tab_to_tab_of_which_one_is_in_the_tab_order(page, ann):
    page.open()
    tabs = {
        name: page.page.get_by_role("tab", name=name, exact=True) for name in ("Calls", "Agents", "My supervisions")
    }
    expect(tabs["Agents"]).to_be_visible()
    tabs["Calls"].focus()
    page.page.keyboard.press("ArrowRight")
    expect(tabs["Agents"]).to_be_focused()
    expect(tabs["Agents"]).to_have_attribute("aria-selected", "true")
    assert [tab.evaluate("node => node.tabIndex") for tab in tabs.values()] == [-1, 0, -1]


def test_a_first_answer_that_fails_takes_no_tab_away(page, floor, pia):
    floor.add_call(pia)
    failing = {"me", "agents"}

    def once(route):
        failed = route.request.url.rsplit("/", 1)[1]
        if failed not in failing:
            return route.fallback()
        failing.remove(failed)
        return route.fulfill(status=503)

    for path in ("me", "agents"):
        page.page.route(f"**/{path}", once)
    page.page.clock.install()
    page.open()
    expect(page.row(pia.name)).to_be_visible()
    expect(page.page.get_by_role("tab", name="Agents")).to_be_hidden()
    wait_until(lambda: page.page.clock.run_for(1_000) or page.page.get_by_role("tab", name="Agents").is_visible())
    assert not failing


def test_what_could_not_be_read_is_not_told_to_be_nothing(page, pia, floor):
    floor.add_call(pia)
    page.page.route("**/supervisions?*", lambda route: route.fulfill(status=503))
    page.open()
    page.page.get_by_role("tab", name="My supervisions").click()
    expect(page.page.get_by_role("tabpanel", name="My supervisions")).to_contain_text("Not read yet")
