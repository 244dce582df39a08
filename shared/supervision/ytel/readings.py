"""What Ytel's answers come to: its list of calls, its list of users, a dial that it took."""

from dataclasses import dataclass
from typing import Any

from supervision.rules.absence import Absence
from supervision.rules.conferences import Conference


@dataclass(frozen=True, slots=True)
class ConferenceList:
    """The account's conferences as read at `read_at` (ms since the epoch, when the read began).

    `absence` says what it means that a conference is not among these. `nameless` are the places in Ytel's list of rows
    that are passed over, as they are no objects or have no id. `several`: they came on more than one page.
    """

    conferences: list[Conference]
    absence: Absence
    read_at: int
    nameless: tuple[int, ...] = ()
    several: bool = False

    @property
    def complete(self) -> bool:
        """Whether this may be taken for the whole list."""
        return self.absence.complete


@dataclass(frozen=True, slots=True)
class UserList:
    """The rows of the account's list of WebRTC users, of whatever kind, in Ytel's order; all of them if `complete`."""

    rows: list[Any]
    complete: bool = True


# {"status": true, "count": 1, "page": 1, "payload": [{"callSid": "3f32776a-…", …}]}, inferred from calls that are made
@dataclass(frozen=True, slots=True)
class Dialled:
    """What Ytel answered to a dial: the `callSid` of the leg that is to come, where it gives one."""

    call_sid: str | None
