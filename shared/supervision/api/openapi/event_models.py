"""What goes over the bus, exactly: each event's detail. The schemas in template.yaml are generated from here."""

from typing import Any, Literal

from pydantic import Field

from supervision.api.openapi.call_models import Call
from supervision.api.openapi.incoming import FOLLOW_REQUESTED, REQUESTED, FollowDetail, Model, RequestDetail
from supervision.api.openapi.models import Follow, HungUp, Problem, Supervision
from supervision.api.openapi.values import Absent, Millis


class Metadata(Model):
    """What every event says of itself."""

    version: Literal["1"]
    id: str = Field(description="The same for the same happening, however often it is told.")
    at: Millis = Field(description="When it was seen to happen, whenever it is told; milliseconds since the epoch.")
    correlationId: str = Field(description="Also in the logs and, as X-Correlation-Id, in the answer.")
    requestedBy: str


class Failure(Model):
    """A request that came to nothing, and why."""

    request: dict[str, Any]
    problem: Problem


class CallHungUp(HungUp):
    """A call was hung up."""

    requestedBy: str


class EndedCall(Call):
    """A call that is over, as it was last seen."""

    status: Literal["ended"]  # type: ignore[assignment] # the one field that differs from a call in progress


class StartedSupervision(Supervision):
    """A supervision whose phone is being dialled."""

    gapMs: int | Absent = Field(
        None,
        description="After a change of mode: from the reading that saw the old leg gone to this dial, in ms.",
    )


class OfStartedSupervision(Model):
    """A supervision began."""

    metadata: Metadata
    data: StartedSupervision


class OfSupervision(Model):
    """Something happened to a supervision."""

    metadata: Metadata
    data: Supervision


class OfFailure(Model):
    """A supervision failed."""

    metadata: Metadata
    data: Failure


class OfFollow(Model):
    """Something happened to a follow."""

    metadata: Metadata
    data: Follow


class OfHangUp(Model):
    """A call was hung up."""

    metadata: Metadata
    data: CallHungUp


class OfCall(Model):
    """Something happened to a call."""

    metadata: Metadata
    data: Call


class OfEndedCall(Model):
    """A call is over."""

    metadata: Metadata
    data: EndedCall


# What each says, and its detail.
OUTGOING: dict[str, tuple[str, type[Model]]] = {
    "Supervision Started": ("Ytel is dialling the supervisor's phone.", OfStartedSupervision),
    "Supervision Joined": ("The supervisor's phone is on the call.", OfSupervision),
    "Supervision Ended": ("The supervisor or the call is gone.", OfSupervision),
    "Supervision Failed": ("A request came to nothing, or its phone never came.", OfFailure),
    "Supervision Exposed": ("Somebody joined who could hear what was not meant for them.", OfSupervision),
    "Agent Released": ("After a take-over the agent's leg is gone.", OfSupervision),
    "Follow Started": ("A phone is asked into an agent's next calls.", OfFollow),
    "Follow Ended": ("A follow is over; a supervision that runs for it goes on.", OfFollow),
    "Help Asked": ("An agent calls for a supervisor, or changes why.", OfCall),
    "Help Withdrawn": ("The agent's call for a supervisor is taken back.", OfCall),
    "Call Hung Up": ("Members were disconnected on request.", OfHangUp),
    "Call Started": ("A call is new on the floor.", OfCall),
    "Call Ended": ("A call is over.", OfEndedCall),
    "Call Running Long": ("A call has lasted LONG_CALL_SECONDS.", OfCall),
}
INCOMING: dict[str, tuple[str, type[Model]]] = {
    REQUESTED: ("Asks for a supervision.", RequestDetail),
    FOLLOW_REQUESTED: ("Asks for an agent to be followed.", FollowDetail),
}
