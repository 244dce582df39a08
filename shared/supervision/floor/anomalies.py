"""What of a conference is unlike what Ytel documents: said once a call, and by the doctor. It never hides the call."""

from collections.abc import Iterable
from typing import Any

from supervision.base.observability import logger
from supervision.rules.calls import created_time, is_active
from supervision.rules.conferences import Conference
from supervision.rules.legs import read_legs


def oddities_of(conference: Conference) -> tuple[str, ...]:
    """What could not be made sense of, in plain words; empty for a conference as documented."""
    found = []
    if conference.details is None:
        found.append("details are missing")
    if created_time(conference) is None:
        found.append("createdTime is no number")
    data = conference.members
    if data is not None and not isinstance(data, dict):
        found.append("memberData is no map")
    unreadable = [leg.member_id for leg in read_legs(conference, None).members if not leg.readable]
    if unreadable:
        found.append(f"members that cannot be read: {', '.join(unreadable)[:200]}")
    return tuple(found)


class Oddities:
    """Logs the oddities of each call once, for as long as it runs."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, ...]] = {}

    def note(self, conferences: Iterable[Any]) -> None:
        """Logs what is new among the active calls."""
        now = {one.confId: found for one in conferences if is_active(one) and (found := oddities_of(one))}
        for conf_id, found in now.items():
            if self._said.get(conf_id) != found:
                logger.warning("a conference is unlike what Ytel documents", confId=conf_id, what=list(found))
        self._said = now
