"""Whom a supervisor is heard by under each action: decided, or refused. Pure.

`noSpeakToList` names the members who must not hear. The rule is that of Ytel's article, whose worked example sends the
contact's id for a whisper (its closing sentence, read literally, would coach the customer). It is stricter on three
points: a whisper needs an agent's leg that proved itself, keeps out everyone else who is on the call, and needs
somebody to be kept out, because a member who joins later is on nobody's list.
"""

import json
from dataclasses import dataclass

from supervision.base.problems import AgentNotProven, ContactNotJoined, MembersUnknown
from supervision.rules.actions import ACTIONS, DIALLED
from supervision.rules.legs import FreshLegs

# Bytes of JSON. The record holds the members, and its events do; an item of the table has 400 KB, an event 256.
LARGEST_AUDIENCE = 100_000


@dataclass(frozen=True, slots=True)
class Audience:
    """Member ids: those kept out (`no_speak_to`) and those who would hear (`hears`). Every member is in one of them."""

    no_speak_to: tuple[str, ...]
    hears: tuple[str, ...]


def decide(action: str, legs: FreshLegs, *, without: str | None = None) -> Audience:
    """Who hears the supervisor if `action` is dialled on these members.

    `without` is the supervision whose own legs are gone by then, where this is a change of mode.

    Raises AgentNotProven where the agent is unknown, or where a whisper or a take-over lacks a proof of the agent's
    leg; MembersUnknown where a listen or a whisper cannot tell whom to keep out, or where they are too many to be kept
    on record; ContactNotJoined where a whisper has nobody to keep out. It never guesses.
    """
    if not isinstance(legs, FreshLegs):
        raise TypeError("an audience is decided on fresh members only")
    if action not in DIALLED:
        raise ValueError(f"no such action: {action}")
    if legs.user is None or not legs.user.webrtcNumber:
        raise AgentNotProven(
            "The call's agent is not among the account's WebRTC users, so there is no number to call from."
        )
    members = tuple(leg.member_id for leg in legs.members if legs.supervisors.get(leg.member_id, "") != without)
    if len(json.dumps(members)) > LARGEST_AUDIENCE:
        raise MembersUnknown("More is said to be on this call than can be kept from hearing, and on record.")
    if action == "takeover" and not legs.proven:
        raise AgentNotProven("No leg of this call proved to be the agent's, so nobody could be released from it.")
    if ACTIONS[action].heard_by_all:
        return Audience((), members)
    if not legs.known:
        raise MembersUnknown("Ytel does not say who is on this call, so nobody could be kept from hearing.")
    return _whisper(legs, members) if action == "whisper" else Audience(members, ())


def _whisper(legs: FreshLegs, members: tuple[str, ...]) -> Audience:
    if not legs.proven:
        raise AgentNotProven(
            "No leg of this call proved to be the agent's, so the customer might hear what is meant for the agent."
        )
    # Another supervisor hears a whisper only where the leg itself shows that it is a phone that was asked in.
    hears = tuple(member for member in members if member == legs.agent or member in legs.phones)
    kept_out = tuple(member for member in members if member not in hears)
    if not kept_out:
        raise ContactNotJoined("Nobody but the agent is on this call yet; who joins later would hear the whisper.")
    return Audience(kept_out, hears)


def require_company(legs: FreshLegs) -> None:
    """Raises AgentNotProven where the customer would be alone while a supervisor's leg that is heard is dropped."""
    if len(legs.members) - len(legs.supervisors) < 2:
        raise AgentNotProven("Nobody but the supervisor is with the customer, who would be alone meanwhile.")


def to_disconnect(legs: FreshLegs) -> tuple[str, ...]:
    """The member ids that a hang-up disconnects: all, supervisors too. Raises MembersUnknown where none are known."""
    if not legs.known:
        raise MembersUnknown("Ytel does not say who is on this call, so there is nobody to disconnect.")
    return tuple(leg.member_id for leg in legs.members)
