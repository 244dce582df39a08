"""A floor to play with by hand, and from another process. No part of Ytel.

`GET /_floor` shows the calls, their legs and who hears whom. `POST` a JSON object to:

    /_floor/{confId}/answer   {"number"}     /_floor/{confId}/join    {"role"}: agent, contact or third
    /_floor/{confId}/decline  {"number"}     /_floor/{confId}/leave   {"memberId"}
    /_floor/{confId}/end      {}             /_floor/call             {}: a new call
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.harness.fake_ytel.calls import Call
from tests.harness.fake_ytel.envelope import Answer, Refused, ok
from tests.harness.fake_ytel.floor import Floor
from tests.harness.fake_ytel.requests_log import Request


class ByHand:
    """The routes under `/_floor`."""

    def __init__(self, floor: Floor, complaints: Sequence[object]) -> None:
        self.floor = floor
        self.complaints = complaints

    def answer(self, request: Request) -> Answer:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["_floor"]:
                return ok(self.shown())
            case "POST", ["_floor", "call"]:
                return ok({"confId": self.floor.add_call()})
            case "POST", ["_floor", conf_id, verb]:
                return self._act(conf_id, verb, request)
        raise Refused(404, f"no such route: {request.method} {request.path}")

    def shown(self) -> dict[str, Any]:
        """The floor, for a person to read."""
        with self.floor.turn():
            return {
                "now": self.floor.now,
                "calls": [self._call(call) for call in self.floor.active_calls()],
                "complaints": [str(complaint) for complaint in self.complaints],
            }

    def _call(self, call: Call) -> dict[str, Any]:
        agent = self.floor.user_of(call)
        return {
            "confId": call.conf_id,
            "agent": agent.name if agent else None,
            "seconds": (self.floor.now - call.created) // 1000,
            "legs": [
                {
                    "memberId": leg.member_id,
                    "role": leg.role,
                    "number": leg.number,
                    "heardBy": sorted(self.floor.who_hears(call.conf_id, leg.member_id)),
                }
                for leg in call.legs.values()
            ],
            "ringing": [dial.to for dial in self.floor.ringing(call.conf_id)],
        }

    def _act(self, conf_id: str, verb: str, request: Request) -> Answer:
        floor = self.floor
        verbs: dict[str, Callable[[dict[str, Any]], object]] = {
            "answer": lambda asked: floor.answer(conf_id, asked["number"]),
            "decline": lambda asked: floor.decline(conf_id, asked["number"]),
            "join": lambda asked: floor.join(conf_id, asked.get("role", "third")),
            "leave": lambda asked: floor.leave(conf_id, asked["memberId"]),
            "end": lambda asked: floor.end_call(conf_id),
        }
        if verb not in verbs:
            raise Refused(404, f"no such verb: {verb}")
        try:
            return ok({verb: verbs[verb](json.loads(request.raw or b"{}"))})
        except (LookupError, AttributeError, TypeError, ValueError) as wrong:
            raise Refused(422, f"{verb}: {wrong}") from None
