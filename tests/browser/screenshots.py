"""`python -m tests.browser.screenshots`: a picture of each state, the README's too, taken of the running page."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, NOT_FOUND, chromium
from tests.browser.floor_page import PHONE, FloorPage
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.faults import Status
from tests.harness.fake_ytel.floor import Direction, Floor
from tests.harness.system import System
from tests.harness.waiting import wait_until

type Scheme = Literal["light", "dark"]

FOLDER = Path(__file__).parent / "screenshots"
SIZE = ViewportSize(width=1200, height=780)
AGENTS: tuple[tuple[str, str, int, Direction], ...] = (
    ("Hannah", "Petrova", 1511, "inbound"),
    ("Jonas", "Hale", 1204, "outbound"),
    ("Priya", "Natarajan", 918, "outbound"),
    ("Lucía", "Ortega", 655, "inbound"),
    ("Kofi", "Mensah", 601, "inbound"),
    ("Ann", "Lee", 474, "inbound"),
    ("Marcus", "Whitfield", 315, "outbound"),
    ("Sofia", "Rossi", 192, "inbound"),
    ("Amara", "Okafor", 139, "inbound"),
    ("David", "Klein", 46, "outbound"),
)
WHISPERED, LISTENED, UNPROVEN, ASKING = 2, 4, 6, 7


def main() -> None:
    """Takes them all."""
    path = chromium()
    if path is None:
        sys.exit(NOT_FOUND)
    FOLDER.mkdir(exist_ok=True)
    ytel = FakeYtel()
    with System(ytel=ytel, env={"DROP_EXPOSED": "false"}) as system, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        _take(browser, system.url, ytel)
        browser.close()


def _take(browser: Browser, url: str, ytel: FakeYtel) -> None:
    floor = ytel.floor
    calls = [
        floor.add_call(
            floor.add_user(first, last),
            created=floor.now - 1000 * seconds,
            direction=direction,
            proof=None if nth == UNPROVEN else "channelName",
        )
        for nth, (first, last, seconds, direction) in enumerate(AGENTS)
    ]
    names = [f"{first} {last}" for first, last, _, _ in AGENTS]

    def tab(
        scheme: Scheme = "light", number: str = PHONE, size: ViewportSize = SIZE, scopes: list[str] | None = None
    ) -> FloorPage:
        context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        context.add_init_script("localStorage.setItem('signals', 'off')")  # it has been asked for
        page = FloorPage(context.new_page(), url)
        if scopes:
            page.page.route("**/me", lambda route: route.fulfill(json={"client": "wall", "scopes": scopes}))
        page.open("" if scopes else number)
        page.page.evaluate("document.activeElement.blur()")
        expect(page.rows).to_have_count(len(AGENTS))
        return page

    def shoot(page: FloorPage, name: str) -> None:
        page.page.mouse.move(2, 2)
        page.page.screenshot(path=FOLDER / f"{name}.png")

    other, own = tab(number="+12125550188"), tab()
    for page, action, nth, number in ((other, "Listen", LISTENED, "+12125550188"), (own, "Whisper", WHISPERED, PHONE)):
        page.press(names[nth], action)
        wait_until(partial(floor.ringing, calls[nth]))
        if page is own:
            expect(own.air).to_contain_text("left to ring")
            shoot(own, "ringing")
        floor.answer(calls[nth], number)
    own.expect_said(names[WHISPERED], "The agent hears you")
    expect(own.row(names[LISTENED])).to_contain_text("listening")
    asking = other.row(names[ASKING]).get_by_role("button", name=names[ASKING], exact=True)
    asking.press("a")
    other.page.keyboard.type("The customer asks for a manager")
    other.page.keyboard.press("Enter")
    expect(own.rows.first).to_contain_text("Asks for help")
    legs = own.open_call(names[WHISPERED])
    expect(legs).to_contain_text("The agent alone")
    expect(legs.get_by_role("listitem")).to_have_count(4)
    own.page.evaluate("document.activeElement.blur()")
    shoot(own, "floor")
    dark = tab("dark", size=ViewportSize(width=1200, height=470))
    dark.expect_said(names[WHISPERED], "The agent hears you")
    shoot(dark, "dark")
    phone = tab(size=ViewportSize(width=360, height=740))
    phone.expect_said(names[WHISPERED], "The agent hears you")
    shoot(phone, "phone")
    wall = tab(size=ViewportSize(width=2560, height=1440), scopes=["calls:read"])
    expect(wall.row(names[WHISPERED])).to_contain_text("whispering")
    shoot(wall, "wall")
    own.page.get_by_role("tab", name="Agents").click()
    expect(own.page.get_by_role("button", name="Follow").first).to_be_visible()
    shoot(own, "agents")
    own.page.get_by_role("tab", name="Calls").click()
    floor.join(calls[WHISPERED], "third")
    expect(dark.exposure).to_be_visible()
    dark.page.emulate_media(color_scheme="light")
    shoot(dark, "exposure")
    own.exposure.get_by_role("button", name="Leave now").click()
    own.expect_off_air()
    own.exposure.get_by_role("button", name="Understood").click()
    own.open_call(names[WHISPERED])  # and so it is closed
    _take_over(own, floor, names[LISTENED], calls[LISTENED], shoot)
    ytel.faults.add("*", ".", Status(503), times=None)
    expect(own.air).to_contain_text("Heard by: not known", timeout=60_000)
    shoot(own, "not-known")


def _take_over(page: FloorPage, floor: Floor, name: str, call: str, shoot: Callable[[FloorPage, str], None]) -> None:
    page.row(name).get_by_role("button", name=name, exact=True).press("t")
    expect(page.page.get_by_role("alertdialog")).to_be_visible()
    shoot(page, "takeover")
    page.page.get_by_role("button", name="Disconnect").click()
    wait_until(partial(floor.ringing, call))
    floor.answer(call, PHONE)
    expect(page.air).to_contain_text("is gone")
    page.page.evaluate("document.activeElement.blur()")
    shoot(page, "alone")


if __name__ == "__main__":
    main()
