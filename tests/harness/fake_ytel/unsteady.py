"""What befalls members and calls by themselves: legs replaced, described late or wrongly, another status for a while.

A replaced leg is the same person under a new member id. Lists of ids do not follow it: the new leg is on nobody's
`noSpeakToList` and has none of its own. Everyone hears a supervisor's; an agent's or a contact's hears everyone.
"""

import json
from dataclasses import replace
from typing import Literal

from tests.harness.fake_ytel.calls import AS_IT_IS, Call, Leg
from tests.harness.fake_ytel.conferences import Conferences

type Description = Literal["unreadable", "empty", "null", "no channel", "another's number"]

TRUNK = "+12125550100"  # what a leg shows that proves nothing
ELSEWHERE = "+12125550199"  # a number of nobody on the floor
DESCRIPTIONS: tuple[Description, ...] = ("unreadable", "empty", "null", "no channel", "another's number")
OTHER_STATUSES = ("on-hold", "init", "transferring")


class Unsteady(Conferences):
    """A floor whose members come and go under other ids."""

    def replace(self, conf_id: str, member_id: str, gap: float = 0.0, *, overlaps: bool = False) -> str:
        """A member comes back under a new id, which is given here; `gap` seconds after it has left.

        With `overlaps` the new leg is there first, and the old one leaves `gap` seconds later.
        """
        with self.turn():
            call = self._calls[conf_id]
            old = call.legs[member_id]
            new = replace(
                old,
                member_id=self.new_member_id(),
                leg_id=self.new_id(),
                call_sid=None,
                kept_from=frozenset(),
                muted=False,
                described=True,
            )

            def come() -> None:
                if self._calls.get(conf_id) is call:
                    new.joined_at = self.now
                    self._seat(call, new)

            def go() -> None:
                self.leave(conf_id, member_id)

            first, second = (come, go) if overlaps or not gap else (go, come)
            first()
            if gap:
                self.after(gap, second)
            else:
                second()
            return new.member_id

    def describe(self, conf_id: str, member_id: str, how: Description | None) -> None:
        """From now on `memberData` says this of a member; None: the truth."""
        with self.turn():
            call = self._calls[conf_id]
            leg = call.legs[member_id]
            told = {
                "callSid": leg.call_sid or leg.leg_id,
                "channelName": leg.channel,
                "callerId": leg.caller_id,
                "calledNumber": leg.called_number,
            }
            match how:
                case None:
                    leg.raw = AS_IT_IS
                case "unreadable":
                    leg.raw = json.dumps(told)[:-9]
                case "empty":
                    leg.raw = ""
                case "null":
                    leg.raw = None
                case "no channel":
                    del told["channelName"]
                    leg.raw = json.dumps(told)
                case "another's number":
                    leg.raw = json.dumps(told | {"channelName": ELSEWHERE, "callerId": ELSEWHERE})
            call.changed()

    def undescribe(self, conf_id: str, member_id: str, seconds: float | None = None) -> None:
        """A member is named in `members`, and `memberData` says nothing of it; for some seconds, or for good."""
        with self.turn():
            call = self._calls[conf_id]
            leg = call.legs[member_id]
            leg.described = False
            call.changed()
            if seconds is not None:
                self.after(seconds, lambda: self._now_described(call, leg))

    def spoof(self, conf_id: str) -> None:
        """The contact's leg shows the agent's number, and the agent's the client id: each has a proof."""
        with self.turn():
            call = self._calls[conf_id]
            for leg in call.of_role("agent"):
                agent_number = leg.number
                leg.channel, leg.caller_id = TRUNK, call.details.get("client_id")
                for other in call.of_role("contact"):
                    other.channel = other.caller_id = agent_number
            call.changed()

    def set_status(self, conf_id: str, status: str, seconds: float | None = None) -> None:
        """The call goes on under another status, for some seconds or until it is set again."""
        with self.turn():
            call = self._calls[conf_id]
            before, call.status = call.status, status
            call.changed()
            if seconds is not None:
                self.after(seconds, lambda: self._status_back(call, status, before))

    def _seated(self, call: Call, leg: Leg) -> None:
        """What the knobs make of one who has joined."""
        legs, dice = self.knobs.legs, self.dice
        chance = {
            "agent": legs.agent_replaced,
            "supervisor": legs.supervisor_replaced,
            "contact": legs.contact_replaced,
        }.get(leg.role, 0.0)
        if chance and dice.random() < chance:
            self.after(dice.uniform(0, legs.replaced_within_seconds), lambda: self._replace_by_itself(call, leg))
        if leg.role != "supervisor" and legs.undescribed and dice.random() < legs.undescribed:
            self.undescribe(call.conf_id, leg.member_id)
        elif legs.described_after_seconds:
            self.undescribe(call.conf_id, leg.member_id, legs.described_after_seconds)
        wrong = legs.supervisor_misdescribed if leg.role == "supervisor" else legs.misdescribed
        if wrong and dice.random() < wrong and leg.raw is AS_IT_IS:
            self.describe(call.conf_id, leg.member_id, dice.choice(DESCRIPTIONS))
        if legs.spoofed and leg.role == "agent" and dice.random() < legs.spoofed:
            self.spoof(call.conf_id)
        self._maybe_other_status(call)

    def _maybe_other_status(self, call: Call) -> None:
        calls, dice = self.knobs.calls, self.dice
        if calls.other_status and dice.random() < calls.other_status:
            self.after(dice.uniform(0, 60), lambda: self._other_status(call))

    def _other_status(self, call: Call) -> None:
        if self._calls.get(call.conf_id) is call and call.status == "active":
            status = self.dice.choice(OTHER_STATUSES)
            self.set_status(call.conf_id, status, self.knobs.calls.other_status_seconds)

    def _replace_by_itself(self, call: Call, leg: Leg) -> None:
        if leg.member_id in call.legs and self._calls.get(call.conf_id) is call:
            legs = self.knobs.legs
            self.replace(call.conf_id, leg.member_id, legs.gap_seconds, overlaps=legs.overlaps)

    def _now_described(self, call: Call, leg: Leg) -> None:
        leg.described = True
        call.changed()

    def _status_back(self, call: Call, status: str, before: str) -> None:
        if call.status == status:
            call.status = before
            call.changed()
