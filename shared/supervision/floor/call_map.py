"""The rows of the newest reading, and what each was made of: what is as it was is not mapped again. Pure.

What a call's row shows follows from its conference, its agent, its supervisors, the agent's call for help and the name
of its contact. A conference never changes once it is read, and is kept as long as Ytel's bytes for it are the same; all
the others are compared by value, on every reading. What is not on the newest reading is forgotten.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Any

from msgspec import Struct

from supervision.base.fast_json import dumps, loads
from supervision.floor.anomalies import oddities_of
from supervision.floor.rows import row_line
from supervision.floor.versions import row_digest, version
from supervision.rules.calls import client_id_of, created_time, is_active, row_of, shown_supervisor
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference
from supervision.rules.ids import id_key
from supervision.rules.legs import User, read_legs

# Of more changes than this part of the calls, all are put in order anew.
MANY = 8


class Mapped(Struct, frozen=True, eq=False, gc=False):
    """A row, and what it was made of beside its conference. `marks` is JSON of what the row shows of supervisors."""

    user: User | None
    supervisors: tuple[Supervisor, ...]
    marks: bytes
    contact: bytes | None
    line: bytes
    digest: int


class ActiveCall:
    """One active conference of the newest reading, and its row once it is `mapped`."""

    __slots__ = ("agent", "conference", "key", "mapped", "oddities", "place")

    def __init__(self, conference: Conference) -> None:
        self.conference = conference
        self.place: tuple[int, str] = (created_time(conference) or 0, conference.confId)
        client_id = client_id_of(conference)
        self.agent = id_key(client_id) if client_id else ""
        self.key = ""  # the `id_key` of its id, once it is asked for
        self.oddities: tuple[str, ...] | None = None
        self.mapped: Mapped | None = None

    @property
    def document(self) -> bytes:
        """The conference as one line of JSON."""
        return self.conference.line()

    @property
    def line(self) -> bytes:
        """The row; empty before it is mapped."""
        return self.mapped.line if self.mapped else b""


class CallMap:
    """The calls of the newest reading. `take` it, then `map` its calls; `name` those whose contact becomes known.

    `calls` and `lines` are the active calls and their rows, oldest first; `others` the ids of the conferences under
    another status; `odd` the oddities of each active call that has some.
    """

    def __init__(self) -> None:
        self.calls: list[ActiveCall] = []
        self.lines: list[bytes] = []
        self.others: set[str] = set()
        self.odd: dict[str, Sequence[str]] = {}
        self._known: dict[Conference, ActiveCall | None] = {}
        self._places: list[tuple[int, str]] = []
        self._of_agent: dict[str, set[ActiveCall]] = {}
        self._user_of: dict[str, User | None] = {}
        self._of_key: dict[str, set[ActiveCall]] | None = None
        self._marked: set[ActiveCall] = set()
        self._unmapped: set[ActiveCall] = set()
        self._total = 0

    @property
    def documents(self) -> list[bytes]:
        """The conference of each call as one line of JSON."""
        return [*map(attrgetter("conference.document"), self.calls)]

    @property
    def agents(self) -> AbstractSet[str]:
        """The `id_key` of each agent's client id that an active call names."""
        return self._of_agent.keys()

    @property
    def agents_missing(self) -> bool:
        """Whether one of them is no user."""
        return None in self._user_of.values()

    @property
    def version(self) -> str:
        """The version of the rows."""
        return version(self._total)

    def take(self, conferences: Sequence[Conference]) -> None:
        """Takes in a reading: its conferences, each of another id. What is new in it is to be mapped."""
        known = self._known
        new = [one for one in conferences if one not in known]
        gone: Iterable[Conference] = ()
        if len(known) + len(new) != len(conferences):
            here = set(conferences)
            gone = [one for one in known if one not in here]
        left = [call for one in gone if (call := self._forget(one)) is not None]
        came = [call for one in new if (call := self._meet(one)) is not None]
        if MANY * (len(left) + len(came)) > len(self.calls):
            self._put_in_order()
        else:
            for call in left:
                place = self._place_of(call)
                del self.calls[place], self.lines[place], self._places[place]
            for call in came:
                place = bisect_left(self._places, call.place)
                self.calls.insert(place, call)
                self.lines.insert(place, b"")
                self._places.insert(place, call.place)
        self._unmapped |= {*came}

    def map(
        self,
        users: Mapping[str, User],
        supervisors: Mapping[str, Sequence[Supervisor]],
        helps: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Maps each call that is new, or of which something is not what it was: after it each call is mapped.

        `users` are by the `id_key` of their client id, the others by that of their call.
        """
        for key, user in self._user_of.items():
            if users.get(key) != user:
                self._user_of[key] = users.get(key)
                self._unmapped |= self._of_agent[key]
        marked = self._with_keys(supervisors.keys() | helps.keys())
        changed = []
        due = self._unmapped | self._marked | marked
        # In the order in which they lie in memory, where they are many.
        for call in [call for call in self.calls if call in due] if MANY * len(due) > len(self.calls) else due:
            user, was = self._user_of.get(call.agent), call.mapped
            own = tuple(supervisors.get(call.key, ()))
            marks = _marks(own, helps.get(call.key))
            if was is None or (was.user, was.supervisors, was.marks) != (user, own, marks):
                self._render(call, user, own, marks, was.contact if was else None)
                changed.append(call)
        self._show(changed)
        self._marked = marked
        self._unmapped = set()

    def name(self, contacts: Iterable[tuple[ActiveCall, Mapping[str, Any]]]) -> None:
        """Shows the contacts on the rows of their calls."""
        named = []
        for call, contact in contacts:
            if (was := call.mapped) is not None:
                self._render(call, was.user, was.supervisors, was.marks, dumps(contact))
                named.append(call)
        self._show(named)

    def _meet(self, conference: Conference) -> ActiveCall | None:
        if not is_active(conference):
            self._known[conference] = None
            if isinstance(conference.confId, str):
                self.others.add(conference.confId)
            return None
        call = self._known[conference] = ActiveCall(conference)
        if call.agent in self._of_agent:
            self._of_agent[call.agent].add(call)
        elif call.agent:
            self._of_agent[call.agent] = {call}
            self._user_of[call.agent] = None
        if self._of_key is not None:
            self._index(call, self._of_key)
        return call

    def _forget(self, conference: Conference) -> ActiveCall | None:
        call = self._known.pop(conference)
        if call is None:
            self.others.discard(conference.confId)
            return None
        if call.agent:
            self._of_agent[call.agent].discard(call)
            if not self._of_agent[call.agent]:
                del self._of_agent[call.agent], self._user_of[call.agent]
        if self._of_key is not None:
            self._of_key[call.key].discard(call)
            if not self._of_key[call.key]:
                del self._of_key[call.key]
        self.odd.pop(conference.confId, None)
        self._marked.discard(call)
        self._unmapped.discard(call)
        self._total -= call.mapped.digest if call.mapped else 0
        return call

    def _put_in_order(self) -> None:
        self.calls = sorted((call for call in self._known.values() if call is not None), key=attrgetter("place"))
        self.lines = [call.line for call in self.calls]
        self._places = [call.place for call in self.calls]

    def _place_of(self, call: ActiveCall) -> int:
        place = bisect_left(self._places, call.place)
        while self.calls[place] is not call:
            place += 1
        return place

    def _with_keys(self, keys: AbstractSet[str]) -> set[ActiveCall]:
        """The calls of these `id_key`s."""
        if not keys:
            return set()
        if self._of_key is None:
            self._of_key = {}
            for call in self.calls:
                self._index(call, self._of_key)
        return {call for key in keys for call in self._of_key.get(key, ())}

    def _index(self, call: ActiveCall, of_key: dict[str, set[ActiveCall]]) -> None:
        call.key = id_key(call.conference.confId)
        of_key.setdefault(call.key, set()).add(call)

    def _render(
        self,
        call: ActiveCall,
        user: User | None,
        supervisors: tuple[Supervisor, ...],
        marks: bytes,
        contact: bytes | None,
    ) -> None:
        legs = read_legs(call.conference, user, supervisors)
        if call.oddities is None:
            call.oddities = oddities_of(call.conference, legs.members)
            if call.oddities:
                self.odd[call.conference.confId] = call.oddities
        help_ = loads(marks)[0] if marks else None
        row = row_of(call.conference, legs, supervisors, help_)
        if contact is not None:
            row["contact"] = loads(contact)
        line = row_line(row)
        mapped = Mapped(user, supervisors, marks, contact, line, row_digest(line))
        self._total += mapped.digest - (call.mapped.digest if call.mapped else 0)
        call.mapped = mapped

    def _show(self, changed: Sequence[ActiveCall]) -> None:
        """Puts the rows of these calls where they stand."""
        if MANY * len(changed) > len(self.calls):
            self.lines = [call.line for call in self.calls]
        else:
            for call in changed:
                self.lines[self._place_of(call)] = call.line


def _marks(supervisors: Sequence[Supervisor], help_: Mapping[str, Any] | None) -> bytes:
    """What the row shows of the supervisors and of the call for one, to the letter."""
    return dumps([help_, [shown_supervisor(one) for one in supervisors]]) if supervisors or help_ is not None else b""
