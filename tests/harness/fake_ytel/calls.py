"""What stands on a floor: users, legs, calls. And each as Ytel writes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from tests.harness.fake_ytel.audio import Voice

type Role = Literal["agent", "contact", "third", "supervisor", "unknown"]


class Mark(Enum):
    """Values that no JSON has."""

    AS_IT_IS = "as it is"
    MISSING = "missing"


AS_IT_IS = Mark.AS_IT_IS
MISSING = Mark.MISSING


@dataclass(frozen=True)
class User:
    """A WebRTC user of the account."""

    client_id: str
    first_name: str
    last_name: str
    number: str
    raw: Any = AS_IT_IS

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def wire(self) -> Any:
        if self.raw is not AS_IT_IS:
            return self.raw
        return {
            "clientId": self.client_id,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "webrtcNumber": self.number,
        }


@dataclass
class Leg:
    """A member of a call. `role` is the truth, whatever its data says of it; `raw` is listed in place of its data."""

    member_id: str
    role: Role
    leg_id: str
    number: str
    channel: str | None
    caller_id: str | None
    called_number: str | None
    joined_at: int
    kept_from: frozenset[str] = frozenset()
    muted: bool = False
    raw: Any = AS_IT_IS

    @property
    def voice(self) -> Voice:
        return Voice(self.member_id, self.kept_from, self.muted)

    def wire(self) -> Any:
        """The JSON document in a string that stands in `memberData`."""
        if self.raw is not AS_IT_IS:
            return self.raw
        data = {
            "callSid": self.leg_id,
            "channelName": self.channel,
            "callerId": self.caller_id,
            "calledNumber": self.called_number,
        }
        return json.dumps({key: value for key, value in data.items() if value is not None}, separators=(",", ":"))


@dataclass
class Call:
    """A conference.

    `shape` overrides what is listed of it, field by field, where `MISSING` leaves a field out; `instead` is listed in
    place of the whole.
    """

    conf_id: str
    account: str
    created: int
    details: dict[str, Any]
    status: str = "active"
    legs: dict[str, Leg] = field(default_factory=dict)
    gone: dict[str, Leg] = field(default_factory=dict)
    heard_by: dict[str, set[str]] = field(default_factory=dict)
    shape: dict[str, Any] = field(default_factory=dict)
    instead: Any = AS_IT_IS
    members_as_given: bool = False
    text: str | None = None

    def changed(self) -> None:
        self.text = None

    def listed(self) -> str:
        """The conference as JSON, written once for every change."""
        if self.text is None:
            item = self.wire() if self.instead is AS_IT_IS else self.instead
            self.text = json.dumps(item, separators=(",", ":"))
        return self.text

    def wire(self) -> dict[str, Any]:
        # in the order of text, as many servers write a map: "1000" before "999"
        member_ids = self.legs if self.members_as_given else sorted(self.legs)
        known: dict[str, Any] = {
            "accountSid": self.account,
            "confId": self.conf_id,
            "status": self.status,
            "createdTime": self.created,
            "details": self.details,
            "members": {leg.leg_id: leg.leg_id for leg in self.legs.values()} or None,
            "memberData": {key: self.legs[key].wire() for key in member_ids} or None,
        }
        return {key: value for key, value in (known | self.shape).items() if value is not MISSING}

    def leg(self, member_id: str) -> Leg:
        """A leg of this call, here or gone."""
        found = self.legs.get(member_id) or self.gone.get(member_id)
        if found is None:
            raise KeyError(f"no member {member_id} has been in call {self.conf_id}")
        return found

    def of_role(self, *roles: Role) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.role in roles]


def leg_data(raw: Any) -> Mapping[str, Any]:
    """What a text of `memberData` says, or nothing where it cannot be read."""
    try:
        data = json.loads(raw)
    except (TypeError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def digits(number: str) -> str:
    """What two ways of writing a North American number have in common."""
    only = "".join(char for char in number if char.isdigit())
    return only[1:] if len(only) == 11 and only.startswith("1") else only
