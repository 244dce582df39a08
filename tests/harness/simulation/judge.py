"""What must hold on a simulated floor, whatever happens: it watches each request, dial, event and answer.

The fake knows who truly hears whom. A leak is counted from the last moment at which the product could not know better,
or had just done what it can: a list that failed or did not show the call as it is, a disconnect that was sent.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.harness.fake_ytel import audio
from tests.harness.fake_ytel.calls import AS_IT_IS, Call, Leg, digits
from tests.harness.fake_ytel.envelope import Answer
from tests.harness.fake_ytel.unsteady import TRUNK
from tests.harness.simulation.functions import Invocation
from tests.harness.simulation.system import Asked, Listeners, System

# Whom a supervisor must not be heard by, in truth.
KEPT_OUT = {"listen": {"agent", "contact", "third"}, "whisper": {"contact", "third"}}
MEMBER = re.compile(r".*/conference/([^/]+)/participant/([^/]+)")
RINGS_MS = 60_000


class Broken(AssertionError):
    """Something that must hold does not. `rule` names what."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(f"{rule}: {text}")
        self.rule = rule


class Judge:
    """Watches one system. `window_s`: how long a leak may last. `truthful`: whether lists are as they should be."""

    def __init__(self, system: System, window_s: float, *, truthful: bool) -> None:
        self.system, self.window_ms, self.truthful = system, window_s * 1000, truthful
        self.broken: list[Broken] = []
        self.story: list[str] = []
        self._actions: dict[tuple[str, str], str] = {}
        self._dials: Counter[str] = Counter()
        self._rings_of: Counter[tuple[str, str]] = Counter()
        self._rung: dict[tuple[str, str], int] = {}
        self._events: dict[str, str] = {}
        self._shown: dict[tuple[int, str], set[str]] = {}
        self._since: dict[tuple[str, ...], int] = {}
        self._excused: dict[str, int] = {}
        self._told_to_go: dict[tuple[str, str], int] = {}
        self._doing: dict[str, Invocation] = {}
        self._blind: set[tuple[int, str]] = set()
        self._heard: set[tuple[str, str, str]] = set()
        self._looked: set[int] = set()
        system.listeners = Listeners(
            self._asked, self._answered, self._dialled, self._told, self._replied, self._failed
        )

    def note(self, text: str) -> None:
        """A line of the story."""
        self.story.append(f"{(self.system.now_ms - 1_760_000_000_000) / 1000:8.2f} {text}")

    def look(self) -> None:
        """Looks at the floor as it is now; called often. Raises the first thing that was found broken."""
        now, standing = self.system.now_ms, set()
        for rule, key, call, text in self._wrongs():
            standing.add(key)
            excused = max(self._excused.get(call, 0), self._told_to_go.get((call, key[2]), 0))
            since = max(self._since.setdefault(key, now), excused)
            if now - since > self.window_ms:
                self._break(rule, f"{text}, for {(now - since) / 1000:.0f} s")
        self._since = {key: since for key, since in self._since.items() if key in standing}
        if self.broken:
            raise self.broken[0]

    def _wrongs(self) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
        recorded = self._under_way()
        for call in self.system.floor.active_calls():
            for leg in call.of_role("supervisor"):
                phone = digits(leg.number)
                if (call.conf_id, phone) not in recorded:
                    of_leg = ("record", call.conf_id, leg.member_id)
                    yield "forgotten leg", of_leg, call.conf_id, f"member {leg.member_id} has no record under way"
                action = self._actions.get((call.conf_id, phone), "")
                for other in self._hearing(call, leg, action):
                    self._heard.add((call.conf_id, phone, other.member_id))
                    key = ("hears", call.conf_id, leg.member_id, other.member_id)
                    text = f"{other.role} {other.member_id} hears {action} {leg.member_id}"
                    yield "leak", key, call.conf_id, text

    def _hearing(self, call: Call, leg: Leg, action: str) -> list[Leg]:
        out = KEPT_OUT.get(action, set())
        return [one for one in call.legs.values() if one.role in out and audio.hears(one.voice, leg.voice)]

    def _under_way(self) -> set[tuple[str, str]]:
        return {(one["confId"], digits(one["to"])) for one in self._records()}

    def _records(self) -> list[dict[str, Any]]:
        """The supervisions that are watched."""
        items = self.system.table.partition({"S": "OPEN"}, None)
        return [json.loads(item["data"]["S"]) for item in items if "data" in item]

    def _recorded(self, conf_id: str, phone: str) -> tuple[str, str]:
        """The action of the supervision under way of this phone, and the follow that it is for."""
        items = self.system.table.partition({"S": "OPEN"}, None)
        records = [json.loads(item["data"]["S"]) for item in items if "data" in item]
        [(action, follow)] = {
            (str(one["action"]), str(one["follow"]))
            for one in records
            if one["confId"] == conf_id and digits(one["to"]) == phone and one["state"] in ("dialing", "joined")
        }
        return action, follow

    def _is_busy(self, conf_id: str, phone: str) -> bool:
        """Whether a phone is in another call, as its record has it and as it is."""
        items = self.system.table.partition({"S": "OPEN"}, None)
        records = [json.loads(item["data"]["S"]) for item in items if "data" in item]
        others = [
            one["confId"]
            for one in records
            if one["confId"] != conf_id and digits(one["to"]) == phone and one["state"] == "joined"
        ]
        legs = [leg for other in others for leg in self._legs(other)]
        return any(leg.role == "supervisor" and digits(leg.number) == phone for leg in legs)

    def _given_up(self, conf_id: str, phone: str) -> bool:
        """Whether a supervisor gave up the ringing of this phone: it may be asked in again while it rings."""
        of_phone = [one for one in self._records() if one["confId"] == conf_id and digits(one["to"]) == phone]
        return any(one["how"] == "given_up" for one in of_phone)

    def _asked(self, invocation: Invocation, method: str, path: str, body: Any) -> None:
        self._doing[invocation.name] = invocation
        found = MEMBER.fullmatch(path)
        if method != "DELETE" or not found:
            return
        conf_id, member = found.groups()
        self._told_to_go[conf_id, member] = self.system.now_ms
        self._looked.discard(id(invocation))
        self.note(f"  {invocation.name}: disconnect {member}")
        if not self.system.floor.is_active(conf_id) or invocation.function.id == "Hangup":
            return
        call = self.system.floor.call(conf_id)
        leg = call.legs.get(member)
        if leg is None or leg.role == "supervisor":
            return
        if leg.role != "agent" or not call.of_role("supervisor"):
            self._break("left alone", f"{leg.role} {member} is disconnected by {invocation.name}")

    def _answered(self, invocation: Invocation, method: str, path: str, answer: Answer | None) -> None:
        if method != "GET" or not path.endswith("/conference"):
            return
        body = answer.body if answer is not None and answer.status == 200 else b""
        if body:
            self._looked.add(id(invocation))
        for call in self.system.floor.active_calls():
            if not _is_true(call, body):
                self._excused[call.conf_id] = self.system.now_ms
            if call.conf_id.encode() in body:
                of_reading, listed = (id(invocation), call.conf_id), {one for one in call.legs if _is_listed(one, body)}
                self._shown[of_reading] = listed
                named_alone = any(not one.described and one.member_id not in listed for one in call.legs.values())
                (self._blind.add if named_alone else self._blind.discard)(of_reading)
        for _ in self._wrongs():
            pass  # who is heard by whom now, is what this reading can show

    def _dialled(self, name: str, conf_id: str, to: str, kept_from: frozenset[str]) -> None:
        invocation, now = self._doing[name], self.system.now_ms
        phone = digits(to)
        follows = invocation.function.id == "WatchCalls"
        action, follow = self._recorded(conf_id, phone) if follows else (_action_of(invocation), None)
        self.note(f"  {name}: dial {action} {to[-2:]}, kept from {sorted(kept_from)}")
        # Where lists are as they should be, a follow that begins knows the calls that an earlier one dialled for.
        of = "a follow" if self.truthful else f"follow {follow}"
        once = f"{of} of {phone}, call {conf_id}" if follows else name
        self._dials[once] += 1
        self._rings_of[conf_id, phone] += 1
        if self._dials[once] > 1:
            self._break("second dial", f"{once} dials again")
        if follows and self.truthful and self._is_busy(conf_id, phone):
            self._break("second dial", f"{to} is followed to {conf_id[:4]}, and rings for another call or is in one")
        call = self.system.floor.call(conf_id)
        rings = any(digits(dial.to) == phone for dial in self.system.floor.ringing(conf_id))
        rung = self._rung.get((conf_id, phone), 0)
        # Whose clock is wrong may take a dial of a moment ago for one that was not answered, or that is yet to come.
        sure = self.truthful and not self._is_a_clock_wrong()
        if sure and rings and now - rung < RINGS_MS and not self._given_up(conf_id, phone):
            self._break("second dial", f"{to} rings for this call already")
        if sure and any(digits(leg.number) == phone for leg in call.of_role("supervisor")):
            self._break("second dial", f"{to} is in this call already")
        self._rung[conf_id, phone] = 0 if self._is_a_clock_wrong() else now
        self._actions[conf_id, phone] = action
        if (conf_id, phone) not in self._under_way():
            self._break("forgotten leg", f"{to} is dialled, and nothing of it is on record")
        shown = self._shown.get((id(invocation), conf_id), set())
        for member in shown:
            leg = call.legs.get(member)
            if leg and leg.role in KEPT_OUT.get(action, ()) and member not in kept_from:
                self._break("leak", f"{action} is dialled, and {leg.role} {member} is not kept out")
        if action in KEPT_OUT and (id(invocation), conf_id) in self._blind:
            self._break("leak", f"{action} is dialled, and Ytel has not said who all is on the call")
        if action == "whisper" and not kept_from:
            self._break("leak", "a whisper is dialled, and nobody is kept out")
        # Of those that it was shown: one may have gone since.
        agents = {member for member in shown if call.leg(member).role == "agent"}
        if action == "whisper" and agents and agents <= kept_from:
            self._break("heard by nobody", "a whisper is dialled that the agent is kept from")

    def _is_a_clock_wrong(self) -> bool:
        return any(one.ahead_ms for one in self.system.functions.environments())

    def _told(self, detail_type: str, detail: dict[str, Any]) -> None:
        data, id_ = detail["data"], detail["metadata"]["id"]
        self.note(f"  told {detail_type} {data.get('action') or data.get('confId', '')[:4]} {data.get('how') or ''}")
        text = json.dumps([detail_type, data], sort_keys=True)
        if self._events.setdefault(id_, text) != text:
            self._break("told wrongly", f"{detail_type} {id_} is told with other data: {self._events[id_]} and {text}")
        if detail_type == "Call Hung Up":
            self._are_gone(data["confId"], data["hungUp"], "Call Hung Up tells of")
        if detail_type == "Supervision Exposed" and self.truthful:
            self._is_exposed(data)
        if detail_type == "Supervision Ended" and self.truthful:
            conf_id, phone = data["confId"], digits(data["to"])
            others = {member for one in self._records() if one["id"] != data["id"] for member in one["legs"]}
            for leg in self._legs(conf_id):
                if leg.role != "supervisor" or digits(leg.number) != phone or leg.member_id in others:
                    continue
                if leg.joined_at <= min(data["endedAt"] or 0, self.system.now_ms):
                    self._break("told wrongly", f"Supervision Ended, and {leg.member_id} is on the call")
        if detail_type == "Call Ended" and self.truthful and self.system.floor.is_active(data["confId"]):
            self._break("told wrongly", f"Call Ended of {data['confId'][:4]}, which goes on")

    def _replied(self, asked: Asked) -> None:
        said = asked.answer if isinstance(asked.answer, dict) else {}
        self.note(f"  {asked.name}: {asked.status} {said.get('code', '')}")
        struck = asked.invocation is not None and asked.invocation.struck
        if asked.status == 500 and not struck:
            self._break("unforeseen", f"{asked.name} answers 500: {asked.invocation and asked.invocation.error!r}")
        if asked.status == 200 and asked.route.endswith("/hangup"):
            self._are_gone(said["confId"], said["hungUp"], f"{asked.name} says hung up")
        if asked.status == 504 and asked.route.endswith("/hangup") and self._could_see(asked):
            self._break("answered wrongly", f"{asked.name} says that it is not known, and a reading had told")
        rung = asked.status != 202 or (said["confId"], digits(said["to"])) in self._rung
        if not rung and asked.route.startswith("POST"):
            self._break("answered wrongly", f"{asked.name} answers 202, and no phone was rung")
        if asked.status == 200 and asked.route == "GET /calls":
            self._is_the_list(asked, said)
        if said.get("code") == "call_not_found" and self.truthful:
            conf_id = asked.parameters.get("confId", "")
            if self.system.floor.is_active(conf_id) and self.system.floor.call(conf_id).created < asked.at_ms - 3000:
                self._break("answered wrongly", f"{asked.name} knows no call {conf_id[:4]}, which goes on")

    def _is_the_list(self, asked: Asked, said: dict[str, Any]) -> None:
        """Every call that began before the reading and goes on is listed."""
        if not self.truthful or said["stale"] or not said.get("complete", True):
            return
        listed = {row["confId"] for row in said["calls"]}
        for call in self.system.floor.active_calls():
            if call.created < said["asOf"] and call.conf_id not in listed:
                self._break("answered wrongly", f"{asked.name} leaves out {call.conf_id[:4]}")

    def _could_see(self, asked: Asked) -> bool:
        """Whether a list came after the last disconnect, where nothing but disconnects goes wrong."""
        if not self.truthful:
            return False
        turned = (name.partition(".")[0] for name in self.system.ytel.knobs.turned())
        return {*turned} <= {"disconnects", "phones"} and id(asked.invocation) in self._looked

    def _is_exposed(self, data: dict[str, Any]) -> None:
        """Somebody hears, or has heard, what was not meant for them; or that cannot be known.

        Two legs may claim to be the agent's, or none that is; and of two dials of one phone nobody can tell which was
        answered.
        """
        call = next((one for one in self.system.floor.every_call() if one.conf_id == data["confId"]), None)
        phone = digits(data["to"])
        if self._rings_of[data["confId"], phone] > 1:
            return
        if call is not None and any(digits(leg.number) == phone for leg in call.lingering.values()):
            return  # it has left, and is listed all the same
        heard = any((data["confId"], phone, member) in self._heard for member in data["exposedBy"])
        if call is not None and any(_is_unproven(call.legs.get(member)) for member in data["exposedBy"]):
            return
        if not heard and call is not None and "?" not in data["exposedBy"] and len(call.of_role("agent")) < 2:
            by = [call.legs[member].role for member in data["exposedBy"] if member in call.legs]
            self._break("thrown out", f"{data['to'][-2:]} is exposed by {data['exposedBy']} {by}, who never heard")

    def _failed(self, invocation: Invocation) -> None:
        self.note(f"  {invocation.name} fails: {invocation.error!r}")

    def _are_gone(self, conf_id: str, members: list[str], what: str) -> None:
        still = [leg.member_id for leg in self._legs(conf_id) if leg.member_id in members]
        if still:
            self._break("told wrongly", f"{what} {still}, who are on the call")

    def _legs(self, conf_id: str) -> list[Leg]:
        floor = self.system.floor
        return list(floor.call(conf_id).legs.values()) if floor.is_active(conf_id) else []

    def _break(self, rule: str, text: str) -> None:
        self.note(f"! {rule}: {text}")
        self.broken.append(Broken(rule, text))


def _action_of(invocation: Invocation) -> str:
    """What a dial of this invocation is for."""
    detail = invocation.event.get("detail")
    if isinstance(detail, dict):
        return str(detail.get("toAction") or detail.get("action"))
    if invocation.event["routeKey"].startswith("PATCH"):
        return str(json.loads(invocation.event["body"])["action"])
    return str(invocation.event["rawPath"]).rpartition("/")[2]


def _is_unproven(leg: Leg | None) -> bool:
    """Whether a leg is an agent's and shows nothing that says so."""
    return leg is not None and leg.role == "agent" and leg.channel == leg.caller_id == TRUNK


def _is_listed(member_id: str, body: bytes) -> bool:
    return f'"{member_id}":'.encode() in body


def _is_true(call: Call, body: bytes) -> bool:
    """Whether a list shows a call and each of its legs, and which of them are supervisors'."""
    if call.status != "active" or call.conf_id.encode() not in body:
        return False
    return all(
        _is_listed(leg.member_id, body) and (leg.role != "supervisor" or leg.raw is AS_IT_IS)
        for leg in call.legs.values()
    )
