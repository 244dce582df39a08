"""Someone who was not there when the whisper began: it cannot be overlooked."""

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.floor_page import PHONE, FloorPage, take
from tests.harness.fake_ytel import FakeYtel
from tests.harness.system import LOCAL_KEY, System
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser

CALL = "Ann Lee\u2019s call"


def _whisper(page, floor, call):
    page.open()
    page.press("Ann Lee", "Whisper")
    wait_until(lambda: floor.ringing(call))
    floor.answer(call, PHONE)
    page.expect_said("Ann Lee", "The agent hears you; the customer does not")
    expect(page.exposure).to_have_count(0)


def test_the_supervisor_is_dropped_and_told_why(page, floor, ann):
    _whisper(page, floor, ann)
    floor.join(ann, "third")
    expect(page.exposure).to_have_text(f"Someone joined {CALL} who could hear you. You are no longer on it.Understood")
    expect(page.page).to_have_title("EXPOSED \u2013 Active calls")
    page.expect_said("Ann Lee", "Your phone was dropped: someone who could hear you joined")
    assert not floor.is_in(ann, PHONE)
    take(page.exposure.get_by_role("button", name="Understood"))
    expect(page.exposure).to_have_count(0)
    expect(page.page).to_have_title("Active calls")


def test_where_nobody_is_dropped_one_can_leave_at_once(contexts):
    ytel = FakeYtel()
    with System(env={"DROP_EXPOSED": "false"}, ytel=ytel) as system:
        floor = ytel.floor
        ann = floor.add_call(floor.add_user("Ann", "Lee"))
        page = FloorPage(contexts().new_page(), system.url)
        onlooker = FloorPage(contexts().new_page(), system.url).open(phone="")
        _whisper(page, floor, ann)
        third = floor.join(ann, "third")
        expect(page.exposure).to_contain_text(f"Stop talking. Someone joined {CALL} who can hear you.")
        page.expect_said("Ann Lee", "Someone who joined can hear you")
        expect(onlooker.exposure).to_contain_text(f"A supervisor on {CALL} can be heard by someone who joined it.")
        assert third in floor.who_hears(ann, floor.supervisor(ann, PHONE))
        take(page.exposure.get_by_role("button", name="Leave now"))
        page.expect_said("Ann Lee", "You left")
        assert not floor.is_in(ann, PHONE)
        expect(onlooker.exposure).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1360])
def test_two_are_told_whole_in_the_place_of_one(contexts, width):
    ytel = FakeYtel()
    with System(env={"DROP_EXPOSED": "false"}, ytel=ytel) as system:
        floor = ytel.floor
        ann = floor.add_call(floor.add_user("Ann", "Lee"))
        page = FloorPage(contexts(viewport={"width": width, "height": 740}).new_page(), system.url)
        _whisper(page, floor, ann)
        path, key = f"{system.url}/calls/{ann}/listen", {"Authorization": f"Bearer {LOCAL_KEY}"}
        requests.post(path, json={"to": "+12125550188"}, headers=key, timeout=30).raise_for_status()
        wait_until(lambda: floor.ringing(ann))
        floor.answer(ann, "+12125550188")
        expect(page.row("Ann Lee")).to_contain_text("listening")
        floor.join(ann, "third")
        expect(page.exposure.locator("p")).to_have_count(2)
        assert page.exposure.evaluate("box => box.scrollHeight <= box.clientHeight")
        top = "node => node.getBoundingClientRect().top"
        bottom = page.exposure.evaluate("node => node.getBoundingClientRect().bottom")
        assert bottom <= page.page.locator("#air").evaluate(top) + 1
