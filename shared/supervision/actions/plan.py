"""What an action would do on a call as it is now. Dials nobody."""

from typing import Any

from supervision.actions.call_reader import CallReader
from supervision.base.problems import Conflict, InvalidRequest
from supervision.rules.actions import DIALLED, PLANNED, in_words
from supervision.rules.audience import decide, to_disconnect
from supervision.rules.caller import Caller
from supervision.rules.legs import FreshLegs


def plan(reader: CallReader, caller: Caller, action: str, conf_id: str) -> dict[str, Any]:
    """Which members `action` would keep out and which would hear; or why it would be refused.

    For a hang-up, `noSpeakToList` holds the members that would be disconnected, as in Ytel's article.
    Raises InvalidRequest, CallNotFound, TooManyRequests, or a YtelProblem.
    """
    if action not in PLANNED:
        raise InvalidRequest(f"action must be {in_words(PLANNED)}.")
    legs = reader.read_as(caller, conf_id).legs
    answer = {"confId": conf_id, "action": action, "agentMatch": legs.match}
    try:
        return {**answer, **_planned(action, legs)}
    except Conflict as refusal:
        return {**answer, "refused": {"code": refusal.code, "detail": refusal.detail}}


def _planned(action: str, legs: FreshLegs) -> dict[str, list[str]]:
    if action in DIALLED:
        audience = decide(action, legs)
        return {"noSpeakToList": list(audience.no_speak_to), "hears": list(audience.hears)}
    return {"noSpeakToList": list(to_disconnect(legs)), "hears": []}
