"""The account's WebRTC users, held in DynamoDB for every function: who an agent is, and which numbers are its own."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import astuple

from supervision.base import clock
from supervision.base.fast_json import dumps, loads
from supervision.base.observability import add_metric
from supervision.floor.anomalies import AnomalyLog, nameless_users, odd_list
from supervision.rules.calls import users_by_id
from supervision.rules.ids import id_key
from supervision.rules.legs import User
from supervision.table.shared_cache import CachePolicy, Generation, Read, SharedCache

if TYPE_CHECKING:
    from supervision.ytel.readings import UserList

UNKNOWN_ASKS_EVERY = 30_000
DIRECTORY = "directory"


class UserSource(Protocol):
    """Where users come from."""

    def users(self) -> "UserList":
        """The account's users as Ytel lists them. Raises a YtelProblem."""


class UserDirectory:
    """The users of one generation; `complete` where Ytel's list of them was not cut off."""

    def __init__(self, generation: str, by_id: Mapping[str, User], *, complete: bool) -> None:
        self.generation = generation
        self.by_id = by_id
        self.complete = complete

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The active users' own numbers, as Ytel writes them."""
        return frozenset(user.webrtcNumber for user in self.by_id.values() if user.webrtcNumber and user.active)


class Users:
    """The users, at most `max_age_seconds` old while Ytel answers; while it does not, the held ones serve.

    `source` is called when there is something to ask of it. Each method raises a YtelProblem where no users are held
    at all and Ytel gives none: nobody is ever taken for unknown because Ytel was down.
    """

    def __init__(self, table: str, source: Callable[[], UserSource], max_age_seconds: float) -> None:
        max_age = int(max_age_seconds * 1000)
        self._source = source
        self._cache = SharedCache(
            table,
            "users",
            CachePolicy(
                max_age=max_age,
                refresh_after=max_age * 9 // 10,
                max_stale=None,
                retry=min(max_age, 30_000),
                lease=20_000,
                lifetime=30 * 24 * 3_600_000,
            ),
        )
        self._directory: UserDirectory | None = None
        self._odd_lists = AnomalyLog("list", "list")

    def by_id(self, wanted: AbstractSet[str] = frozenset()) -> Mapping[str, User]:
        """The users by the `id_key` of their client id, the last of several.

        Where one of `wanted` is not among them Ytel is asked again at once, but once in 30 s over all functions.
        """
        began = clock.now_ms()
        directory = self._held()
        # Most are written as their `id_key` is, and are found without being read.
        unknown = {key for one in wanted - directory.by_id.keys() if (key := id_key(one)) not in directory.by_id}
        if unknown:
            directory = self._looked_for(unknown, directory, began)
        return directory.by_id

    def find(self, client_id: str) -> User | None:
        """The user of this client id; one that is not known is asked for as in `by_id`."""
        return self.by_id({client_id}).get(id_key(client_id))

    def numbers(self) -> frozenset[str]:
        """The account's own WebRTC numbers. One of a user who is not active is none: it may be somebody else's."""
        return self._held().numbers

    def complete(self) -> bool:
        """Whether these are all users, as far as Ytel shows it; where not, one that is not known may be one."""
        return self._held().complete

    def refresh(self) -> int:
        """Reads them anew, whatever their age; how many there are. Raises the YtelProblem where that fails."""
        return len(self._load(since=clock.now_ms(), stale=False).by_id)

    def _held(self) -> UserDirectory:
        generation = self._cache.in_memory()
        if generation and self._directory and generation.id == self._directory.generation:
            return self._directory
        return self._load()

    def _looked_for(self, unknown: set[str], directory: UserDirectory, began: int) -> UserDirectory:
        """The users as another function has read them since, or as Ytel has them now."""
        newest = self._cache.newest()
        if newest and newest.id != directory.generation:
            directory = self._load()
        read_just_now = newest is not None and newest.as_of >= began
        if read_just_now or unknown <= directory.by_id.keys() or not self._cache.try_acquire(UNKNOWN_ASKS_EVERY):
            return directory
        return self._load(since=began, within=5.0)

    def _load(self, **terms: Any) -> UserDirectory:
        return self._cache.load(self._read, self._decoded, **terms)[1]

    def _decoded(self, generation: Generation) -> UserDirectory:
        if self._directory is None or self._directory.generation != generation.id:
            complete, users = loads(generation.part(DIRECTORY))
            by_id = {id_key(user[0]): User(*user) for user in users}
            self._directory = UserDirectory(generation.id, by_id, complete=complete)
        return self._directory

    def _read(self) -> Read:
        read_at = clock.now_ms()
        listed = self._source().users()
        users = users_by_id(listed.rows)
        self._odd_lists.report({"users": odd_list(nameless_users(listed.rows), complete=listed.complete)})
        if not listed.complete:
            add_metric("UserListsCutOff")
        # In one order, so that Ytel's answering in another is no change.
        directory = dumps([listed.complete, [astuple(users[one]) for one in sorted(users)]])
        return Read(read_at, lambda: {DIRECTORY: directory})
