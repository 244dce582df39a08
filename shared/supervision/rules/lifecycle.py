"""How far a supervision got, and whether it is exposed, told from one reading of its call. Pure.

The states are what Ytel shows: `joined` when the phone is among the members, `ended` when it is gone or the call is,
`failed` when it never came within a minute.
"""

from supervision.rules.actions import ACTIONS
from supervision.rules.legs import Legs
from supervision.rules.supervision import Supervision

JOIN_WITHIN_MS = 60_000
# How long a call must be missing from readings that may have missed it, before it counts as over.
MISSING_FOR_MS = 30_000


def advance(
    supervision: Supervision, legs: Legs | None, *, read_at: int, now: int, complete: bool, sure: bool = True
) -> Supervision:
    """The supervision after a reading that began at `read_at` and showed `legs`; None: its call is not on it.

    `complete` is whether a call that is missing from the reading is over; where that is not `sure`, once a second such
    reading misses it. A reading older than what the record has taken in, or than the dial itself, says nothing. What
    could not be read changes nothing either: a leg is gone only where the members are known and it is not among them.
    """
    if not supervision.under_way or read_at <= max(supervision.seenAt, supervision.requestedAt):
        return supervision
    seen = supervision.replace(seenAt=read_at)
    if legs is None:
        return _call_missing(seen, now, complete, sure)
    seen = seen.replace(missingSince=None)
    if not legs.known:
        return _still_ringing(seen, now)
    seen = seen.replace(exposed=seen.exposed or bool(exposed_to(seen, legs)))
    own = next((member for member, id_ in legs.supervisors.items() if id_ == seen.id), None)
    if own is not None:
        return seen.replace(state="joined", leg=own, joinedAt=seen.joinedAt or now)
    if seen.state == "joined":
        return seen.replace(state="ended", endedAt=now, how="exposed" if seen.exposed else "left")
    return _still_ringing(seen, now)


def exposed_to(supervision: Supervision, legs: Legs) -> tuple[str, ...]:
    """The members that hear what was not meant for them: on neither side of the dial's list, and no supervisor's.

    Inferred: a member who joins after the dial is on nobody's list. What is heard by all, a barge, is exposed to none.
    """
    if ACTIONS[supervision.action].heard_by_all:
        return ()
    expected = {*supervision.noSpeakToList, *supervision.hears, *legs.supervisors}
    return tuple(leg.member_id for leg in legs.members if leg.member_id not in expected)


def _call_missing(seen: Supervision, now: int, complete: bool, sure: bool) -> Supervision:
    since = now if seen.missingSince is None else seen.missingSince
    again = seen.missingSince is not None
    if (complete and (sure or again)) or now - since >= MISSING_FOR_MS:
        return seen.replace(state="ended", endedAt=now, how="call_ended")
    return seen.replace(missingSince=since)


def _still_ringing(seen: Supervision, now: int) -> Supervision:
    # By when the reading began: one that took long says nothing of its last moments.
    if seen.state == "dialing" and seen.seenAt - seen.requestedAt > JOIN_WITHIN_MS:
        return seen.replace(state="failed", endedAt=now, how="not_answered")
    return seen
