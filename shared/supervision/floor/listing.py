"""The answers to what is asked of the list, each put together once for a content. Pure."""

from supervision.floor.changes import changes_since
from supervision.floor.content import Content
from supervision.floor.floor import Held
from supervision.floor.pages import Matching, Page, matching_of, page_of
from supervision.floor.queries import CallQuery

PAGES_KEPT = 64


class Listing:
    """Puts pages together, and keeps those of the content at hand: most who ask, ask for the same."""

    def __init__(self) -> None:
        self._content: Content | None = None
        self._pages: dict[CallQuery, Page] = {}
        self._matching: dict[CallQuery, Matching] = {}

    def page(self, held: Held, query: CallQuery) -> Page:
        """The page of what is held that answers `query`."""
        if self._content is not held.content:
            self._content, self._pages, self._matching = held.content, {}, {}
        page = self._pages.get(query)
        if page is None:
            if len(self._pages) >= PAGES_KEPT:
                self._pages.clear()
                self._matching.clear()
            page = self._pages[query] = self._made(held.content, query)
        return page

    def _made(self, content: Content, query: CallQuery) -> Page:
        filters = query.of_all_pages
        matching = self._matching.get(filters)
        if matching is None:
            matching = self._matching[filters] = matching_of(content, filters)
        return (page_of if query.since is None else changes_since)(content, query, matching)
