"""A supervision: one supervisor's phone, asked into one call, for one action. Its record, and how the API shows it."""

import dataclasses
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self
from uuid import uuid4

from supervision.rules.claims import UNDER_WAY, Supervisor
from supervision.rules.phone_numbers import PhoneNumber

State = Literal["dialing", "joined", "ended", "failed"]
DialState = Literal["pending", "taken", "refused", "unknown"]
# How one ends or fails; beside these it fails with the code of the problem that Ytel refused its dial with.
SUPERVISION_ENDS = (
    "hung_up",
    "left",
    "call_ended",
    "exposed",
    "not_answered",
    "given_up",
    "time_limit",
    "switched",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """What is known of a supervision, and of the leg that it asked for. Times are in milliseconds since the epoch.

    Of the dial: `noSpeakToList` and `hears` are the members that it kept out and let hear, `mute` whether it was sent
    muted, `callSid` the mark of its leg where Ytel gave one. `dial` is `pending` until Ytel answered, `taken`,
    `refused`, or `unknown` where the answer never came. `key` is the name of its request, if it had one.

    Of the leg: `legs` are the member ids that were seen to be its own, the newest last. `seenAt` is the newest reading
    of the call that this record has taken in. `missingSince` is the first of the readings that do not show the call.

    `ending` is why the leg is being dropped, from the moment that was decided: `left`, `given_up`, `exposed`,
    `time_limit` or `switched`; `endedBy` is who asked for it. `how` says how it ended or failed. `exposedBy` are the
    members who heard what was not meant for them. `until` is when its time is up.

    Of a change of mode: `replacedBy` is the supervision that is to take its place, and `replacedFor` that one's action.
    `gapMs` is how long the phone was in no call by then, from the reading that saw its leg gone to the dial.

    `watched` is True for as long as its leg may still come to this call. `displaced` is True where a newer supervision
    of the same phone and call has taken its place in the table.
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
    mute: bool = False
    callSid: str | None = None
    state: State = "dialing"
    dial: DialState = "pending"
    exposed: bool = False
    exposedBy: tuple[str, ...] = ()
    seenAt: int = 0
    legs: tuple[str, ...] = ()
    missingSince: int | None = None
    joinedAt: int | None = None
    endedAt: int | None = None
    how: str | None = None
    ending: str | None = None
    endedBy: str | None = None
    until: int | None = None
    replaces: str | None = None
    replacedBy: str | None = None
    replacedFor: str | None = None
    gapMs: int | None = None
    follow: str | None = None
    agentLeg: str | None = None
    agentReleasedAt: int | None = None
    watched: bool = True
    displaced: bool = False
    version: int = 0

    @property
    def under_way(self) -> bool:
        """Whether the phone is ringing or in the call."""
        return self.state in UNDER_WAY

    @property
    def leg(self) -> str | None:
        """The supervisor's own member id, as it was last seen."""
        return self.legs[-1] if self.legs else None

    def replace(self, **changes: Any) -> Self:
        """The same with these fields changed."""
        return dataclasses.replace(self, **changes)

    def as_supervisor(self, *, may_come: bool = True, may_return: bool = False) -> Supervisor:
        """What the legs of its call need to know of it; `lifecycle` says what may come and return."""
        return Supervisor(
            self.id,
            self.action,
            self.state,
            self.exposed,
            self.to,
            frozenset((*self.noSpeakToList, *self.hears)),
            self.legs,
            self.callSid,
            may_come,
            may_return,
            self.requestedBy,
            self.requestedAt,
        )

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
            "endedBy": self.endedBy,
            "exposedBy": list(self.exposedBy),
            "until": self.until,
            "replaces": self.replaces,
            "follow": self.follow,
            "agentReleasedAt": self.agentReleasedAt,
        }

    def to_record(self) -> dict[str, Any]:
        """Every field, for the table."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """The supervision that `to_record` described, by this version or another.

        Fields that this version does not know are passed over, and those that the record lacks have their defaults.
        Raises KeyError or TypeError where the record is none of a supervision.
        """
        known = {field.name for field in dataclasses.fields(cls)} & record.keys()
        values: dict[str, Any] = {name: record[name] for name in known}
        lists: dict[str, Any] = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **lists})


def new_id() -> str:
    """An id that nothing else has."""
    return str(uuid4())
