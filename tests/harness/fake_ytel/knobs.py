"""Every freedom that Ytel has, as a value that can be turned.

    ytel.knobs.disconnects.empty_yes = 1.0          # each hang-up is answered yes, and nobody leaves
    ytel.knobs.turn({"conferences.flicker": 0.1})   # the same by name, as over the control endpoint
    ytel.knobs.draw(seed=7)                         # many of them at once, the same for the same seed

A chance is between 0 and 1 and drawn anew each time; a time is in seconds. What is not documented has a default that
is harmless, and what was seen, or is probable, has that: a test turns what it is about.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, Field, PrivateAttr

from tests.harness.fake_ytel.envelope import ErrorStyle
from tests.harness.fake_ytel.kinds import (
    BY_HAND,
    CHANCE,
    Chance,
    Created,
    Encoding,
    Group,
    IdStyle,
    Minutes,
    Number,
    Ring,
    Seconds,
    Shape,
)
from tests.harness.fake_ytel.paging import Paging

CHANCES = (0.02, 0.1, 0.3)
RING_SECONDS = 60  # Ytel's own default


class Phones(Group):
    """Supervisors' phones. `answers_after` None: a phone waits until a test answers it."""

    answers_after: Annotated[float | None, Field(ge=0, le=240)] = None
    spread_seconds: Seconds = 0.0
    ring_seconds: Ring = RING_SECONDS
    declines: Chance = 0.0


class Legs(Group):
    """Members, once they have joined. A replaced leg is the same person under a new id, on nobody's list."""

    agent_replaced: Chance = 0.0
    supervisor_replaced: Chance = 0.0
    contact_replaced: Chance = 0.0
    replaced_within_seconds: Minutes = 60.0
    gap_seconds: Seconds = 0.0
    overlaps: bool = False
    described_after_seconds: Seconds = 0.0
    undescribed: Chance = 0.0
    misdescribed: Chance = 0.0
    spoofed: Chance = 0.0
    supervisor_misdescribed: Annotated[Chance, BY_HAND] = 0.0
    numbers: Number = "text"


class Calls(Group):
    """Conferences: another status for a while, and how their fields are written."""

    other_status: Chance = 0.0
    other_status_seconds: Seconds = 10.0
    created_in: Created = "ms"
    client_ids: IdStyle = "as is"
    one_by_id: Literal["404", "envelope", "object", "bare", "keyed"] = "404"


class Users(Paging):
    """The list of users; a bare array, as Ytel's users have seen it."""

    shape: Shape = "bare"
    fields: Literal["all", "four"] = "all"
    client_ids: IdStyle = "as is"
    numbers: Number = "text"
    encoding: Encoding = "ascii"


class Contacts(Paging):
    """The list of contacts."""

    by_id: Literal["envelope", "object", "bare", "keyed", "404"] = "envelope"
    encoding: Encoding = "ascii"


class Participant(Group):
    """The request to bring a phone in. Lost, late, wrong and unclear answers are of dials that were made.

    `members_gone`: what comes of a `noSpeakToList` that names a member who has left.
    """

    call_sid: Literal["no", "yes", "empty", "another"] = "no"
    members_gone: Literal["refused", "ignored"] = "refused"
    lost: Chance = 0.0
    late: Chance = 0.0
    late_seconds: Seconds = 8.0
    wrong: Chance = 0.0
    unclear: Chance = 0.0
    refused: Chance = 0.0


class Disconnects(Group):
    """Hanging up one member.

    `takes_seconds`: the leg hears and is heard until then. `lingers_seconds`: it has gone, and is listed until then.
    """

    empty_yes: Chance = 0.0
    unclear: Chance = 0.0
    refused: Chance = 0.0
    not_found: Chance = 0.0
    takes_seconds: Seconds = 0.0
    lingers_seconds: Seconds = 0.0
    answer_seconds: Seconds = 0.0


class Weather(Group):
    """What can befall any request. A 429 and a 503 were never acted on; of the others some were."""

    rate_limited: Chance = 0.0
    retry_after: Literal["none", "seconds", "date"] = "seconds"
    unavailable: Chance = 0.0
    server_errors: Chance = 0.0
    time_outs: Chance = 0.0
    resets: Chance = 0.0
    cut_short: Chance = 0.0
    latency_seconds: Seconds = 0.0


class Tokens(Group):
    """The token service. `renews_refresh`: a refresh gives a new refresh token, which Ytel's does not."""

    shape: Literal["flat", "envelope"] = "flat"
    kind: Literal["jwt", "named"] = "jwt"
    says_expiry: bool = False
    renews_refresh: bool = False
    refresh_hours: Annotated[float, Field(ge=0, le=24), BY_HAND] = 24
    refusal_status: Annotated[Literal[401, 403], BY_HAND] = 401


class Knobs(Group):
    """All of them."""

    phones: Phones = Field(default_factory=Phones)
    legs: Legs = Field(default_factory=Legs)
    calls: Calls = Field(default_factory=Calls)
    conferences: Paging = Field(default_factory=Paging)
    users: Users = Field(default_factory=Users)
    contacts: Contacts = Field(default_factory=Contacts)
    participant: Participant = Field(default_factory=Participant)
    disconnects: Disconnects = Field(default_factory=Disconnects)
    weather: Weather = Field(default_factory=Weather)
    errors: ErrorStyle = Field(default_factory=ErrorStyle)
    tokens: Tokens = Field(default_factory=Tokens)

    _calm: dict[str, Any] = PrivateAttr(default_factory=dict)

    def model_post_init(self, _: Any) -> None:
        self.settle()

    def groups(self) -> Iterator[tuple[str, BaseModel]]:
        for name in type(self).model_fields:
            yield name, getattr(self, name)

    def values(self) -> dict[str, Any]:
        """Every knob by its name."""
        return {f"{name}.{knob}": value for name, group in self.groups() for knob, value in group}

    def settle(self) -> None:
        """From now on these values are the ones that a fake is calm with."""
        self._calm = self.values()

    def turned(self) -> dict[str, Any]:
        """The knobs that do not stand as in the calm, by name."""
        return {name: value for name, value in self.values().items() if value != self._calm[name]}

    def turn(self, values: Mapping[str, Any]) -> None:
        """Set knobs by name, all or none. Raises LookupError for an unknown knob, ValueError for a wrong value."""
        known = dict(self.groups())
        for name, value in values.items():
            group, _, knob = name.partition(".")
            if group not in known or knob not in type(known[group]).model_fields:
                raise LookupError(f"no knob {name}")
            trial = known[group].model_copy()
            setattr(trial, knob, value)
        for name, value in values.items():
            group, _, knob = name.partition(".")
            setattr(known[group], knob, value)

    def calm(self) -> None:
        """Everything back to where it was settled."""
        self.turn(self._calm)

    def draw(self, seed: int | random.Random, share: float = 0.25) -> dict[str, Any]:
        """Turn about that share of the knobs to values drawn from the seed; what was turned, for the story."""
        dice = seed if isinstance(seed, random.Random) else random.Random(seed)
        for _, group in self.groups():
            for knob, field in type(group).model_fields.items():
                if BY_HAND not in field.metadata and dice.random() < share:
                    setattr(group, knob, _drawn(field.annotation, field.metadata, dice))
        return self.turned()


def _drawn(kind: Any, metadata: list[Any], dice: random.Random) -> Any:
    if CHANCE in metadata:
        return dice.choice(CHANCES)
    if kind is bool:
        return dice.random() < 0.5
    choices = [value for part in _parts(kind) if get_origin(part) is Literal for value in get_args(part)]
    if choices:
        return dice.choice(choices)
    low: Any = next(limit.ge for limit in metadata if isinstance(limit, Ge))
    high: Any = next(limit.le for limit in metadata if isinstance(limit, Le))
    value = low + (high - low) * dice.random() ** 2  # short times are likelier than long ones
    return round(value) if int in _parts(kind) else round(value, 2)


def _parts(kind: Any) -> list[Any]:
    kind = getattr(kind, "__value__", kind)  # of a `type` statement
    return [kind, *(getattr(part, "__value__", part) for part in get_args(kind) if get_origin(kind) is not Literal)]
