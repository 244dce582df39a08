"""Lists of a floor that changes, as Ytel answers them, and what the functions make of them, without a network."""

import json
import random
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from supervision.base import clock
from supervision.floor.floor import Floor, Looked, Upstream
from supervision.rules.absence import Absence
from supervision.rules.calls import users_by_id
from supervision.rules.conferences import loads_list
from supervision.rules.held_conferences import HeldConferences
from supervision.rules.legs import User
from supervision.ytel.answers import read_answer
from supervision.ytel.readings import ConferenceList
from tests.bench.floor_data import ytel_floor


class Floors:
    """A floor of `size` calls and users, and the lists that follow when `changed` of its calls change each time."""

    def __init__(self, size: int, changed: int, seed: int = 7) -> None:
        self.first, self.users_answer = ytel_floor(size, seed)
        self._changed, self._draw = changed, random.Random(seed)
        self._listed: Any = json.loads(self.first)

    @cached_property
    def users(self) -> dict[str, User]:
        """The users, as they are held."""
        return users_by_id(read_answer(200, self.users_answer, None, 0.0)["payload"])

    def answers(self) -> Iterator[bytes]:
        """One answer after the other, for ever."""
        payload = self._listed["payload"]
        while True:
            for place in self._draw.sample(range(len(payload)), self._changed):
                payload[place]["details"]["contact_id"] = f"{self._draw.getrandbits(128):032x}"
            yield json.dumps(self._listed).encode()


class Environment:
    """One function's environment: the floor, reading what `answer` is set to; its table is whatever `aws` gives."""

    def __init__(self, floors: Floors) -> None:
        self.answer = floors.first
        self._users, self._held = floors.users, HeldConferences()
        upstream = lambda: Upstream(self, self)  # noqa: E731
        self.floor = Floor("t", self, upstream, max_age_seconds=2.0, max_stale_seconds=30.0)

    def conferences(self) -> ConferenceList:
        """The list, read as the client reads it."""
        reading = self._held.reading()
        document = read_answer(200, self.answer, None, 0.0, lambda answer: loads_list(answer, reading.rows))
        reading.keep()
        found = {one.confId: one for one in document["payload"]}
        return ConferenceList([*found.values()], Absence.PROVEN, clock.now_ms())

    def look(self, *_: object) -> Looked:
        """Nobody supervises."""
        return Looked({}, lambda: None)

    def by_id(self, *_: object) -> dict[str, User]:
        """The users."""
        return self._users

    def complete(self) -> bool:
        """Whether they are all."""
        return True
