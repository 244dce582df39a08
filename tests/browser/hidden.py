"""A tab that is hidden, as far as the page can tell."""

from tests.browser.floor_page import FloorPage

_HIDE = """hidden => {
  Object.defineProperty(document, 'visibilityState', {value: hidden ? 'hidden' : 'visible', configurable: true});
  Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def hide(page: FloorPage, hidden: bool = True) -> None:
    """Hides it, or shows it again."""
    page.page.evaluate(_HIDE, hidden)
