"""What the API answers, exactly. Its description is generated from these models, and from those of `incoming`.

What is sent is made elsewhere, as plain data (`calls`, `record`, `plan`, `problems`): a test holds the two together.
Calls and agents are in `call_models`, the events in `event_models`.
"""

from pydantic import Field

from supervision.api.openapi.call_models import AgentList, CallChanges, CallDetail, CallList
from supervision.api.openapi.incoming import Action, DialRequest, FollowRequest, HelpRequest, Model, SwitchRequest
from supervision.api.openapi.parts import SAMPLE_ID
from supervision.api.openapi.values import (
    AGENT,
    CALL,
    Absent,
    AgentMatch,
    Direction,
    FollowEnd,
    Millis,
    PlannedAction,
    ProblemCode,
    Scope,
    SupervisionEnd,
    SupervisionState,
)


class Supervision(Model):
    """One supervisor's phone, asked into one call."""

    id: str = Field(examples=[SAMPLE_ID])
    action: Action
    confId: str = Field(examples=[CALL])
    clientId: str = Field(description="The agent's WebRTC client id.", examples=[AGENT])
    to: str = Field(description="The supervisor's phone.", examples=["+12125550142"])
    from_: str = Field(alias="from", description="The agent's number: the phone shows it.", examples=["+15555280600"])
    noSpeakToList: list[str] = Field(description="The members who do not hear the supervisor.", examples=[["503"]])
    state: SupervisionState = Field(
        description="`dialing` when Ytel took the request, `joined` when the phone is on the call, `ended` when it or "
        "the call is gone, `failed` when it never came."
    )
    exposed: bool = Field(
        description="Whether somebody joined who could hear what was not meant for them.", examples=[False]
    )
    requestedBy: str = Field(examples=["crm"])
    requestedAt: Millis
    joinedAt: Millis | None = Field(examples=[None])
    endedAt: Millis | None = Field(examples=[None])
    how: SupervisionEnd | None = Field(
        description="How it ended or failed: `hung_up` by the phone, `left`, `call_ended`, `exposed`, `not_answered`, "
        "`given_up`, `time_limit`, `switched`, or the code that it was refused with.",
        examples=[None],
    )
    endedBy: str | None = Field(description="Who asked for its end.", examples=[None])
    exposedBy: list[str] = Field(
        description="The members who heard what was not meant for them; `?` for one whom Ytel does not describe.",
        examples=[[]],
    )
    until: Millis | None = Field(description="When its time is up, and its leg is dropped.")
    replaces: str | None = Field(description="The supervision whose place it takes.", examples=[None])
    follow: str | None = Field(description="The follow that asked for it.", examples=[None])
    agentReleasedAt: Millis | None = Field(
        description="When the agent's leg was seen to be gone, after a take-over.", examples=[None]
    )


class Follow(Model):
    """A supervisor's phone, asked into an agent's next calls."""

    id: str
    clientId: str = Field(description="The agent's WebRTC client id.", examples=[AGENT])
    to: str = Field(description="The supervisor's phone.", examples=["+12125550142"])
    action: Action
    calls: int = Field(description="After how many calls that it dialled for it ends.", examples=[5])
    until: Millis
    supervisions: list[str] = Field(description="Those that it dialled for so far, the oldest first.", examples=[[]])
    requestedBy: str = Field(examples=["crm"])
    requestedAt: Millis
    endedAt: Millis | None = Field(examples=[None])
    how: FollowEnd | None = Field(
        description="How it ended: `calls` dialled for, `until` reached, `not_answered` twice running, `withdrawn`, or "
        "`forbidden`, where its client may not do it any more.",
        examples=[None],
    )
    endedBy: str | None = Field(description="Who withdrew it.", examples=[None])


class FollowList(Model):
    """The follows that run, newest first."""

    follows: list[Follow]
    count: int = Field(ge=0, examples=[1])


class SupervisionList(Model):
    """A page of the supervisions, newest first."""

    supervisions: list[Supervision]
    count: int = Field(description="How many are on this page.", ge=0, examples=[1])
    next: str | None = Field(description="The `cursor` of the page after this one.", examples=[None])


class Me(Model):
    """Whose key it is, and what it may do."""

    client: str = Field(description="The client, or the person.", examples=["crm"])
    scopes: list[Scope] = Field(examples=[["calls:read", "calls:whisper"]])
    agents: list[str] = Field(
        description="The agents (client ids) whose calls alone are there for it; empty: every agent's; `-`: nobody's.",
        examples=[[]],
    )
    phones: list[str] = Field(
        description="The phones that alone it may have dialled; empty: every phone; `-`: none.", examples=[[]]
    )


class HungUp(Model):
    """Who was disconnected."""

    confId: str = Field(examples=[CALL])
    hungUp: list[str] = Field(description="The members who are gone.", examples=[["503", "504"]])
    failed: list[str] = Field(description="The members who could not be disconnected.", examples=[[]])


class Refusal(Model):
    """Why an action would be refused."""

    code: ProblemCode = Field(examples=["agent_not_proven"])
    detail: str


class Plan(Model):
    """What an action would do now: `noSpeakToList` and `hears`, or `refused`."""

    confId: str = Field(examples=[CALL])
    action: PlannedAction
    agentMatch: AgentMatch | None = Field(examples=["channelName"])
    noSpeakToList: list[str] | Absent = Field(
        None,
        description="The members who would not hear; for a hang-up, who would be disconnected.",
        examples=[["503"]],
    )
    hears: list[str] | Absent = Field(
        None, description="The members who would hear the supervisor.", examples=[["504"]]
    )
    refused: Refusal | Absent = Field(None)


class Problem(Model):
    """What was refused or went wrong (RFC 9457)."""

    type: str = Field(description="Leads to what is said of the code.", examples=["/docs#call_not_found"])
    title: str = Field(description="The same for every problem of the code.", examples=["No such active call"])
    status: int = Field(examples=[404])
    detail: str = Field(description="About this occurrence.", examples=["There is no such active call."])
    code: ProblemCode = Field(examples=["call_not_found"])
    supervisionId: str | Absent = Field(None, description="The supervision whose dial's outcome is not known.")
    followId: str | Absent = Field(None, description="The follow of that agent by that phone which runs already.")
    confId: str | Absent = Field(None, description="The call of a hang-up.")
    hungUp: list[str] | Absent = Field(None, description="The members whom the hang-up disconnected.")
    failed: list[str] | Absent = Field(None, description="The members whom it did not.")


class Message(Model):
    """What the gateway itself answers."""

    message: str = Field(examples=["Forbidden"])


# What is described of itself, for routes and their parameters to name.
SHAPES = (
    Direction,
    SupervisionState,
    PlannedAction,
    CallList,
    CallChanges,
    CallDetail,
    AgentList,
    Supervision,
    SupervisionList,
    DialRequest,
    SwitchRequest,
    HelpRequest,
    FollowRequest,
    Follow,
    FollowList,
    Me,
    HungUp,
    Plan,
    Problem,
    Message,
)
