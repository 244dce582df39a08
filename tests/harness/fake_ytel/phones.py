"""Supervisors' phones: dialled into a call they ring, and are answered, declined, or left to ring."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tests.harness.fake_ytel.calls import Call, Leg, digits
from tests.harness.fake_ytel.conferences import Conferences
from tests.harness.fake_ytel.knobs import RING_SECONDS, Knobs
from tests.harness.fake_ytel.timeline import Clock, wall_clock

type DialState = Literal["ringing", "answered", "declined", "unanswered", "call ended"]


@dataclass
class Dial:
    """One request to bring a phone into a call, and what came of it."""

    conf_id: str
    to: str
    caller: str
    kept_from: frozenset[str]
    muted: bool
    at: int
    state: DialState = "ringing"
    member_id: str | None = None
    call_sid: str | None = None


class Phones(Conferences):
    """The phones that a floor rings.

    `auto_answer_after` is in seconds, 0 for at once, None for phones that wait for `answer`; `set_phone` says otherwise
    for one number. A phone that nobody answers stops ringing after `ring_seconds`. Both are knobs.
    """

    def __init__(
        self,
        clock: Clock = wall_clock,
        seed: int = 1,
        auto_answer_after: float | None = None,
        ring_seconds: float = RING_SECONDS,
        knobs: Knobs | None = None,
    ) -> None:
        super().__init__(clock, seed, knobs)
        if auto_answer_after is not None:
            self.auto_answer_after = auto_answer_after
        if ring_seconds != RING_SECONDS:
            self.ring_seconds = ring_seconds
        self.dials: list[Dial] = []
        self._answers_after: dict[str, float | None] = {}

    @property
    def auto_answer_after(self) -> float | None:
        return self.knobs.phones.answers_after

    @auto_answer_after.setter
    def auto_answer_after(self, seconds: float | None) -> None:
        self.knobs.phones.answers_after = seconds

    @property
    def ring_seconds(self) -> float:
        return self.knobs.phones.ring_seconds

    @ring_seconds.setter
    def ring_seconds(self, seconds: float) -> None:
        self.knobs.phones.ring_seconds = seconds

    def set_phone(self, number: str, answers_after: float | None) -> None:
        """How long this phone rings before it is answered; None: for ever."""
        self._answers_after[digits(number)] = answers_after

    def dial(
        self,
        conf_id: str,
        to: str,
        caller: str,
        kept_from: Iterable[str] = (),
        muted: bool = False,
        call_sid: str | None = None,
    ) -> Dial:
        """Ring a phone. Kept from members: those who, once it is answered, do not hear it.

        Its leg bears `call_sid`, or one of its own.
        """
        with self.turn():
            self._calls[conf_id]  # a dial into a call that does not run is an error of the caller's
            dial = Dial(conf_id, to, caller, frozenset(kept_from), muted, self.now, call_sid=call_sid)
            self.dials.append(dial)
            wait = self._wait(digits(to))
            if digits(to) not in self._answers_after and self.dice.random() < self.knobs.phones.declines:
                self.after(min(wait or 3, self.ring_seconds), lambda: self._stop(dial, "declined"))
            elif wait == 0:
                self._pick_up(dial)
            elif wait is not None and wait < self.ring_seconds:
                self.after(wait, lambda: self._pick_up(dial))
            self.after(self.ring_seconds, lambda: self._stop(dial, "unanswered"))
            return dial

    def ringing(self, conf_id: str | None = None) -> list[Dial]:
        """Phones that ring now, for one call or for any."""
        with self.turn():
            return [dial for dial in self.dials if dial.state == "ringing" and conf_id in (None, dial.conf_id)]

    def dialled(self, number: str) -> list[Dial]:
        """Every dial to a phone, whatever came of it."""
        with self.turn():
            return [dial for dial in self.dials if digits(dial.to) == digits(number)]

    def answer(self, conf_id: str, number: str, channel: str | None = None) -> str:
        """The phone is picked up: its id as a member. `channel`: its number as Ytel then writes it."""
        with self.turn():
            return self._pick_up(self._ringing(conf_id, number), channel)

    def decline(self, conf_id: str, number: str) -> None:
        """The phone is not picked up, and stops ringing."""
        with self.turn():
            self._stop(self._ringing(conf_id, number), "declined")

    def _wait(self, number: str) -> float | None:
        """Seconds until this phone is answered; None: never by itself."""
        if number in self._answers_after:
            return self._answers_after[number]
        phones = self.knobs.phones
        if phones.answers_after is None or not phones.spread_seconds:
            return phones.answers_after
        return phones.answers_after + self.dice.uniform(0, phones.spread_seconds)

    def _ringing(self, conf_id: str, number: str) -> Dial:
        for dial in self.ringing(conf_id):
            if digits(dial.to) == digits(number):
                return dial
        raise LookupError(f"the phone {number} is not ringing for call {conf_id}")

    def _pick_up(self, dial: Dial, channel: str | None = None) -> str:
        if dial.state != "ringing":
            return dial.member_id or ""
        dial.state = "answered"
        dial.member_id = self.new_member_id()
        return self._seat(
            self._calls[dial.conf_id],
            Leg(
                member_id=dial.member_id,
                role="supervisor",
                leg_id=self.new_id(),
                number=dial.to,
                channel=channel or dial.to,
                caller_id=dial.caller,
                called_number=dial.to,
                joined_at=self.now,
                kept_from=dial.kept_from,
                muted=dial.muted,
                call_sid=dial.call_sid,
            ),
        )

    def _stop(self, dial: Dial, state: DialState) -> None:
        if dial.state == "ringing":
            dial.state = state

    def _call_ended(self, call: Call) -> None:
        for dial in self.dials:
            if dial.conf_id == call.conf_id:
                self._stop(dial, "call ended")
