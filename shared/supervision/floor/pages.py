"""The pages of the list of active calls: what is asked for, which calls answer it, and how they are put together. Pure.

A cursor is the place of the last call that was shown, by (createdTime, confId), not a count of calls: while pages are
walked no call is shown twice and none that was there all the time is missed, whatever begins and ends meanwhile.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from supervision.base.fast_json import loads
from supervision.base.problems import InvalidRequest
from supervision.floor.floor import Content, Held
from supervision.floor.versions import version_of
from supervision.rules.calls import Call, order
from supervision.rules.ids import id_key

LARGEST_ANSWER = 5_500_000  # Lambda returns 6 MB, the rest of the answer included
LARGEST_LIMIT, DEFAULT_LIMIT = 1000, 500
PAGES_KEPT = 64

Place = tuple[int, str]


class CallQuery(NamedTuple):
    """What is asked for; calls after `after` only.

    `bound` are the agents whose calls alone are there for the client, each by the `id_key` of its client id; empty: all
    calls are. It is part of what pages are kept under.
    """

    agent: str = ""
    direction: str = ""
    limit: int = DEFAULT_LIMIT
    after: Place | None = None
    bound: frozenset[str] = frozenset()

    @classmethod
    def of(cls, parameters: Mapping[str, str], bound: frozenset[str] = frozenset()) -> "CallQuery":
        """Reads it from an URL's parameters. Raises InvalidRequest."""
        direction = parameters.get("direction", "")
        if "direction" in parameters and direction not in ("inbound", "outbound"):
            raise InvalidRequest("direction is inbound or outbound.")
        limit = parameters.get("limit", str(DEFAULT_LIMIT))
        if not (limit.isascii() and limit.isdigit() and len(limit) <= 4 and 1 <= int(limit) <= LARGEST_LIMIT):
            raise InvalidRequest(f"limit is a whole number from 1 to {LARGEST_LIMIT}.")
        after = _place(parameters["cursor"]) if "cursor" in parameters else None
        return cls(parameters.get("agent", "").strip(), direction, int(limit), after, bound)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of one content, put together but for when it was read and whether that is stale.

    `version` is that of all that match, on whatever page.
    """

    calls: bytes
    count: int
    complete: bool
    version: str
    next: str | None
    digest: str

    def body(self, as_of: int, *, stale: bool) -> bytes:
        """The answer's body."""
        end = {
            "count": self.count,
            "asOf": as_of,
            "stale": stale,
            "complete": self.complete,
            "version": self.version,
            "next": self.next,
        }
        return b'{"calls":[' + self.calls + b"]," + json.dumps(end, separators=(",", ":")).encode()[1:]

    def tag(self, *, stale: bool) -> str:
        """The answer's entity tag; weak, as `asOf` is left out of it."""
        return f'W/"{self.digest}{"s" if stale else ""}"'


class Listing:
    """Puts pages together, and keeps those of the content at hand: most who ask, ask for the same."""

    def __init__(self) -> None:
        self._content: Content | None = None
        self._pages: dict[CallQuery, Page] = {}

    def page(self, held: Held, query: CallQuery) -> Page:
        """The page of what is held that answers `query`."""
        if self._content is not held.content:
            self._content, self._pages = held.content, {}
        page = self._pages.get(query)
        if page is None:
            if len(self._pages) >= PAGES_KEPT:
                self._pages.clear()
            page = self._pages[query] = page_of(held.content, query)
        return page


def page_of(content: Content, query: CallQuery) -> Page:
    """The calls that match, after the cursor, as many as were asked for and one answer may hold."""
    matching: Sequence[int] = range(len(content.lines))
    version = content.version
    if query.agent or query.direction or query.bound:
        matching = [place for place, row in enumerate(content.rows) if _matches(row, query)]
        version = version_of(content.lines[place] for place in matching)
    start = 0
    if query.after is not None:
        start = bisect_right(matching, query.after, key=lambda place: order(content.rows[place]))
    shown = _that_fit([content.lines[place] for place in matching[start : start + query.limit]])
    end = start + len(shown)
    next_ = _cursor(order(loads(shown[-1]))) if shown and end < len(matching) else None
    calls = b",".join(shown)
    digest = blake2b(calls, digest_size=12)
    complete = content.absence.complete
    filters = [query.agent, query.direction, sorted(query.bound)]
    digest.update(json.dumps([len(matching), complete, version, next_, *filters]).encode())
    return Page(calls, len(matching), complete, version, next_, digest.hexdigest())


def one_call(row: bytes, conference: bytes) -> bytes:
    """The body for one call: its row, and its conference as Ytel gave it, or null where that is out of all bounds."""
    if answer_size(conference) > LARGEST_ANSWER:
        conference = b"null"
    return row[:-1] + b',"userConference":' + conference + b"}"


def answer_size(body: bytes) -> int:
    """How many bytes `body` takes at most inside the JSON that a function answers, where text is escaped once more."""
    escaped = body.count(b'"') + body.count(b"\\") + 5 * body.count(b"\x7f")
    foreign = len(body) - len(body.decode().encode("ascii", "ignore"))
    return len(body) + escaped + 2 * foreign


def _that_fit(lines: list[bytes]) -> list[bytes]:
    if 6 * (sum(map(len, lines)) + len(lines)) <= LARGEST_ANSWER:
        return lines
    size = 0
    for number, line in enumerate(lines):
        size += answer_size(line) + 1
        if size > LARGEST_ANSWER:
            return lines[:number]
    return lines


def _matches(row: Call, query: CallQuery) -> bool:
    if query.bound and id_key(row["clientId"] or "") not in query.bound:
        return False
    if query.direction and row["inbound"] is not (query.direction == "inbound"):
        return False
    wanted = query.agent.casefold()
    return not wanted or wanted in (row["username"] or "").casefold() or wanted == (row["clientId"] or "").casefold()


def _cursor(place: Place) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(cursor: str) -> Place:
    try:
        created, conf_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(created) is int and type(conf_id) is str:
            return created, conf_id
    except (ValueError, TypeError, RecursionError):
        pass
    raise InvalidRequest("cursor is the `next` of an earlier answer.")
