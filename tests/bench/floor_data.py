"""A floor as Ytel would tell it, of any size: the conferences and the users as JSON bytes, the same for a seed."""

import json
import random
from typing import Any


def ytel_floor(size: int, seed: int = 7) -> tuple[bytes, bytes]:
    """The answers to "list the conferences" and "list the users", `size` of each; every call has an agent."""
    draw = random.Random(seed)
    users = [_user(draw, number) for number in range(size)]
    conferences = [_conference(draw, number, draw.choice(users)) for number in range(size)]
    return _envelope(conferences), _envelope(users)


def _envelope(payload: list[dict[str, Any]]) -> bytes:
    return json.dumps({"status": True, "count": len(payload), "page": 1, "payload": payload}).encode()


def _user(draw: random.Random, number: int) -> dict[str, Any]:
    return {
        "clientId": _uuid(draw),
        "firstName": draw.choice(("Ann", "José", "Bo", "Zoë", "Maximiliana")),
        "lastName": draw.choice(("Lee", "O'Neil", "Åberg", "García Márquez")),
        "webrtcNumber": f"+1555{number:07d}",
    }


def _conference(draw: random.Random, number: int, agent: dict[str, Any]) -> dict[str, Any]:
    customer, agents = f"+1646{number:07d}", agent["webrtcNumber"]
    called, caller = (agents, customer) if draw.random() < 0.5 else (customer, agents)
    legs = [(agents, agent["clientId"]), (customer, customer)]
    draw.shuffle(legs)
    first = draw.randrange(1000, 900_000)
    return {
        "accountSid": _uuid(draw),
        "confId": _uuid(draw),
        "status": "active",
        "createdTime": 1_709_834_784_827 + draw.randrange(3_600_000),
        "details": {
            "called_number": called,
            "caller_number": caller,
            "client_id": agent["clientId"],
            "contact_id": _uuid(draw),
            "parent_call_sid": _uuid(draw),
        },
        "members": {sid: sid for sid in (_uuid(draw), _uuid(draw))},
        "memberData": {
            str(first + at): json.dumps(
                {"callSid": _uuid(draw), "channelName": channel, "callerId": caller_id, "calledNumber": called}
            )
            for at, (channel, caller_id) in enumerate(legs)
        },
    }


def _uuid(draw: random.Random) -> str:
    digits = f"{draw.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
