"""The pages of the list of active calls: what is asked for, which calls answer it, and how they are put together. Pure.

A cursor is the place of the last call that was shown, by (createdTime, confId), not a count of calls: while pages are
walked no call is shown twice and none that was there all the time is missed, whatever begins and ends meanwhile.
"""

import json
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from supervision.base.fast_json import loads
from supervision.floor.content import Content
from supervision.floor.queries import CallQuery, cursor_at
from supervision.floor.versions import version_of
from supervision.rules.calls import order

LARGEST_BODY = 5_500_000  # Lambda returns 6 MB, the rest of the answer included


class Page(NamedTuple):
    """A page of one content, put together but for when it was read and whether that is stale.

    `version` is that of all that match, on whatever page. An answer to `since` says besides whether `calls` are all
    rows (`full`) or those that changed, and which rows are `gone`, as a JSON list of ids.
    """

    calls: bytes
    matching: int
    complete: bool
    version: str
    next: str | None
    digest: str
    gone: bytes | None = None
    full: bool | None = None

    def body(self, as_of: int, *, stale: bool) -> bytes:
        """The answer's body."""
        end = {
            "count": self.matching,
            "asOf": as_of,
            "stale": stale,
            "complete": self.complete,
            "version": self.version,
            **({"next": self.next} if self.full is None or self.next is not None else {}),
        }
        start = b"{" if self.full is None else b'{"full":%b,' % (b"true" if self.full else b"false")
        gone = b"" if self.gone is None else b'"gone":' + self.gone + b","
        return start + b'"calls":[' + self.calls + b"]," + gone + json.dumps(end, separators=(",", ":")).encode()[1:]

    def tag(self, *, stale: bool) -> str:
        """The answer's entity tag; weak, as `asOf` is left out of it."""
        return f'W/"{self.digest}{"s" if stale else ""}"'


class Matching(NamedTuple):
    """Where the calls that match stand in a content's lines, and the version of their list."""

    places: Sequence[int]
    version: str


def matching_of(content: Content, query: CallQuery) -> Matching:
    """The calls that match, of whatever page."""
    if not query.filters:
        return Matching(range(len(content.lines)), content.version)
    places = [place for place, row in enumerate(content.rows) if query.matches(row)]
    return Matching(places, version_of(content.lines[place] for place in places))


def page_of(content: Content, query: CallQuery, matching: Matching | None = None) -> Page:
    """The calls that match, after the cursor, as many as were asked for and one answer may hold."""
    places, version = matching or matching_of(content, query)
    start = 0
    if query.after is not None:
        start = bisect_right(places, query.after, key=lambda place: order(content.rows[place]))
    shown = _that_fit([content.lines[place] for place in places[start : start + query.limit]])
    end = start + len(shown)
    next_ = cursor_at(order(loads(shown[-1]))) if shown and end < len(places) else None
    calls = b",".join(shown)
    complete = content.complete
    digest = blake2b(calls, digest_size=12)
    filters = [query.agent, query.direction, sorted(query.bound), query.supervised, query.help]
    digest.update(json.dumps([len(places), complete, version, next_, *filters]).encode())
    return Page(calls, len(places), complete, version, next_, digest.hexdigest())


def one_call(row: bytes, conference: bytes) -> bytes:
    """The body for one call: its row, and its conference as Ytel gave it, or null where that is out of all bounds."""
    if answer_size(conference) > LARGEST_BODY:
        conference = b"null"
    return row[:-1] + b',"userConference":' + conference + b"}"


def answer_size(body: bytes) -> int:
    """How many bytes `body` takes at most inside the JSON that a function answers, where text is escaped once more."""
    escaped = body.count(b'"') + body.count(b"\\") + 5 * body.count(b"\x7f")
    foreign = len(body) - len(body.decode().encode("ascii", "ignore"))
    return len(body) + escaped + 2 * foreign


def _that_fit(lines: list[bytes]) -> list[bytes]:
    if 6 * (sum(map(len, lines)) + len(lines)) <= LARGEST_BODY:
        return lines
    size = 0
    for number, line in enumerate(lines):
        size += answer_size(line) + 1
        if size > LARGEST_BODY:
            return lines[:number]
    return lines
