"""The store of a floor: conferences by id, and how members come to them and leave them."""

import random
import uuid

from tests.harness.fake_ytel import audio
from tests.harness.fake_ytel.calls import Call, Leg
from tests.harness.fake_ytel.knobs import Knobs
from tests.harness.fake_ytel.timeline import Clock, Timeline, wall_clock

ENDED_CALLS_KEPT = 2_000
FIRST_MEMBER_ID = 995  # so that ids soon grow a digit: as texts, "1000" comes before "999"


class Conferences(Timeline):
    """Conferences that run, and the last that have ended. Ids and misfortunes are drawn apart, each from the seed."""

    def __init__(self, clock: Clock = wall_clock, seed: int = 1, knobs: Knobs | None = None) -> None:
        super().__init__(clock)
        self.knobs = knobs or Knobs()
        self.dice = random.Random(f"misfortunes {seed}")
        self._calls: dict[str, Call] = {}
        self._ended: dict[str, Call] = {}
        self._fading: dict[str, Call] = {}
        self._random = random.Random(seed)
        self._next_member_id = FIRST_MEMBER_ID
        self.account = self.new_id()

    def new_id(self) -> str:
        """A UUID's text, the same for the same seed."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def new_member_id(self) -> str:
        self._next_member_id += 1
        return str(self._next_member_id - 1)

    def member_id_seen(self, member_id: str) -> None:
        """Ids given from now on come after this one."""
        if member_id.isdecimal():
            self._next_member_id = max(self._next_member_id, int(member_id) + 1)

    def call(self, conf_id: str) -> Call:
        """A call that runs, or that has ended."""
        with self.turn():
            found = self._calls.get(conf_id) or self._ended.get(conf_id)
            if found is None:
                raise KeyError(f"no call {conf_id} on this floor")
            return found

    def every_call(self) -> list[Call]:
        """Calls that run, and the last that have ended."""
        with self.turn():
            return [*self._calls.values(), *self._ended.values()]

    def listed_calls(self) -> list[Call]:
        """What a list shows now: calls that run, and those that are over and linger; not those that are hidden."""
        with self.turn():
            calls = list(self._calls.values()) + list(self._fading.values())
            shown = [call for call in calls if not call.hidden]
            for call in calls:
                call.hidden = max(0, call.hidden - 1)
            return shown

    def hide(self, conf_id: str, times: int = 1) -> None:
        """Leave a call that runs out of the next `times` readings of a list's page."""
        with self.turn():
            self._calls[conf_id].hidden = times

    def end_call(self, conf_id: str, lingers: float = 0.0) -> None:
        """The call is over: everyone has left. Nothing of it is listed, or, for `lingers` seconds, all of it."""
        with self.turn():
            call = self._calls.pop(conf_id, None)
            if call is None:
                return
            if lingers:
                self._linger(call, call.legs, lingers)
            call.gone |= call.legs
            call.legs = {}
            call.changed()
            self._ended[conf_id] = call
            if call.lingering:
                self._fading[conf_id] = call
            while len(self._ended) > ENDED_CALLS_KEPT:
                del self._ended[next(iter(self._ended))]
            self._call_ended(call)

    def leave(self, conf_id: str, member_id: str, lingers: float = 0.0) -> bool:
        """A member leaves. With nobody left but supervisors the call is over. False where it was not in the call.

        For `lingers` seconds it is listed all the same.
        """
        with self.turn():
            call = self._calls.get(conf_id)
            leg = call.legs.pop(member_id, None) if call else None
            if call is None or leg is None:
                return False
            call.gone[member_id] = leg
            if lingers:
                self._linger(call, {member_id: leg}, lingers)
            self._notice(call)
            if len(call.of_role("supervisor")) == len(call.legs):
                self.end_call(conf_id, lingers)
            return True

    def _linger(self, call: Call, legs: dict[str, Leg], seconds: float) -> None:
        call.lingering |= legs

        def fade() -> None:
            call.lingering = {key: leg for key, leg in call.lingering.items() if key not in legs}
            if not call.lingering:
                self._fading.pop(call.conf_id, None)
            call.changed()

        self.after(seconds, fade)

    def _seat(self, call: Call, leg: Leg) -> str:
        call.legs[leg.member_id] = leg
        self._notice(call)
        self._seated(call, leg)
        return leg.member_id

    def _seated(self, call: Call, leg: Leg) -> None:
        """What else comes of a member's joining."""

    def _notice(self, call: Call) -> None:
        """After a change of the call: who hears each supervisor now is noted for good."""
        voices = [leg.voice for leg in call.legs.values()]
        for leg in call.of_role("supervisor"):
            call.heard_by.setdefault(leg.member_id, set()).update(audio.who_hears(leg.voice, voices))
        call.changed()

    def _call_ended(self, call: Call) -> None:
        """What else ends with a call."""
