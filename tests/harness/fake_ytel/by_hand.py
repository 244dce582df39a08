"""A floor to play with by hand, and from another process. No part of Ytel.

`GET /_floor` shows the calls, their legs and who hears whom. `POST` a JSON object to:

    /_floor/{confId}/answer   {"number"}     /_floor/{confId}/join    {"role"}: agent, contact or third
    /_floor/{confId}/decline  {"number"}     /_floor/{confId}/leave   {"memberId"}
    /_floor/{confId}/end      {}             /_floor/call             {}: a new call
    /_floor/{confId}/replace  {"memberId", "gap": seconds, "overlaps": false}: the same person under a new member id
    /_floor/{confId}/describe {"memberId", "how"}: unreadable, empty, null, no channel, another's number; null: truly
    /_floor/{confId}/undescribe {"memberId", "seconds"}     /_floor/{confId}/spoof  {}
    /_floor/{confId}/status   {"status", "seconds"}         /_floor/{confId}/hide   {"times": lists}

`GET /_floor/knobs` shows every knob. `POST` there sets some, `{"disconnects.empty_yes": 1}`; to `/_floor/knobs/draw`,
`{"seed": 7, "share": 0.25}`, it draws them, and to `/_floor/knobs/calm` it puts all back.
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
            case "GET", ["_floor", "knobs"]:
                return ok(self.floor.knobs.model_dump())
            case "POST", ["_floor", "knobs", *rest]:
                return self._turn(rest, request)
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

    def _turn(self, rest: list[str], request: Request) -> Answer:
        knobs = self.floor.knobs
        try:
            asked = json.loads(request.raw or b"{}")
            match rest:
                case []:
                    knobs.turn(asked)
                case ["draw"]:
                    knobs.draw(int(asked["seed"]), float(asked.get("share", 0.25)))
                case ["calm"]:
                    knobs.calm()
                case _:
                    raise Refused(404, f"no such route: {request.method} {request.path}")
        except (LookupError, AttributeError, TypeError, ValueError) as wrong:
            raise Refused(422, str(wrong)) from None
        return ok(knobs.turned())

    def _act(self, conf_id: str, verb: str, request: Request) -> Answer:
        floor = self.floor
        verbs: dict[str, Callable[[dict[str, Any]], object]] = {
            "answer": lambda asked: floor.answer(conf_id, asked["number"]),
            "decline": lambda asked: floor.decline(conf_id, asked["number"]),
            "join": lambda asked: floor.join(conf_id, asked.get("role", "third")),
            "leave": lambda asked: floor.leave(conf_id, asked["memberId"]),
            "end": lambda asked: floor.end_call(conf_id),
            "replace": lambda asked: floor.replace(
                conf_id, asked["memberId"], asked.get("gap", 0), overlaps=asked.get("overlaps", False)
            ),
            "describe": lambda asked: floor.describe(conf_id, asked["memberId"], asked["how"]),
            "undescribe": lambda asked: floor.undescribe(conf_id, asked["memberId"], asked.get("seconds")),
            "spoof": lambda asked: floor.spoof(conf_id),
            "status": lambda asked: floor.set_status(conf_id, asked["status"], asked.get("seconds")),
            "hide": lambda asked: floor.hide(conf_id, asked.get("times", 1)),
        }
        if verb not in verbs:
            raise Refused(404, f"no such verb: {verb}")
        try:
            return ok({verb: verbs[verb](json.loads(request.raw or b"{}"))})
        except (LookupError, AttributeError, TypeError, ValueError) as wrong:
            raise Refused(422, f"{verb}: {wrong}") from None
