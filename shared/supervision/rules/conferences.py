"""What the product reads of Ytel's conferences. Pure.

A floor has thousands of them, and objects that lie around cost more than reading does: what the rules ask for is read,
the members when they are asked for, and the rest stays JSON.
"""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from operator import contains
from typing import Any

from msgspec import UNSET, MsgspecError, Raw, Struct, UnsetType, field
from msgspec.json import Decoder
from msgspec.structs import force_setattr

from supervision.base.fast_json import dumps, loads


class Details(Struct, frozen=True, gc=False):
    """What is known of the call itself, by Ytel's names, of whatever type Ytel gave; None where it is missing."""

    client_id: Any = None
    called_number: Any = None
    caller_number: Any = None
    contact_id: Any = None


class Conference(Struct, frozen=True, eq=False, gc=False):
    """One conference, by Ytel's names, of whatever type Ytel gave; `details` is None where they are no object.

    It never changes once it is read, and each is equal to itself alone: what was made of one may be kept beside it.
    """

    confId: Any = None
    status: Any = None
    createdTime: Any = None
    details: Details | None = None
    memberData: Raw = Raw(b"null")  # see `members`
    named_members: Raw = field(default=Raw(b"null"), name="members")  # see `count_named`
    document: Any = None  # one line of JSON; set on every one, whatever Ytel may have under this name

    @property
    def members(self) -> Any:
        """`memberData`, read now, of whatever type; None where it cannot be read."""
        data = self.memberData
        if not isinstance(data, Raw):
            return data
        try:
            return _read_any(data)
        except (ValueError, MsgspecError, RecursionError):
            pass
        try:
            return loads(bytes(data))
        except ValueError:
            return None

    def line(self) -> bytes:
        """The whole conference as one line of JSON, as Ytel gave it."""
        return bytes(self.document)


def count_named(members: Any) -> int:
    """How many legs Ytel's `members` names: a map of leg ids to leg ids, or null. A list counts alike.

    "members": {"11cd9210-…": "11cd9210-…", "3f32776a-…": "3f32776a-…"}

    The ids are not those of `memberData`, so only the numbers of both can be held against each other. What is neither
    map nor list names nobody.
    """
    try:
        named = loads(bytes(members)) if isinstance(members, Raw) else members
    except ValueError:
        return 0
    return len(named) if isinstance(named, dict | list) else 0


class _Envelope(Struct):
    status: Any = None
    count: Any = None
    nextKey: Any = UNSET
    error: Any = None
    payload: list[Raw] | UnsetType = UNSET


_read_any = Decoder().decode
_read_answer, _read_conference = Decoder(_Envelope | list[Raw]).decode, Decoder(Conference).decode


def read_rows(documents: Sequence[Raw | bytes]) -> list[Any]:
    """The rows of a list, each as `read_row` gives it. Raises ValueError where one is no JSON."""
    own = [*map(bytes, documents)]
    read = read_conferences(own)
    return [*map(read_row, own)] if read is None else read


def read_conferences(documents: Sequence[bytes]) -> list[Any] | None:
    """The rows of a list as `read_row` gives them, many at once, where each is one line and an object; None elsewhere.

    Of each Conference `memberData` is Raw.
    """
    try:
        found = [*map(_read_conference, documents)]
    except (ValueError, MsgspecError, RecursionError):
        return None
    if any(map(contains, documents, repeat(b"\n"))):
        return None
    deque(map(force_setattr, found, repeat("document"), documents), maxlen=0)
    return found


# {"status": true, "count": 126, "page": 1, "payload": [{"confId": "…", …}, …]}, or the array alone
def loads_list(answer: bytes, rows: Callable[[Sequence[Raw]], list[Any]] = read_rows) -> Any:
    """An answer of Ytel's in UTF-8 as `loads` gives it, but that each object of the list in it is a Conference.

    `rows` reads the rows of a list as `read_rows` does. Raises ValueError, and nothing else, where it is no JSON.
    """
    try:
        read = _read_answer(answer)
    except (ValueError, MsgspecError, RecursionError):
        return _with_conferences(loads(answer))
    if isinstance(read, list):
        return rows(read)
    if read.payload is UNSET:
        return _with_conferences(loads(answer))
    envelope = {"status": read.status, "count": read.count, "error": read.error}
    if read.nextKey is not UNSET:
        envelope["nextKey"] = read.nextKey
    return {**envelope, "payload": rows(read.payload)}


def of_plain(value: Any) -> Any:
    """The Conference of an object as `loads` gives it; what is no object stays as it is."""
    if not isinstance(value, dict):
        return value
    details = value.get("details")
    known: dict[str, Any] = {name: value.get(name) for name in ("confId", "status", "createdTime", "memberData")}
    known["named_members"] = value.get("members")
    known["details"] = Details(*map(details.get, Details.__struct_fields__)) if isinstance(details, dict) else None
    return Conference(**known, document=dumps(value))


def read_row(document: bytes) -> Any:
    """One row of a list: a Conference, or what it is where it is no object. Raises ValueError where it is no JSON.

    The bytes are the row's own, as it keeps them: of a whole answer, one row would keep all of it in memory.
    """
    try:
        conference = _read_conference(document)
    except (ValueError, MsgspecError, RecursionError):
        conference = of_plain(loads(document))
        if not isinstance(conference, Conference):
            return conference
    force_setattr(conference, "document", document if b"\n" not in document else dumps(loads(document)))
    return conference


def _with_conferences(answer: Any) -> Any:
    """Every list of the answer but `error` with its objects as Conferences, whatever name it has."""
    if isinstance(answer, list):
        return [*map(of_plain, answer)]
    if not isinstance(answer, dict):
        return answer
    return {
        name: _with_conferences(value) if name == "payload" or (isinstance(value, list) and name != "error") else value
        for name, value in answer.items()
    }
