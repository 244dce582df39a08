"""What Ytel takes as a request to bring a phone into a call: the documented fields alone, each of its type."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from tests.harness.fake_ytel.calls import digits

FIELDS: dict[str, type] = {
    "from": str,
    "to": str,
    "confId": str,
    "mute": bool,
    "fullMember": bool,
    "noSpeakToList": list,
}
PHONE = re.compile(r"\+?[0-9]{7,15}")


def problems(
    body: Any, conf_id: str, agent_number: str | None, members: Collection[str], webrtc_numbers: Collection[str]
) -> Iterator[str]:
    """Every reason not to take it."""
    if not isinstance(body, dict):
        yield "the body is not a JSON object"
        return
    for name in FIELDS.keys() - body.keys():
        yield f"{name} is missing"
    for name in body.keys() - FIELDS.keys():
        yield f"{name} is not a documented field"
    wrong = {name for name, kind in FIELDS.items() if name in body and type(body[name]) is not kind}
    for name in sorted(wrong):
        yield f"{name} is not a {FIELDS[name].__name__}"
    sound = {name: body[name] for name in FIELDS.keys() & body.keys() - wrong}
    if sound.get("confId", conf_id) != conf_id:
        yield "confId is not the one in the path"
    if "from" in sound:
        if agent_number is None:
            yield "the agent of this call is no known user, so no from is right"
        elif digits(sound["from"]) != digits(agent_number):
            yield "from is not the number of this call's agent"
    if "to" in sound and sound["to"] not in webrtc_numbers and not PHONE.fullmatch(sound["to"]):
        yield "to is neither a phone number nor a user's"
    yield from _list_problems(sound.get("noSpeakToList", []), members)


def _list_problems(kept_out: list[Any], members: Collection[str]) -> Iterator[str]:
    if not all(isinstance(member_id, str) for member_id in kept_out):
        yield "noSpeakToList holds something other than texts"
        return
    if len(set(kept_out)) != len(kept_out):
        yield "noSpeakToList names a member twice"
    strangers = sorted(set(kept_out) - set(members))
    if strangers:
        yield f"noSpeakToList names no members of the call: {', '.join(strangers)}"
