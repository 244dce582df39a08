"""How far a supervision got, and whether it is exposed, told from one reading of its call. Pure.

No state is final while the leg may still come: every reading is held against every phone that was asked into a call.

    state     the reading shows                             becomes
    -------   -------------------------------------------   ----------------------------------------------------
    any       a leg of its own                              joined
    dialing   no such leg, RING_SECONDS after the dial      failed, not_answered
    dialing   no such leg, and it was asked to end          ended: given_up, time_limit
    joined    the members, and no leg of its own            ended: as it was asked to end, else hung_up
    dialing   not the call, twice                           ended, call_ended
    joined    not the call, twice                           ended, call_ended
    any       members that cannot be told                   as it was
    any       not the call, for LATE_SECONDS                as it was, and watched no more
    closed    no such leg, LATE_SECONDS after its end        as it was, and watched no more, if it bears no mark

A joined whisper or listen that a member hears who should not is `exposed` besides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from supervision.rules.actions import ACTIONS
from supervision.rules.claims import Supervisor
from supervision.rules.clocks import believed
from supervision.rules.legs import Legs
from supervision.rules.phone_numbers import same
from supervision.rules.supervision import Supervision


@dataclass(frozen=True, slots=True)
class Patience:
    """How long Ytel is given, in milliseconds.

    `ring`: how long a dial may ring before it is taken as not answered. Ytel's own default is 60 s (documented for
    InboundXML); a participant's dial probably inherits it. It is also how long after the last sight of a leg another of
    the same phone is taken for its return. `late`: how long after the dial a leg may still turn out to be its own.
    `apart`: how far apart two readings that do not show a call must begin before the call counts as over.
    """

    ring: int = 90_000
    late: int = 600_000
    apart: int = 2_000


def is_over(missing_since: int | None, read_at: int, patience: Patience) -> bool:
    """Whether a call that a reading of `read_at` does not show is over; `missing_since` is an earlier such reading.

    One list can lack a call that goes on: lists flicker, come empty, and shift while they are walked.
    """
    return missing_since is not None and read_at - missing_since >= patience.apart


def supervisors(of: Iterable[Supervision], *, read_at: int, patience: Patience) -> list[Supervisor]:
    """What the legs of a reading that began at `read_at` need to know of the supervisions of its call."""
    return [
        one.as_supervisor(
            may_come=read_at - one.requestedAt <= patience.late,
            may_return=_may_return(one, read_at, patience),
        )
        for one in of
    ]


def _may_return(one: Supervision, read_at: int, patience: Patience) -> bool:
    """Whether a leg of its phone, under another id, is taken for it. It was last seen until just before `endedAt`.

    A leg that was dropped here was told to go: one that comes back is then a member like any other.
    """
    if one.endedAt is None:
        return True
    dropped = one.ending is not None and one.how == one.ending
    return not dropped and read_at - one.endedAt <= patience.ring


def advance(
    supervision: Supervision,
    legs: Legs | None,
    *,
    read_at: int,
    now: int,
    patience: Patience,
    drop_exposed: bool,
    others: Sequence[Supervision] = (),
) -> Supervision:
    """The supervision after a reading that began at `read_at` and showed `legs`; None: its call is not on it.

    `others` are the supervisions of the same call that are watched.

    What ended had ended when the reading began: a leg may have come since. A reading older than what the record has
    taken in, or than the dial itself, says nothing. A reading whose members cannot be told changes nothing either: a
    leg is gone only where the members are known and it is not among them.
    """
    if not supervision.watched or read_at <= max(
        believed(supervision.seenAt, now), believed(supervision.requestedAt, now)
    ):
        return supervision
    seen = supervision.replace(seenAt=read_at)
    if legs is None:
        return _call_missing(seen, read_at, patience)
    seen = seen.replace(missingSince=None, watched=_may_come_yet(seen, read_at, patience))
    own = legs.own(seen.id)
    if own:
        unsure = _may_be_of_another(seen, own, legs, others, patience)
        return _on_the_call(seen, own, legs, now, drop_exposed=drop_exposed, unsure=unsure)
    if seen.state == "joined" and legs.known:
        seen = seen.replace(state="ended", endedAt=read_at, how=seen.ending or "hung_up")
    return _still_ringing(seen, read_at, now, patience)


def _may_be_of_another(
    seen: Supervision, own: list[str], legs: Legs, others: Iterable[Supervision], patience: Patience
) -> bool:
    """Whether a leg of its may have been dialled under another list, which let more members hear.

    A phone whose ringing was given up rings on, and may be asked in again: then either dial may be answered, or both,
    and only a dial's mark tells which leg is whose.
    """
    marked = {leg.member_id for leg in legs.members if leg.call_sid and leg.call_sid == seen.callSid}
    return not marked.issuperset(own) and any(
        one.id != seen.id
        and not one.under_way
        and not one.legs
        and one.dial != "refused"
        and same(one.to, seen.to)
        and seen.requestedAt - one.requestedAt <= patience.ring
        and not {*seen.noSpeakToList} <= {*one.noSpeakToList}
        for one in others
    )


def exposed_to(supervision: Supervision, legs: Legs, *, unsure: bool = False) -> tuple[str, ...]:
    """The members that hear what was not meant for them: on neither side of the dial's list, and no supervisor's.

    Inferred: a member who joins after the dial is on nobody's list. What a barge says is for all, and a muted listen
    says nothing. The agent's own leg, back under a new id and proven, may hear a whisper. A supervisor's leg that is
    back under a new id was not dialled under the list, so everyone is taken to hear it; so is one of which it is
    `unsure` under which list it was dialled. A leg that Ytel names but does not describe counts where it cannot be one
    of those that are known.
    """
    action = ACTIONS.get(supervision.action)
    if action is not None and action.heard_by_all:
        return ()
    here = tuple(leg.member_id for leg in legs.members)
    if unsure or set(legs.own(supervision.id)) - {*supervision.legs[:1]}:
        return tuple(member for member in here if member not in legs.supervisors)
    if supervision.mute:
        return ()
    expected: set[str | None] = {*supervision.noSpeakToList, *supervision.hears, *legs.supervisors}
    if supervision.action == "whisper" and legs.proven:
        expected.add(legs.agent)
    strangers = tuple(member for member in here if member not in expected)
    nameless = legs.named - len({*here, *supervision.noSpeakToList, *supervision.hears})
    return strangers + (NOT_DESCRIBED,) * (nameless > 0)


# Stands in `exposedBy` for a leg that Ytel named and did not describe: it has no member id yet.
NOT_DESCRIBED = "?"


def _on_the_call(
    seen: Supervision, own: list[str], legs: Legs, now: int, *, drop_exposed: bool, unsure: bool
) -> Supervision:
    known = (*seen.legs, *(leg for leg in own if leg not in seen.legs))
    seen = seen.replace(state="joined", watched=True, legs=known, joinedAt=seen.joinedAt or now, endedAt=None, how=None)
    by = exposed_to(seen, legs, unsure=unsure)
    if by:
        seen = seen.replace(
            exposed=True, exposedBy=(*seen.exposedBy, *(one for one in by if one not in seen.exposedBy))
        )
    if seen.exposed and drop_exposed:
        return _to_end(seen, "exposed")
    return _to_end(seen, "time_limit") if _time_is_up(seen, now) else _releasing(seen, legs, now)


def to_drop(seen: Supervision, legs: Legs) -> list[str]:
    """The supervision's own legs that a reading showed, if it is to end: they go until none is left."""
    return legs.own(seen.id) if seen.ending is not None else []


def to_release(seen: Supervision, legs: Legs) -> str | None:
    """The agent's leg that a take-over disconnects after a reading that showed `legs`, and that `seen` has taken in.

    Only where the same reading shows the supervisor on the call and proves that leg, so that nobody is left alone; and
    only where every leg is described and can be read. A customer can show the agent's number, and what contradicts that
    is the agent's own leg.
    """
    if seen.ending is not None or seen.agentReleasedAt is not None or not legs.own(seen.id):
        return None
    if not legs.known or not all(leg.readable for leg in legs.members):
        return None
    return seen.agentLeg if legs.proven and legs.agent == seen.agentLeg else None


def _releasing(seen: Supervision, legs: Legs, now: int) -> Supervision:
    """How far a take-over is: which leg is the agent's to release, and whether it is seen to be gone."""
    if seen.action != "takeover" or seen.agentReleasedAt is not None:
        return seen
    if legs.proven:
        return seen.replace(agentLeg=legs.agent)  # another one where it came back
    gone = seen.agentLeg is not None and legs.known and seen.agentLeg not in {leg.member_id for leg in legs.members}
    return seen.replace(agentReleasedAt=now) if gone else seen


def _still_ringing(seen: Supervision, read_at: int, now: int, patience: Patience) -> Supervision:
    if seen.state != "dialing":
        return seen
    if _time_is_up(seen, now):
        seen = _to_end(seen, "time_limit")
    if seen.ending is not None:
        return seen.replace(state="ended", endedAt=read_at, how=seen.ending)
    # By when the reading began: one that took long says nothing of its last moments.
    if read_at - seen.requestedAt > patience.ring:
        return seen.replace(state="failed", endedAt=read_at, how="not_answered")
    return seen


def _call_missing(seen: Supervision, read_at: int, patience: Patience) -> Supervision:
    since = read_at if seen.missingSince is None else min(seen.missingSince, read_at)
    over = is_over(seen.missingSince, read_at, patience)
    seen = seen.replace(missingSince=since, watched=read_at - since < patience.late)
    if seen.under_way and over:
        return seen.replace(state="ended", endedAt=read_at, how="call_ended")
    return seen


def _may_come_yet(seen: Supervision, read_at: int, patience: Patience) -> bool:
    """Whether a leg of its may still be on a call that goes on. One that bears the dial's mark may, at any time."""
    newest = max(seen.requestedAt, seen.endedAt or 0)
    return seen.under_way or seen.callSid is not None or read_at - newest < patience.late


def _time_is_up(seen: Supervision, now: int) -> bool:
    # Who took a call over stays: the agent is gone or going, and the customer would be alone.
    return seen.until is not None and now >= seen.until and seen.agentLeg is None


def _to_end(seen: Supervision, why: str) -> Supervision:
    """Marks that its leg is to be dropped; the first reason stands."""
    return seen if seen.ending else seen.replace(ending=why)
