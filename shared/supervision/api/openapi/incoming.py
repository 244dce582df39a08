"""What comes in, exactly: the bodies of the API's requests, and the details of the events that ask for something.

The answers are in `models`, the events that tell something in `event_models`: no function needs either to run.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from supervision.rules.actions import DIALLED, ON_BUS
from supervision.rules.follow import MOST_CALLS

REQUESTED = "Supervision Requested"
FOLLOW_REQUESTED = "Follow Requested"

# Of the table of actions; types that pydantic checks and describes.
if TYPE_CHECKING:
    Action = str
    RequestedAction = str
else:
    type Action = Annotated[Literal[DIALLED], Field(description="What a supervision is for.")]
    type RequestedAction = Literal[ON_BUS]
# The default of a field that may be left out of what comes in, and may not be null.
LEFT_OUT: Any = None


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# A whole number that comes in: 600, and 600.0, which JSON Schema has for the same (2020-12, 6.1.1).
Whole = Annotated[int, BeforeValidator(_whole)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HelpRequest(Model):
    """Why a supervisor is called for."""

    reason: str = Field(LEFT_OUT, max_length=500, examples=["The customer asks for a manager."])


class DialRequest(Model):
    """Whom to bring in."""

    to: str = Field(
        description="The supervisor's phone: one of the account's WebRTC numbers, or a number with + and its country "
        "code, in a region that may be dialled.",
        min_length=1,
        max_length=64,
        pattern=r"\S",
        examples=["+12125550142"],
    )
    maxSeconds: Whole = Field(
        LEFT_OUT,
        description="How long the supervision may last, in seconds; its leg is dropped then.",
        ge=1,
        examples=[600],
    )


class SwitchRequest(Model):
    """What a supervision is changed to."""

    action: Action


class FollowRequest(Model):
    """Whom to bring into an agent's next calls."""

    to: str = Field(
        description="The supervisor's phone, as for a dial.",
        min_length=1,
        max_length=64,
        pattern=r"\S",
        examples=["+12125550142"],
    )
    action: Action
    calls: Whole = Field(
        LEFT_OUT,
        description="After how many calls that it dialled for it ends; 1 by itself.",
        ge=1,
        le=MOST_CALLS,
        examples=[5],
    )
    until: Whole = Field(
        LEFT_OUT,
        description="When it ends at the latest, in ms since the epoch: within 24 hours; 8 hours from now by itself.",
        ge=0,
    )


class RequestDetail(Model):
    """Asks for a supervision, from any source. The call is named, or is the one that its agent is on."""

    action: RequestedAction
    confId: str = Field(LEFT_OUT, description="The call.", min_length=1, max_length=255)
    clientId: str = Field(LEFT_OUT, description="Its agent, by client id.", min_length=1, max_length=255)
    agentNumber: str = Field(LEFT_OUT, description="Its agent, by number.", min_length=1, max_length=255)
    to: str = Field(LEFT_OUT, description="The supervisor's phone; not for a hang-up.", min_length=1, max_length=255)
    maxSeconds: Whole = Field(LEFT_OUT, description="How long the supervision may last, in seconds.", ge=1)
    supervisionId: str = Field(
        LEFT_OUT, description="The supervision, for leave and switch.", min_length=1, max_length=255
    )
    toAction: Action = Field(LEFT_OUT, description="What a switch changes to.")
    requestId: str | Whole = Field(
        LEFT_OUT, description="Names the request: it is acted on once. Without it the event's own id does."
    )


class FollowDetail(Model):
    """Asks for a follow, from any source."""

    clientId: str = Field(LEFT_OUT, description="The agent, by client id.", min_length=1, max_length=255)
    agentNumber: str = Field(LEFT_OUT, description="The agent, by number.", min_length=1, max_length=255)
    to: str = Field(description="The supervisor's phone.", min_length=1, max_length=255)
    action: Action
    calls: Whole = Field(LEFT_OUT, description="After how many calls it ends.", ge=1, le=MOST_CALLS)
    until: Whole = Field(LEFT_OUT, description="When it ends at the latest, in ms since the epoch.", ge=0)
    requestId: str | Whole = Field(
        LEFT_OUT, description="Names the request: it is acted on once. Without it the event's own id does."
    )
