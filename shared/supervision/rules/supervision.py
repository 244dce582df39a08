"""A supervision: one supervisor's phone, asked into one call, for one action. Its record, and how the API shows it."""

import dataclasses
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self
from uuid import uuid4

from supervision.rules.legs import Supervisor
from supervision.rules.phone_numbers import PhoneNumber

State = Literal["dialing", "joined", "ended", "failed"]
Dial = Literal["pending", "taken", "refused", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """Who supervises which call, and how far it got. Times are in milliseconds since the epoch.

    `noSpeakToList` and `hears` are the members the dial kept out and let hear. `dial` is what is known of the dial
    itself: `pending` until Ytel answered, `taken`, `refused`, or `unknown` where its answer never came. `seenAt` is the
    newest reading of the call that this record has taken in; `leg` the supervisor's own member id, once seen. `key` is
    the name its request was made under, if any; `how` says how it ended or failed.
    """

    id: str
    action: str
    confId: str
    to: PhoneNumber
    caller: str
    clientId: str
    noSpeakToList: tuple[str, ...]
    hears: tuple[str, ...]
    requestedBy: str
    requestedAt: int
    correlationId: str
    key: str | None = None
    state: State = "dialing"
    dial: Dial = "pending"
    exposed: bool = False
    seenAt: int = 0
    leg: str | None = None
    missingSince: int | None = None
    joinedAt: int | None = None
    endedAt: int | None = None
    how: str | None = None
    version: int = 0

    @property
    def under_way(self) -> bool:
        """Whether the phone is ringing or in the call."""
        return self.state in ("dialing", "joined")

    def replace(self, **changes: Any) -> Self:
        """The same with these fields changed."""
        return dataclasses.replace(self, **changes)

    def as_supervisor(self) -> Supervisor:
        """What the legs of its call need to know of it."""
        before = frozenset((*self.noSpeakToList, *self.hears))
        return Supervisor(self.id, self.action, self.state, self.exposed, self.to, before, self.leg)

    def to_json(self) -> dict[str, Any]:
        """The supervision as the API and the events show it."""
        return {
            "id": self.id,
            "action": self.action,
            "confId": self.confId,
            "clientId": self.clientId,
            "to": self.to,
            "from": self.caller,
            "noSpeakToList": list(self.noSpeakToList),
            "state": self.state,
            "exposed": self.exposed,
            "requestedBy": self.requestedBy,
            "requestedAt": self.requestedAt,
            "joinedAt": self.joinedAt,
            "endedAt": self.endedAt,
            "how": self.how,
        }

    def to_record(self) -> dict[str, Any]:
        """Every field, for the table."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """The supervision that `to_record` described."""
        lists = {name: tuple(record[name]) for name in ("noSpeakToList", "hears")}
        return cls(**{**record, **lists})


def new_id() -> str:
    """An id that nothing else has."""
    return str(uuid4())
