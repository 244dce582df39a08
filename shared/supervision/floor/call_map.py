"""The rows of the newest reading, and what each was made of: what is as it was is not mapped again. Pure.

What a call's row shows follows from its conference, its agent, its supervisors, the agent's call for help and the name
of its contact. A conference never changes once it is read, and is kept as long as Ytel's bytes for it are the same; all
the others are compared by value, on every reading. What is not on the newest reading is forgotten.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import batched
from operator import attrgetter
from typing import Any

from supervision.base.fast_json import dumps
from supervision.floor.active_call import ActiveCall, Mapped, call_of, marks_of
from supervision.floor.rows import row_lines
from supervision.rules.calls import is_active
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference
from supervision.rules.ids import id_key
from supervision.rules.legs import User
from supervision.rules.ordinary import ordinary_row

# Of more changes than this part of the calls, all are put in order anew.
MANY = 8
# So many are rendered at once: what is at hand for that stays in the processor's cache.
AT_ONCE = 256


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
        self._calls_of: dict[str, int] = {}  # how many calls each agent is on
        self._user_of: dict[str, User | None] = {}
        self._of_key: dict[str, set[ActiveCall]] | None = None
        self._marked: set[ActiveCall] = set()
        self._unmapped: dict[ActiveCall, None] = {}  # in Ytel's order, in which they lie in memory

    @property
    def documents(self) -> list[bytes]:
        """The conference of each call as one line of JSON."""
        return [*map(attrgetter("conference.document"), self.calls)]

    @property
    def agents(self) -> AbstractSet[str]:
        """The `id_key` of each agent's client id that an active call names."""
        return self._calls_of.keys()

    @property
    def agents_missing(self) -> bool:
        """Whether one of them is no user."""
        return None in self._user_of.values()

    def take(self, conferences: Sequence[Conference]) -> None:
        """Takes in a reading: its conferences, each of another id. What is new in it is to be mapped."""
        known = self._known
        new = [one for one in conferences if one not in known] if known else conferences
        gone: Iterable[Conference] = ()
        if len(known) + len(new) != len(conferences):
            here = set(conferences)
            gone = [one for one in known if one not in here]
        left = [call for one in gone if (call := self._forget(one)) is not None]
        came = self._meet(new)
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
        self._unmapped |= dict.fromkeys(came)

    def map(
        self,
        users: Mapping[str, User],
        supervisors: Mapping[str, Sequence[Supervisor]],
        helps: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Maps each call that is new, or of which something is not what it was: after it each call is mapped.

        `users` are by the `id_key` of their client id, the others by that of their call.
        """
        self._look_up(users)
        marked = self._with_keys(supervisors.keys() | helps.keys())
        changed = self._map_ordinary(marked)
        due = self._marked | marked
        if len(changed) < len(self._unmapped):
            due |= self._unmapped.keys() - set(changed)
        for call in due:
            user, was = self._user_of.get(call.agent), call.mapped
            own = tuple(supervisors.get(call.key, ()))
            marks = marks_of(own, helps.get(call.key))
            if was is None or (was.user, was.supervisors, was.marks) != (user, own, marks):
                self._render(call, user, own, marks, was.contact if was else None)
                changed.append(call)
        self._show(changed)
        self._marked = marked
        self._unmapped = {}

    def name(self, contacts: Iterable[tuple[ActiveCall, Mapping[str, Any]]]) -> None:
        """Shows the contacts on the rows of their calls."""
        named = []
        for call, contact in contacts:
            if (was := call.mapped) is not None:
                self._render(call, was.user, was.supervisors, was.marks, dumps(contact))
                named.append(call)
        self._show(named)

    def _meet(self, conferences: Iterable[Conference]) -> list[ActiveCall]:
        """Takes in conferences that are new; the calls among them."""
        came, known, calls_of = [], self._known, self._calls_of
        for conference in conferences:
            if not is_active(conference):
                known[conference] = None
                if isinstance(conference.confId, str):
                    self.others.add(conference.confId)
                continue
            call = known[conference] = call_of(conference)
            came.append(call)
            if call.agent:
                calls_of[call.agent] = calls_of.get(call.agent, 0) + 1
        if self._of_key is not None:
            for call in came:
                self._index(call, self._of_key)
        return came

    def _forget(self, conference: Conference) -> ActiveCall | None:
        call = self._known.pop(conference)
        if call is None:
            self.others.discard(conference.confId)
            return None
        if call.agent:
            self._calls_of[call.agent] -= 1
            if not self._calls_of[call.agent]:
                del self._calls_of[call.agent]
                self._user_of.pop(call.agent, None)
        if self._of_key is not None:
            self._of_key[call.key].discard(call)
            if not self._of_key[call.key]:
                del self._of_key[call.key]
        self.odd.pop(conference.confId, None)
        self._marked.discard(call)
        self._unmapped.pop(call, None)
        return call

    def _map_ordinary(self, marked: AbstractSet[ActiveCall]) -> list[ActiveCall]:
        """Maps, of the calls to be mapped that nobody supervises, those that are new and ordinary; which they are."""
        user_of, mapped = self._user_of.get, []
        for some in batched(self._unmapped, AT_ONCE, strict=False):
            calls, rows = [], []
            for call in some:
                if call.mapped is None and call not in marked:
                    row = ordinary_row(call.conference, call.place[0], user_of(call.agent))
                    if row is not None:
                        calls.append(call)
                        rows.append(row)
            for call, line in zip(calls, row_lines(rows), strict=True):
                call.oddities, call.mapped = (), Mapped(line, user_of(call.agent))
            mapped += calls
        return mapped

    def _look_up(self, users: Mapping[str, User]) -> None:
        """Finds each agent's user. The calls of one who is no longer the user that it was are to be mapped again."""
        changed = {key for key, user in self._user_of.items() if users.get(key) != user}
        new = [key for key in self._calls_of if key not in self._user_of]
        self._user_of |= {key: users.get(key) for key in (*new, *changed)}
        if changed:
            self._unmapped |= {call: None for call in self.calls if call.agent in changed}

    def _put_in_order(self) -> None:
        self.calls = sorted(filter(None, self._known.values()), key=attrgetter("place"))
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

    def _render(self, call: ActiveCall, *made_of: Any) -> None:
        call.render(*made_of)
        if call.oddities:
            self.odd[call.conference.confId] = call.oddities

    def _show(self, changed: Sequence[ActiveCall]) -> None:
        """Puts the rows of these calls where they stand."""
        if MANY * len(changed) > len(self.calls):
            self.lines = [call.line for call in self.calls]
        else:
            for call in changed:
                self.lines[self._place_of(call)] = call.line
