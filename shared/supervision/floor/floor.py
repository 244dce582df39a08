"""The list of active calls, held in DynamoDB for every function, and read from Ytel by one of them at a time.

Each call is kept rendered, as the API answers it, and beside it its conference as Ytel gave it: a list is put together
from lines of JSON, and one call's conference is read only by who asks for that call.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from msgspec import Struct

from supervision.base import clock
from supervision.base.fast_json import loads
from supervision.base.observability import add_metric
from supervision.floor.anomalies import AnomalyLog, odd_list
from supervision.floor.content import Content
from supervision.floor.held_list import HeldList
from supervision.floor.history import with_step
from supervision.floor.stored import ListHead, NewList
from supervision.rules.absence import Absence
from supervision.rules.calls import Call
from supervision.rules.claims import Supervisor
from supervision.rules.legs import User
from supervision.table.shared_cache import CachePolicy, Generation, Read, SharedCache, Since

if TYPE_CHECKING:
    from supervision.floor.call_map import CallMap
    from supervision.floor.contacts import Contacts
    from supervision.ytel.readings import ConferenceList


class Source(Protocol):
    """Where conferences come from."""

    def conferences(self) -> "ConferenceList":
        """The account's conferences. Raises a YtelProblem."""


class Directory(Protocol):
    """Who the agents are."""

    def by_id(self, wanted: AbstractSet[str] = frozenset()) -> Mapping[str, User]:
        """The users by client id; those of `wanted` that are not known are asked for. Raises a YtelProblem."""

    def complete(self) -> bool:
        """Whether Ytel's list of them was not cut off."""


class Looked(NamedTuple):
    """What a reading makes of the supervisions: those under way, by the `id_key` of their call, and what is to be done.

    `settle` records, tells and drops, once the reading is published. It never raises.
    """

    supervisors: Mapping[str, Sequence[Supervisor]]
    settle: Callable[[], object]


class Look(Protocol):
    """What looks after the supervisions on every fresh reading."""

    def look(self, floor: "ConferenceList", users: Mapping[str, User]) -> Looked:
        """What the reading makes of the supervisions. Writes nothing."""


class Upstream(Struct, frozen=True):
    """What a fresh reading needs, built when it is needed: a function that only serves does not pay for it.

    `helps` gives the agents' calls for a supervisor that stand, by call. `changed` is told which calls of a list are
    new or not as they were, and when it was read, once it is published and its supervisions are looked after.
    """

    ytel: Source
    guard: Look
    helps: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    changed: Callable[[Sequence[Call], int], object] | None = None


class Held(Struct, frozen=True):
    """The floor as it is held: of a read that began at `as_of`. `stale` where Ytel did not give a newer one in time."""

    content: Content
    as_of: int
    stale: bool

    @property
    def rows(self) -> list[Call]:
        """The active calls as the API shows them, oldest first. Shared: not to be changed."""
        return self.content.rows

    @property
    def complete(self) -> bool:
        """Whether this may be taken for the whole floor; where not, Ytel's pages did not add up."""
        return self.content.complete

    @property
    def others(self) -> frozenset[str]:
        """Ids of the calls that Ytel lists under another status: they are not over."""
        return self.content.others

    @property
    def generation(self) -> str:
        """Changes whenever the content does."""
        return self.content.generation


class Floor:
    """The floor: at most `max_age_seconds` old, and while Ytel is down, stale until `max_stale_seconds`.

    `upstream` is called on the first reading this function makes itself. `contacts` are shown where they are given.
    """

    def __init__(
        self,
        table: str,
        users: Directory,
        upstream: Callable[[], Upstream],
        *,
        max_age_seconds: float,
        max_stale_seconds: float,
        contacts: "Contacts | None" = None,
    ) -> None:
        max_age, max_stale = int(max_age_seconds * 1000), int(max_stale_seconds * 1000)
        self._users = users
        self._contacts = contacts
        self._upstream = upstream
        self._odd_calls = AnomalyLog("conference", "confId")
        self._odd_lists = AnomalyLog("list", "list")
        self._cache = SharedCache(
            table,
            "floor",
            CachePolicy(
                max_age=max_age,
                # A little early, so that while one function reads the others serve what is held, and wait for nobody.
                refresh_after=max_age * 85 // 100,
                max_stale=max(max_stale, max_age),
                retry=max_age,
                lease=8_000,
                lifetime=max(900_000, 2 * (max_age + max_stale)),
            ),
        )
        self._map: CallMap | None = None
        self._list = HeldList()

    def held(self, within: float = 9.0) -> Held:
        """The floor, waiting at most `within` seconds for another function that is reading it.

        Raises the YtelProblem where nothing young enough is held and Ytel gives nothing.
        """
        return self._load(within=within)

    def refresh(self, max_age_seconds: float = 0.0) -> Held:
        """The floor as of at most `max_age_seconds` ago. Raises the YtelProblem where that cannot be had."""
        return self._load(since=clock.now_ms() - int(max_age_seconds * 1000), stale=False)

    def invalidate(self) -> None:
        """What is held no longer counts, for any function: the next list is of a read that begins from now on."""
        self._cache.invalidate()

    def call(self, conf_id: str, within: float = 9.0) -> tuple[bytes, bytes] | None:
        """One call's row and its conference as Ytel gave it, each as JSON; None where it is not on the floor."""

        def find(generation: Generation) -> tuple[bytes, bytes] | None:
            content = self._list.of(generation)
            place = content.position_of(conf_id)
            return None if place is None else (content.lines[place], self._list.conference(generation, place))

        return self._cache.load(self._read, find, within=within)[1]

    def _load(self, **terms: Any) -> Held:
        generation, content = self._cache.load(self._read, self._list.of, **terms)
        return Held(content, generation.as_of, generation.stale)

    def _read(self) -> Read:
        from supervision.floor.call_map import CallMap  # a function that only serves starts without it

        calls, self._map = self._map or CallMap(), None  # one that fails in the middle is not used again
        read = self._read_with(calls)
        self._map = calls
        return read

    def _read_with(self, calls: "CallMap") -> Read:
        upstream = self._upstream()
        floor = upstream.ytel.conferences()
        calls.take(floor.conferences)
        # Where nobody is on a call no user is needed, and an account without a call may not show who its users are.
        users = self._users.by_id(calls.agents) if calls.calls else {}
        looked = upstream.guard.look(floor, users)
        calls.map(users, looked.supervisors, upstream.helps())
        before = self._cache.standing(self._list.standing)
        if self._contacts is not None:
            calls.name(self._contacts.found(calls.calls, before.content if before else None))
        self._odd_calls.report(calls.odd)
        self._odd_lists.report({"conferences": odd_list(floor.nameless, complete=floor.complete)})
        if floor.absence is Absence.UNKNOWN:
            add_metric("ListsCutOff")
        agents_missing = calls.agents_missing and not self._users.complete()
        head = ListHead(floor.absence, agents_missing, frozenset(calls.others))
        new = NewList(head, [*calls.lines], calls.documents)
        places = new.places_after(before.content, before.conferences) if before else None

        def after() -> None:
            looked.settle()
            if upstream.changed is not None and places is not None:
                upstream.changed([loads(new.rows[place]) for place in places.at], floor.read_at)

        if before is None or places is None:
            return Read(floor.read_at, lambda: new.whole([]), after)
        stood = before.content
        since = Since(stood.generation, new.change(stood, places))
        return Read(floor.read_at, lambda: new.whole(with_step(stood.history, new.step(stood, places))), after, since)
