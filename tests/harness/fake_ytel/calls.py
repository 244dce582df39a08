"""What stands on a floor: calls and their legs. And each as Ytel writes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, NamedTuple

from tests.harness.fake_ytel.audio import Voice
from tests.harness.fake_ytel.kinds import Created, IdStyle, Number

type Role = Literal["agent", "contact", "third", "supervisor", "unknown"]


class Mark(Enum):
    """Values that no JSON has."""

    AS_IT_IS = "as it is"
    MISSING = "missing"


AS_IT_IS = Mark.AS_IT_IS
MISSING = Mark.MISSING


class Style(NamedTuple):
    """How Ytel writes the fields of a conference."""

    created_in: Created = "ms"
    client_ids: IdStyle = "as is"
    numbers: Number = "text"


PLAIN = Style()


@dataclass
class Leg:
    """A member of a call. `role` is the truth, whatever its data says of it; `raw` is listed in place of its data.

    A leg that is not `described` is named in `members`, and `memberData` says nothing of it.
    """

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
    call_sid: str | None = None
    described: bool = True

    @property
    def voice(self) -> Voice:
        return Voice(self.member_id, self.kept_from, self.muted)

    # "{\"callSid\":\"1155510-…\",\"channelName\":\"+1555…\",\"callerId\":\"+1704…\",\"calledNumber\":\"+1555…\"}"
    def wire(self, numbers: Number = "text") -> Any:
        """The JSON document in a string that stands in `memberData`."""
        if self.raw is not AS_IT_IS:
            return self.raw
        channel: str | int | None = self.channel
        if numbers == "number" and self.channel and digits(self.channel):
            channel = int(digits(self.channel))
        data = {
            "callSid": self.call_sid or self.leg_id,
            "channelName": channel,
            "callerId": self.caller_id,
            "calledNumber": self.called_number,
        }
        return json.dumps({key: value for key, value in data.items() if value is not None}, separators=(",", ":"))


@dataclass
class Call:
    """A conference.

    `shape` overrides what is listed of it, field by field, where `MISSING` leaves a field out; `instead` is listed in
    place of the whole. `lingering` legs have left, and are listed all the same. It is left out of the next `hidden`
    pages that it belongs on.
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
    lingering: dict[str, Leg] = field(default_factory=dict)
    hidden: int = 0
    text: tuple[Style, str] | None = None

    def changed(self) -> None:
        self.text = None

    def listed(self, style: Style = PLAIN) -> str:
        """The conference as JSON, written once for every change."""
        if self.text is None or self.text[0] != style:
            item = self.wire(style) if self.instead is AS_IT_IS else self.instead
            self.text = style, json.dumps(item, separators=(",", ":"))
        return self.text[1]

    def wire(self, style: Style = PLAIN) -> dict[str, Any]:
        legs = self.legs | self.lingering
        # in the order of text, as many servers write a map: "1000" before "999"
        member_ids = [key for key in (legs if self.members_as_given else sorted(legs)) if legs[key].described]
        details = self.details
        if style.client_ids != "as is" and "client_id" in details:
            details = details | {"client_id": styled_id(details["client_id"], style.client_ids)}
        known: dict[str, Any] = {
            "accountSid": self.account,
            "confId": self.conf_id,
            "status": self.status,
            "createdTime": _time(self.created, style.created_in),
            "details": details,
            "members": {leg.leg_id: leg.leg_id for leg in legs.values()} or None,
            "memberData": {key: legs[key].wire(style.numbers) for key in member_ids} or None,
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


def styled_id(text: Any, style: IdStyle) -> Any:
    """An id as another system writes the same one."""
    match style:
        case "upper":
            return str(text).upper()
        case "braces":
            return f"{{{text}}}"
    return text


def _time(milliseconds: int, unit: Created) -> Any:
    match unit:
        case "s":
            return milliseconds // 1000
        case "text":
            return str(milliseconds)
        case "zero":
            return 0
    return milliseconds
