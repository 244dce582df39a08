"""The page as a supervisor uses it."""

import re
from collections.abc import Callable
from typing import Self

from playwright.sync_api import ConsoleMessage, FrameLocator, Locator, Page, expect

from tests.harness.system import LOCAL_KEY
from tests.harness.waiting import wait_until

PHONE = "+12125550142"

NOTE_CLICKS = "window.addEventListener('click', (event) => (window.clicked = event), { capture: true });"


def take(
    locator: Locator, click: Callable[[Locator], None] = Locator.click, within: FrameLocator | None = None
) -> None:
    """Clicks until a click is taken: the page takes none on what came to stand there within the last half second.

    `within` is the frame that it is in, if it is in one.
    """
    root = (within or locator.page).locator(":root")

    def is_taken() -> bool:
        click(locator)
        return bool(root.evaluate("!window.clicked.defaultPrevented"))

    wait_until(is_taken, timeout=60, what=f"a click on {locator}", every=0.1)


class FloorPage:
    """One tab. `errors` is what the browser complained about: scripts, policy, failed loads.

    That Ytel, or this machine, was too slow for an answer is no such thing: the page says so, and asks again.
    """

    def __init__(self, page: Page, url: str, before: Callable[[], object] | None = None) -> None:
        """`before` is called before the page is opened."""
        self.page = page
        self.url = url
        self._before = before
        self.errors: list[str] = []
        page.add_init_script(NOTE_CLICKS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, message: ConsoleMessage) -> None:
        too_slow = "status of 503" in message.text
        if message.type in ("error", "warning") and not too_slow and not message.location["url"].endswith("/me"):
            self.errors.append(f"{message.text} {message.location['url']}")

    def open(self, phone: str = PHONE) -> Self:
        """With the key in the address, as a bookmark has it; and the supervisor's phone, unless it is empty."""
        if self._before:
            self._before()
        self.page.goto(f"{self.url}/#key={LOCAL_KEY}")
        if phone:
            self.phone.fill(phone)
        return self

    @property
    def phone(self) -> Locator:
        return self.page.get_by_label("Your phone")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#rows").get_by_role("row")

    @property
    def exposure(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def trouble(self) -> Locator:
        return self.page.locator("#trouble")

    @property
    def air(self) -> Locator:
        """The bar of one's own phone."""
        return self.page.get_by_role("region", name="On air")

    def mode(self, action: str) -> Locator:
        """One of the three of the bar's switch."""
        return self.air.get_by_role("radio", name=action, exact=True)

    def row(self, agent: str) -> Locator:
        """The row of this agent's call."""
        return self.rows.filter(has=self.page.get_by_role("button", name=agent, exact=True))

    def open_call(self, agent: str) -> Locator:
        """Opens the call; its legs."""
        row = self.row(agent)
        take(row.get_by_role("button", name=agent, exact=True))
        return row.get_by_role("list")

    def leg(self, agent: str, who: str) -> Locator:
        """The line of a leg of the opened call."""
        return self.row(agent).get_by_role("listitem").filter(has=self.page.get_by_text(who, exact=True))

    def press(self, agent: str, action: str) -> None:
        take(self.button(agent, action))

    def button(self, agent: str, action: str) -> Locator:
        return self.row(agent).get_by_role("button", name=action, exact=True)

    def expect_said(self, agent: str, words: str) -> None:
        """That the line under this agent's call says so."""
        expect(self.row(agent).get_by_role("status")).to_have_text(re.compile(re.escape(words)))

    def expect_off_air(self) -> None:
        """That the bar says that one is on no call."""
        expect(self.air.get_by_text("You are on no call.")).to_be_visible()

    def expect_refused(self, agent: str, action: str, why: str) -> None:
        button = self.button(agent, action)
        expect(button).to_be_disabled()
        expect(button).to_have_accessible_description(re.compile(re.escape(why)))
