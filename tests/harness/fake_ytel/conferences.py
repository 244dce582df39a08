"""The store of a floor: conferences by id, and how members come to them and leave them."""

import random
import uuid

from tests.harness.fake_ytel import audio
from tests.harness.fake_ytel.calls import Call, Leg
from tests.harness.fake_ytel.timeline import Clock, Timeline, wall_clock

ENDED_CALLS_KEPT = 2_000
FIRST_MEMBER_ID = 995  # so that ids soon grow a digit: as texts, "1000" comes before "999"


class Conferences(Timeline):
    """Conferences that run, and the last that have ended."""

    def __init__(self, clock: Clock = wall_clock, seed: int = 1) -> None:
        super().__init__(clock)
        self._calls: dict[str, Call] = {}
        self._ended: dict[str, Call] = {}
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

    def end_call(self, conf_id: str) -> None:
        """The call is over: everyone has left, nothing of it is listed."""
        with self.turn():
            call = self._calls.pop(conf_id, None)
            if call is None:
                return
            call.gone |= call.legs
            call.legs = {}
            call.changed()
            self._ended[conf_id] = call
            while len(self._ended) > ENDED_CALLS_KEPT:
                del self._ended[next(iter(self._ended))]
            self._call_ended(call)

    def leave(self, conf_id: str, member_id: str) -> bool:
        """A member leaves. With nobody left but supervisors the call is over. False where it was not in the call."""
        with self.turn():
            call = self._calls.get(conf_id)
            leg = call.legs.pop(member_id, None) if call else None
            if call is None or leg is None:
                return False
            call.gone[member_id] = leg
            self._notice(call)
            if len(call.of_role("supervisor")) == len(call.legs):
                self.end_call(conf_id)
            return True

    def _seat(self, call: Call, leg: Leg) -> str:
        call.legs[leg.member_id] = leg
        self._notice(call)
        return leg.member_id

    def _notice(self, call: Call) -> None:
        """After a change of the call: who hears each supervisor now is noted for good."""
        voices = [leg.voice for leg in call.legs.values()]
        for leg in call.of_role("supervisor"):
            call.heard_by.setdefault(leg.member_id, set()).update(audio.who_hears(leg.voice, voices))
        call.changed()

    def _call_ended(self, call: Call) -> None:
        """What else ends with a call."""
