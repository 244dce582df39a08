"""What the key may do is what is shown."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page_of(page):
    """The page, opened with a key of these scopes."""

    def opened(*scopes):
        me = {"client": "crm", "scopes": [f"calls:{scope}" for scope in scopes], "agents": None, "phones": None}
        page.page.route("**/me", lambda route: route.fulfill(json=me))
        return page.open(phone="" if scopes == ("read",) else "+12125550142")

    return opened


def test_what_it_may_not_do_is_not_offered(page_of, ann):
    page = page_of("read", "listen")
    expect(page.button("Ann Lee", "Listen")).to_be_enabled()
    for action in ("Whisper", "Barge", "Take over", "Hang up"):
        expect(page.button("Ann Lee", action)).to_have_count(0)
    page.page.get_by_role("button", name="Keys").click()
    keys = page.page.get_by_role("dialog")
    expect(keys).to_contain_text("Listen")
    expect(keys).not_to_contain_text("Take over")


def test_one_that_may_only_look_makes_a_wall_display(page_of, ann):
    page = page_of("read")
    expect(page.row("Ann Lee")).to_be_visible()
    expect(page.phone).to_be_hidden()
    expect(page.air).to_be_hidden()
    expect(page.page.locator("#rows [data-do]:visible")).to_have_count(0)


@pytest.mark.parametrize("calls", [1, 3, 10, 24])
def test_a_wall_display_is_as_large_as_all_its_calls_fit(page_of, floor, calls):
    """On 2,560 px: every tile whole on the screen, and the fewer they are, the larger."""
    for nth in range(calls):
        floor.add_call(floor.add_user(f"Agent{nth}", "Lee"))
    page = page_of("read")
    page.page.set_viewport_size({"width": 2560, "height": 1440})
    expect(page.rows).to_have_count(calls)
    for row in page.rows.all():
        expect(row).to_be_in_viewport(ratio=1)
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    assert page.rows.first.get_by_role("button").first.evaluate(size) >= (59 if calls <= 10 else 38)
    lowest = max(row.bounding_box()["y"] + row.bounding_box()["height"] for row in page.rows.all())
    rightmost = max(row.bounding_box()["x"] + row.bounding_box()["width"] for row in page.rows.all())
    assert rightmost > 2500
    assert 1400 < lowest <= 1440
