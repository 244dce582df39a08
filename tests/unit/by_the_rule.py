"""A list as the rule alone makes it, all of it anew: what the mapping of what changed is held against."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from supervision.floor.rows import row_line
from supervision.rules.calls import Call, active_call, is_active, order
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference
from supervision.rules.ids import id_key
from supervision.rules.legs import User


def active_calls(
    conferences: Iterable[Any],
    users: Mapping[str, User],
    supervisors: Mapping[str, Sequence[Supervisor]] | None = None,
    helps: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[tuple[Call, Conference]]:
    """The calls in progress as they come, with their conferences. One bad conference never hides the others.

    `supervisors` are the supervisors under way, and `helps` the agents' calls for one, by the `id_key` of their call.
    Each call is made when it is asked for: who has done with one before the next need not hold thousands.
    """
    supervisors, helps = supervisors or {}, helps or {}
    for conference in conferences:
        if is_active(conference):
            key = id_key(conference.confId) if supervisors or helps else ""
            yield active_call(conference, users, supervisors.get(key, ()), helps.get(key)), conference


def in_order(calls: Iterable[tuple[Call, Conference]]) -> list[tuple[bytes, Conference]]:
    """Each call as its line, with its conference, oldest first."""
    shown = [(order(call), row_line(call), conference) for call, conference in calls]
    shown.sort(key=itemgetter(0))
    return [(line, conference) for _, line, conference in shown]
