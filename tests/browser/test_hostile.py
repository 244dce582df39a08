"""Names and numbers that are not what one hopes for."""

import pytest
from playwright.sync_api import expect

from tests.browser.floor_page import take

pytestmark = pytest.mark.browser

NAMES = {
    "html": ("<img src=x onerror=document.title='owned'>", "</div><script>document.title='owned'</script>"),
    "emoji": ("👩‍👩‍👧‍👦 Zoë", "🇳🇴ßpecial"),
    "right to left": ("אבגד", "العربية‮gnp.exe"),
    "long": ("Wolfeschlegelsteinhausenbergerdorff" * 6, "x" * 200),
    "nothing but space": ("\u3000", "\u200b"),
}


@pytest.mark.parametrize("width", [360, 1360])
def test_hostile_names_are_shown_as_they_are(page, floor, width):
    page.page.set_viewport_size({"width": width, "height": 800})
    for first, last in NAMES.values():
        floor.add_call(floor.add_user(first, last), contact="<b>+1</b>‮5550142")
    page.open()
    expect(page.rows).to_have_count(len(NAMES))
    shown = "\n".join(page.rows.all_text_contents())
    for name in ("html", "emoji", "right to left", "long"):
        assert NAMES[name][0] in shown
    assert "<b>+1</b>" in shown
    assert page.page.evaluate("document.querySelectorAll('#rows img, #rows script, #rows b').length") == 0
    expect(page.page).to_have_title("Active calls")
    assert page.page.evaluate("document.scrollingElement.scrollWidth") <= width
    take(page.rows.nth(3).get_by_role("button").first)
    expect(page.rows.nth(3).get_by_role("list")).to_contain_text("The agent alone")
    assert page.page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.errors == []


def test_every_row_keeps_its_height_and_its_buttons_in_line(page, floor, ann):
    for first, last in NAMES.values():
        floor.add_call(floor.add_user(first, last))
    page.open()
    expect(page.rows).to_have_count(len(NAMES) + 1)
    boxes = [page.rows.nth(place).bounding_box() for place in range(len(NAMES) + 1)]
    assert len({round(box["height"]) for box in boxes}) == 1
    buttons = page.page.get_by_text("Hang up", exact=True).all()
    assert len({round(button.bounding_box()["x"]) for button in buttons}) == 1


def test_conferences_of_any_shape_are_listed(page, floor, ann):
    floor.add_call(None, shape={"details": None, "memberData": None, "members": None, "createdTime": None})
    floor.add_call(None, shape={"memberData": {"1": "{", "2": "null", "x": "[]"}})
    floor.raw_conference({"confId": "odd / ? # id", "status": "active"})
    page.open()
    expect(page.rows).to_have_count(4)
    expect(page.row("Ann Lee")).to_be_visible()
    for place in range(4):
        take(page.rows.nth(place).get_by_role("button").first)
        expect(page.rows.nth(place).get_by_role("list")).to_be_visible()
    assert [error for error in page.errors if "404" not in error] == []
