"""A floor, and the product's own rules and records on it, in one process: what sequences of events are played on."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from supervision.actions.call_reader import CallReader
from supervision.actions.dial import DialRequest, Supervise
from supervision.actions.guard import Guard
from supervision.actions.hang_up import HangUp
from supervision.actions.leave import Leave
from supervision.base.settings import DialSettings
from supervision.rules.absence import Absence
from supervision.rules.caller import Caller
from supervision.rules.calls import is_active
from supervision.rules.conferences import of_plain
from supervision.rules.fresh import FreshConference
from supervision.rules.legs import User
from supervision.rules.scopes import SCOPES
from supervision.table.outbox import Outbox
from supervision.table.repository import Supervisions
from supervision.ytel.client import ConferenceList
from tests.harness.fake_ytel.calls import Role, digits
from tests.harness.fake_ytel.floor import Floor
from tests.harness.fake_ytel.timeline import ManualClock

PHONES = [f"+1212555010{n}" for n in range(4)]
CUSTOMERS: tuple[Role, ...] = ("contact", "third")


@dataclass
class DirectYtel:
    """The floor as the Ytel client would show it, without the way over HTTP; watches what is dialled."""

    floor: Floor
    dialled: list[tuple[str, str, frozenset[str]]] = field(default_factory=list)

    def conferences(self) -> ConferenceList:
        """All of them; reading takes a moment."""
        self.floor.move_clock(0.001)
        return ConferenceList(
            [of_plain(call.wire()) for call in self.floor.active_calls()], Absence.PROVEN, self.floor.now
        )

    def conference(self, conf_id: str) -> FreshConference | None:
        """One of them."""
        read = self.conferences()
        return next(
            (
                FreshConference(conf_id, one, read.read_at)
                for one in read.conferences
                if is_active(one) and one.confId == conf_id
            ),
            None,
        )

    def bring_in(self, conf_id: str, *, caller: str, to: str, mute: bool, no_speak_to: Sequence[str]) -> None:
        """Rings the phone; asking for a phone that rings for this call, or is in it, is what must never happen."""
        ringing = [dial for dial in self.floor.ringing(conf_id) if digits(dial.to) == digits(to)]
        assert not ringing, f"{to} was dialled twice"
        assert not self.floor.is_in(conf_id, to), f"{to} was dialled while in the call"
        self.floor.dial(conf_id, to, caller, no_speak_to, mute)
        self.dialled.append((conf_id, to, frozenset(no_speak_to)))

    def disconnect(self, conf_id: str, member_id: str) -> None:
        """Takes a member out."""
        self.floor.leave(conf_id, member_id)


@dataclass
class KnownUsers:
    """The floor's users."""

    floor: Floor

    def find(self, client_id: str) -> User | None:
        """The last of that client id."""
        found = [user for user in self.floor.users if user.client_id == client_id]
        return User(client_id, found[-1].name, found[-1].number) if found else None

    def by_id(self) -> dict[str, User]:
        """All."""
        return {user.client_id: User(user.client_id, user.name, user.number) for user in self.floor.users}

    def numbers(self) -> Collection[str]:
        """Their numbers."""
        return {user.number for user in self.floor.users}


class NoList:
    """In place of the held list, which these sequences do not look at."""

    def out_of_date(self) -> None:
        """Nothing is held."""


class World:
    """One floor and one installation; `steps` tells what was played, for the reader of a failure."""

    def __init__(self, table: str, clock: ManualClock, seed: int) -> None:
        self.random = random.Random(seed)
        self.floor = Floor(clock, seed, auto_answer_after=None, ring_seconds=30)
        self.ytel = DirectYtel(self.floor)
        self.clock = clock
        self.steps: list[str] = []
        users: Any = KnownUsers(self.floor)
        ytel: Any = self.ytel
        no_list: Any = NoList()
        outbox = Outbox(table, "supervision")
        self.supervisions = Supervisions(table, 400, outbox)
        self.guard = Guard(self.supervisions, ytel, drop_exposed=True)
        self.users = users
        reader = CallReader(ytel, users, self.guard)
        self.supervise = Supervise(reader, self.supervisions, no_list, DialSettings(dials_per_minute=10_000), table)
        self.hang_up = HangUp(reader, outbox, no_list)
        self.leave = Leave(reader, self.supervisions, no_list)
        self.caller = Caller("sequences", SCOPES)

    def request(self, action: Any, conf_id: str, to: str) -> DialRequest:
        """A supervisor's request."""
        return DialRequest(action, conf_id, to, self.caller, "sequence")

    def look(self) -> None:
        """A fresh reading of the floor, as any page or the watcher causes one."""
        self.guard.look(self.ytel.conferences(), self.users.by_id())
