"""The list of active calls, held in DynamoDB for every function, and read from Ytel by one of them at a time.

Each call is kept rendered, as the API answers it, and beside it its conference as Ytel gave it: a list is put together
from lines of JSON, and one call's conference is read only by who asks for that call.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from supervision.base import clock
from supervision.base.fast_json import dumps, loads
from supervision.base.observability import add_metric
from supervision.floor.anomalies import AnomalyLog, odd_calls, odd_list
from supervision.floor.history import HISTORY, Step, came, step_between, with_step
from supervision.floor.rows import in_order, lines_of
from supervision.floor.versions import version_of
from supervision.rules.absence import Absence
from supervision.rules.calls import Call, active_calls, client_id_of, is_active
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference
from supervision.rules.ids import id_key
from supervision.rules.legs import User
from supervision.table.shared_cache import CachePolicy, Generation, Read, SharedCache

if TYPE_CHECKING:
    from supervision.floor.contacts import Contacts
    from supervision.ytel.client import ConferenceList

ROWS = "rows"
ROW_BEGINS = b'{"confId":'
CONFERENCES_A_PART = 500


class Source(Protocol):
    """Where conferences come from."""

    def conferences(self) -> "ConferenceList":
        """The account's conferences. Raises a YtelProblem."""


class Directory(Protocol):
    """Who the agents are."""

    def by_id(self, wanted: Iterable[str] = ()) -> Mapping[str, User]:
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


@dataclass(frozen=True, slots=True)
class Upstream:
    """What a fresh reading needs, built when it is needed: a function that only serves does not pay for it.

    `helps` gives the agents' calls for a supervisor that stand, by call. `changed` is told which calls of a list are
    new or not as they were, and when it was read, once it is published and its supervisions are looked after.
    """

    ytel: Source
    guard: Look
    helps: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    changed: Callable[[Sequence[Call], int], object] | None = None


class Content:
    """The calls of one generation: `lines` are their rows as JSON, oldest first.

    `absence` says what it means that a call is not among them. `others` are the ids of those that Ytel lists under
    another status than active: they are not shown, and not over. `version` is that of all the rows, where it is known,
    and `history` the steps that led to them. `agents_missing`: Ytel's list of users was cut off, and an agent is not on
    it. The content is `complete` where nothing was cut off that it would show.
    """

    def __init__(
        self,
        generation: str,
        absence: Absence,
        lines: list[bytes],
        others: frozenset[str] = frozenset(),
        version: str = "",
        history: Sequence[Step] = (),
        *,
        agents_missing: bool = False,
    ) -> None:
        self.generation = generation
        self.others = others
        self.absence = absence
        self.lines = lines
        self.version = version or version_of(lines)
        self.history = history
        self.complete = absence.complete and not agents_missing

    @cached_property
    def rows(self) -> list[Call]:
        """The calls, parsed on first use."""
        return loads(b"[" + b",".join(self.lines) + b"]")  # type: ignore[no-any-return]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each call stands in `lines`, by the `id_key` of its id."""
        return {id_key(row["confId"]): position for position, row in enumerate(self.rows)}

    def place_of(self, conf_id: str) -> int | None:
        """Where the call of exactly this id stands in `lines`; no row is parsed for it."""
        return self._places.get(_start_of_call(conf_id))

    @cached_property
    def _places(self) -> dict[bytes, int]:
        return {_start_of(line): place for place, line in enumerate(self.lines)}


@dataclass(frozen=True, slots=True)
class Held:
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
    def sure(self) -> bool:
        """Whether this one reading proves that a call which is not among the rows is over."""
        return self.content.absence is Absence.PROVEN

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
        self._content: Content | None = None

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
            content = self._decoded(generation)
            position = content.positions.get(id_key(conf_id))
            if position is None:
                return None
            part, place = divmod(position, CONFERENCES_A_PART)
            return content.lines[position], lines_of(generation.part(f"c{part}"))[place]

        return self._cache.load(self._read, find, within=within)[1]

    def _load(self, **terms: Any) -> Held:
        generation, content = self._cache.load(self._read, self._decoded, **terms)
        return Held(content, generation.as_of, generation.stale)

    def _decoded(self, generation: Generation) -> Content:
        if self._content is None or self._content.generation != generation.id:
            head, *lines = lines_of(generation.part(ROWS))
            said = loads(head)
            if not all(line.startswith(ROW_BEGINS) for line in lines):
                raise ValueError("a row begins with its id")
            absence = Absence(said.get("absence", Absence.UNKNOWN))
            self._content = Content(
                generation.id,
                absence,
                lines,
                frozenset(said.get("others", ())),
                said.get("version", ""),
                said.get(HISTORY, ()),
                agents_missing=said.get("agentsMissing", False),
            )
        return self._content

    def _changes(self, generation: Generation, rows: Sequence[bytes]) -> tuple[list[Step], Step]:
        """The steps that led to `rows`, the list that takes the place of `generation`; and the last one by itself."""
        before = self._decoded(generation)
        step = step_between(before.lines, rows)
        return with_step(before.history, step), step

    def _read(self) -> Read:
        upstream = self._upstream()
        floor = upstream.ytel.conferences()
        named = {client_id_of(one) for one in floor.conferences if is_active(one)}
        # Where nobody is on a call no user is needed, and an account without a call may not show who its users are.
        users = self._users.by_id(one for one in named if one) if named else {}
        looked = upstream.guard.look(floor, users)
        calls: Iterable[tuple[Call, Conference]] = active_calls(
            floor.conferences, users, looked.supervisors, upstream.helps()
        )
        if self._contacts is not None:
            calls = list(calls)
            before = self._cache.standing(lambda generation: self._decoded(generation).rows)
            self._contacts.fill([call for call, _ in calls], before or ())
        shown = in_order(calls)
        self._odd_calls.report(odd_calls(floor.conferences))
        self._odd_lists.report({"conferences": odd_list(floor.nameless, complete=floor.complete)})
        if floor.absence is Absence.UNKNOWN:
            add_metric("ListsCutOff")
        others = [one.confId for one in floor.conferences if isinstance(one.confId, str) and not is_active(one)]
        rows = [row for row, _ in shown]
        history, step = self._cache.standing(lambda generation: self._changes(generation, rows)) or ([], None)
        head = {
            "absence": floor.absence,
            "agentsMissing": any(id_key(one) not in users for one in named if one) and not self._users.complete(),
            "others": sorted(others),
            "version": version_of(rows),
            HISTORY: history,
        }
        parts = {ROWS: b"\n".join([dumps(head), *rows])}
        for number, start in enumerate(range(0, len(shown), CONFERENCES_A_PART)):
            part = shown[start : start + CONFERENCES_A_PART]
            parts[f"c{number}"] = b"\n".join([conference.line() for _, conference in part])

        def after() -> None:
            looked.settle()
            if upstream.changed is not None and step is not None:
                starts = {_start_of_call(conf_id) for conf_id in came(step)}
                upstream.changed([loads(row) for row in rows if _start_of(row) in starts], floor.read_at)

        return Read(floor.read_at, parts, after)


def _start_of_call(conf_id: str) -> bytes:
    return _start_of(ROW_BEGINS + dumps(conf_id) + b',"')


def _start_of(line: bytes) -> bytes:
    """A row up to its second field: no two calls have the same, as a quote inside a text is escaped."""
    return line[: line.index(b',"')]
