"""`python -m tests.browser.screenshots`: the pictures of the README, taken of the running page."""

import sys
from functools import partial
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, NOT_FOUND, chromium
from tests.browser.floor_page import PHONE, FloorPage
from tests.harness.fake_ytel import FakeYtel
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
WHISPERED, LISTENED, UNPROVEN = 2, 4, 6


def main() -> None:
    """Takes them all."""
    path = chromium()
    if path is None:
        sys.exit(NOT_FOUND)
    FOLDER.mkdir(exist_ok=True)
    ytel = FakeYtel()
    with System(ytel=ytel, env={"DROP_EXPOSED": "false"}) as system, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        _take(browser, system.url, ytel.floor)
        browser.close()


def _take(browser: Browser, url: str, floor: Floor) -> None:
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

    def tab(scheme: Scheme = "light", number: str = PHONE, size: ViewportSize = SIZE) -> FloorPage:
        context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        context.add_init_script("localStorage.setItem('signals', 'off')")  # it has been asked for
        page = FloorPage(context.new_page(), url).open(number)
        page.phone.blur()
        expect(page.rows).to_have_count(len(AGENTS))
        return page

    def shoot(page: FloorPage, name: str) -> None:
        page.page.mouse.move(2, 2)
        page.page.screenshot(path=FOLDER / f"{name}.png")

    other, own = tab(number="+12125550188"), tab()
    for page, action, nth, number in ((other, "Listen", LISTENED, "+12125550188"), (own, "Whisper", WHISPERED, PHONE)):
        page.press(names[nth], action)
        wait_until(partial(floor.ringing, calls[nth]))
        floor.answer(calls[nth], number)
    own.expect_said(names[WHISPERED], "The agent hears you")
    expect(own.row(names[LISTENED])).to_contain_text("listening")
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
    floor.join(calls[WHISPERED], "third")
    expect(dark.exposure).to_be_visible()
    dark.page.emulate_media(color_scheme="light")
    shoot(dark, "exposure")


if __name__ == "__main__":
    main()
