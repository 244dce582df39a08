"""How each live call maps, with what proof, and whether a whisper would be refused."""

from collections.abc import Iterable, Iterator, Mapping

from supervision.base.fast_json import loads
from supervision.base.problems import Conflict
from supervision.floor.anomalies import oddities_of
from supervision.rules.audience import decide
from supervision.rules.calls import active_call, agent_of
from supervision.rules.conferences import Conference
from supervision.rules.fresh import FreshConference
from supervision.rules.legs import User, read_fresh
from supervision.rules.masking import masked

KNOWN = {"accountSid", "confId", "status", "createdTime", "details", "members", "memberData"}


def look_at_calls(calls: Iterable[FreshConference], users: Mapping[str, User], now_ms: int) -> Iterator[str]:
    """A line or more for each call; numbers are masked, and there are no names."""
    for call in calls:
        row = active_call(call.content, users)
        legs = read_fresh(call, agent_of(call.content, users), [])
        try:
            decide("whisper", legs)
            whisper = "a whisper would be heard by the agent alone"
        except Conflict as refusal:
            whisper = f"a whisper would be refused: {refusal.code}"
        direction = {True: "inbound", False: "outbound", None: "direction unknown"}[row["inbound"]]
        minutes = (now_ms - row["createdTime"]) // 60_000 if row["createdTime"] else "?"
        yield (
            f"call    {call.conf_id[:8]}… {direction}, {minutes} min, {masked(row['from'] or '')} to "
            f"{masked(row['to'] or '')}, agent {masked(row['agentNumber'] or '')}: {len(legs.members)} legs, "
            f"agentMatch {row['agentMatch']}; {whisper}"
        )
        for what in _unlike(call.content, len(legs.members)):
            yield f"unlike  {call.conf_id[:8]}… {what}"


def _unlike(conference: Conference, legs: int) -> Iterator[str]:
    yield from oddities_of(conference)
    document = loads(conference.line())
    members = document.get("members")
    if isinstance(members, dict) and len(members) != legs:
        yield f"members names {len(members)} legs, memberData {legs}"
    unknown = sorted(set(document) - KNOWN)
    if unknown:
        yield f"fields that are not documented: {', '.join(unknown)[:200]}"
