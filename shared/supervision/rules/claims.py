"""Which legs of a call are our supervisors' own. Pure.

A dial's answer can give the `callSid` of the leg that it makes (inferred). A leg that bears it is that supervision's,
whatever was believed of it. Without that mark a leg is known by its member id once it was seen, and before that by the
supervisor's phone number as its `channelName` (inferred from the article's sample).

Where this is wrong: a stranger's leg that shows the supervisor's number is taken for the supervisor's. Then the
supervision counts as joined too early, and `audience` lets a whisper reach that leg. Dials to numbers of the call are
refused for that reason.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from supervision.rules.phone_numbers import PhoneNumber, same

if TYPE_CHECKING:
    from supervision.rules.legs import Leg

UNDER_WAY = ("dialing", "joined")


class Supervisor(NamedTuple):
    """A supervision of a call, as far as the legs of its call need it.

    `before` are the members that were on the call when it was dialled: none of them is the supervisor's leg. `legs` are
    the member ids that were seen to be its own, the newest last. `may_come` says whether its first leg may still come,
    `may_return` whether a leg of its phone may come back under another member id.
    """

    id: str
    action: str
    state: str
    exposed: bool
    to: PhoneNumber
    before: frozenset[str] = frozenset()
    legs: tuple[str, ...] = ()
    call_sid: str | None = None
    may_come: bool = True
    may_return: bool = False
    requested_by: str = ""
    requested_at: int = 0

    @property
    def under_way(self) -> bool:
        """Whether the phone is ringing or in the call."""
        return self.state in UNDER_WAY


def claim(members: Sequence["Leg"], supervisors: Sequence[Supervisor]) -> dict[str, str]:
    """The supervisors' own legs: member id to the supervision's id.

    A mark decides before a known member id, and that before a number. Of several supervisions of one phone those under
    way come first, the newest dial before the older ones.
    """
    own: dict[str, str] = {}
    ordered = sorted(supervisors, key=lambda one: (one.under_way, one.requested_at), reverse=True)
    marked = {one.call_sid: one.id for one in reversed(ordered) if one.call_sid}
    for leg in members:
        if leg.call_sid and leg.call_sid in marked:
            own[leg.member_id] = marked[leg.call_sid]
    by_mark = set(own.values())
    for one in ordered:
        own.update({id_: one.id for leg in members if (id_ := leg.member_id) in one.legs and id_ not in own})
    for one in ordered:
        if one.id not in by_mark:
            own.update(dict.fromkeys(_by_number(one, members, own), one.id))
    return own


def is_proven(leg: "Leg", supervisor: Supervisor) -> bool:
    """Whether the leg itself shows that it is the phone that was asked in: by the dial's mark, or by its number."""
    return (bool(leg.call_sid) and leg.call_sid == supervisor.call_sid) or same(leg.channel_name, supervisor.to)


def _by_number(one: Supervisor, members: Sequence["Leg"], own: dict[str, str]) -> list[str]:
    fitting = [
        leg.member_id
        for leg in members
        if leg.member_id not in own and leg.member_id not in one.before and same(leg.channel_name, one.to)
    ]
    if one.legs:
        return fitting if one.may_return else []
    return fitting[:1] if one.may_come else []
