"""A floor that lives: calls begin, run and end by themselves.

Everything hangs on the floor's clock and one seed, so the same seed makes the same day, however often it is looked at.
"""

import random

from tests.harness.fake_ytel.floor import Direction, Floor, Proof
from tests.harness.fake_ytel.users import User

AGENTS = [
    ("Ann", "Lee"),
    ("Marcus", "Webb"),
    ("Priya", "Raman"),
    ("Tomás", "Ortega"),
    ("Grace", "Okafor"),
    ("Dmitri", "Volkov"),
    ("Hannah", "Stein"),
    ("Kenji", "Mori"),
    ("Leila", "Haddad"),
    ("Owen", "Fitzgerald"),
    ("Sofia", "Lindqvist"),
    ("Jamal", "Carter"),
]
SUPERVISORS = [("Robin", "Vale", "+12125550142"), ("Dana", "Brooks", "+12125550143")]
# Seconds that each call at the start has run already; the last is over twenty minutes.
RUNNING_AT_START = (8, 35, 64, 110, 190, 275, 1_340)
# Phones are answered after 2 to 40 seconds, or not at all; those of the floor's own supervisors, with whom a person
# tries it, after a few.
ANSWER_AFTER_SECONDS = 2.0
ANSWER_SPREAD_SECONDS = 38.0
DECLINED = 0.1
FREE_AGENTS = 2


class Living:
    """Keeps a floor going from the moment it is made."""

    def __init__(self, floor: Floor, seed: int = 1) -> None:
        self._floor = floor
        self._random = random.Random(seed)
        phones = floor.knobs.phones
        phones.answers_after = ANSWER_AFTER_SECONDS
        phones.spread_seconds = ANSWER_SPREAD_SECONDS
        phones.declines = DECLINED
        with floor.turn():
            self._agents = [
                floor.add_user(first, last, f"+12125550{101 + nth}") for nth, (first, last) in enumerate(AGENTS)
            ]
            for first, last, number in SUPERVISORS:
                floor.add_user(first, last, number)
                floor.set_phone(number, self._random.uniform(2, 4))
            for seconds in RUNNING_AT_START:
                self._begin(self._free_agent(), ran_for=seconds)
            self._begin(self._free_agent(), proof=None, ran_for=50)  # an agent whose leg proves nothing
            self._begin(None, ran_for=90)  # an agent that is no user
            self._next_call()

    def _next_call(self) -> None:
        self._floor.after(self._random.uniform(2, 8), self._call_comes)

    def _call_comes(self) -> None:
        odds = self._random.random()
        agent = self._free_agent()
        if odds < 0.04:
            self._begin(None)
        elif agent:
            self._begin(agent, proof=None if odds < 0.1 else "callerId" if odds < 0.25 else "channelName")
        self._next_call()

    def _begin(self, agent: User | None, proof: Proof = "channelName", ran_for: int = 0) -> None:
        draw = self._random
        direction: Direction = "inbound" if draw.random() < 0.6 else "outbound"
        conf_id = self._floor.add_call(
            agent, direction=direction, proof=proof, created=self._floor.now - ran_for * 1000
        )
        lasts = draw.triangular(20, 300, 60)
        if ran_for:
            lasts = max(20.0, lasts - ran_for)
        self._floor.after(lasts, lambda: self._floor.end_call(conf_id))
        if draw.random() < 0.15:
            joins = lasts * draw.uniform(0.2, 0.6)
            self._floor.after(joins, lambda: self._third_joins(conf_id, stays=lasts / 4))

    def _third_joins(self, conf_id: str, stays: float) -> None:
        if self._floor.is_active(conf_id):
            member_id = self._floor.join(conf_id, "third")
            self._floor.after(stays, lambda: self._floor.leave(conf_id, member_id))

    def _free_agent(self) -> User | None:
        """An agent on no call, while enough others stay free."""
        busy = {call.details["client_id"] for call in self._floor.active_calls()}
        free = [agent for agent in self._agents if agent.client_id not in busy]
        return self._random.choice(free) if len(free) > FREE_AGENTS else None
