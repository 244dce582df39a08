"""What of Ytel's answers is unlike what it documents: said once, and by the doctor. It never hides anything else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from supervision.base.observability import logger
from supervision.rules.calls import client_id_of_user, created_time
from supervision.rules.conferences import Conference
from supervision.rules.legs import Leg, read_legs

CUT_OFF = "it ended before all that Ytel says there is"
PLACES_SAID = 20


def oddities_of(conference: Conference, legs: Sequence[Leg] | None = None) -> tuple[str, ...]:
    """What could not be made sense of, in plain words; empty for a conference as documented.

    `legs` are its members, where they were read already.
    """
    found = []
    if conference.details is None:
        found.append("details are missing")
    if created_time(conference) is None:
        found.append("createdTime is no number")
    members = read_legs(conference, None).members if legs is None else legs
    if not members and not isinstance(conference.members, dict | None):
        found.append("memberData is no map")
    unreadable = [leg.member_id for leg in members if not leg.readable]
    if unreadable:
        found.append(f"members that cannot be read: {', '.join(unreadable)[:200]}")
    return tuple(found)


def odd_list(nameless: Sequence[int], *, complete: bool) -> list[str]:
    """What is odd in a list: the places of rows that are no objects or have no id, and that it was cut off."""
    found = [] if complete else [CUT_OFF]
    if nameless:
        places = ", ".join(map(str, nameless[:PLACES_SAID]))
        found.append(f"rows that are no object or have no id are passed over: {len(nameless)} in all, at {places}")
    return found


def nameless_users(rows: Iterable[Any]) -> list[int]:
    """The places of rows that name no user."""
    return [place for place, row in enumerate(rows) if client_id_of_user(row) is None]


class AnomalyLog:
    """Logs what is odd in things of one kind, each once for as long as it stays so; `name` is the field they go by."""

    def __init__(self, kind: str, name: str) -> None:
        self._kind = kind
        self._name = name
        self._said: dict[str, list[str]] = {}

    def report(self, odd: Mapping[str, Sequence[str]]) -> None:
        """Logs what is new in `odd`, which is all that is odd now."""
        now = {about: list(what) for about, what in odd.items() if what}
        for about, what in now.items():
            if self._said.get(about) != what:
                logger.warning(f"a {self._kind} is unlike what Ytel documents", extra={self._name: about, "what": what})
        self._said = now
