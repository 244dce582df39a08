"""The kinds of values that knobs have."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# A knob that `draw` leaves alone: no client could be right about it, or it is a setting of the account.
BY_HAND = "by hand"
CHANCE = "chance"

Chance = Annotated[float, Field(ge=0, le=1), CHANCE]
Seconds = Annotated[float, Field(ge=0, le=60)]
Minutes = Annotated[float, Field(ge=0, le=600)]  # in seconds too
Ring = Annotated[float, Field(ge=0, le=240)]

type IdStyle = Literal["as is", "upper", "braces"]
type Encoding = Literal["ascii", "utf-8", "latin-1"]
type Number = Literal["text", "number"]
type Created = Literal["ms", "s", "text", "zero"]
type Shape = Literal["envelope", "bare", "keyed"]


class Group(BaseModel):
    """Knobs that belong together; each value is checked when it is set."""

    model_config = ConfigDict(validate_assignment=True, extra="forbid")
