"""What the API answers, exactly. Its description is generated from these models, and from those of `incoming`.

What is sent is made elsewhere, as plain data (`calls`, `record`, `plan`, `problems`): a test holds the two together.
The events are in `event_models`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, JsonValue
from pydantic.json_schema import SkipJsonSchema

from supervision.api.openapi.incoming import Action, DialRequest, FollowRequest, HelpRequest, Model, SwitchRequest
from supervision.base.problems import Problem as AnyProblem
from supervision.base.problems import YtelProblem
from supervision.rules.actions import PLANNED
from supervision.rules.follow import FOLLOW_ENDS
from supervision.rules.scopes import SCOPES
from supervision.rules.supervision import SUPERVISION_ENDS

CALL = "5555776a-564f-4805-ada6-e770c66d7368"
AGENT = "c91f9b77-ce9d-4207-98e4-229b76a6555"

Millis = Annotated[int, Field(description="Milliseconds since the epoch.", examples=[1709849242672])]

# Each set of values has one name, which is its shape's in the descriptions.
if TYPE_CHECKING:
    PlannedAction = str
else:
    type PlannedAction = Annotated[Literal[PLANNED], Field(description="What a plan is made of.")]
type SupervisionState = Annotated[
    Literal["dialing", "joined", "ended", "failed"], Field(description="Where a supervision stands.")
]
type AgentMatch = Annotated[
    Literal["channelName", "callerId", "elimination"], Field(description="How sure the agent's leg is.")
]
type Direction = Annotated[Literal["inbound", "outbound"], Field(description="Whether the agent was called, or calls.")]
# For members that are there or are not, and are never null.
Absent = SkipJsonSchema[None]


def kinds(of: type[AnyProblem]) -> Iterator[type[AnyProblem]]:
    """Every problem with a code of its own."""
    for one in of.__subclasses__():
        if "code" in vars(one):
            yield one
        yield from kinds(one)


INTERNAL_ERROR = "internal_error"
# Forbidden is told over the bus alone: the API answers it as the gateway does, with a bare message.
CODES: list[JsonValue] = [*(kind.code for kind in kinds(AnyProblem)), INTERNAL_ERROR]
type ProblemCode = Annotated[str, Field(json_schema_extra={"enum": CODES}, description="What tells problems apart.")]
type Scope = Annotated[str, Field(json_schema_extra={"enum": [*sorted(SCOPES)]}, description="What a key may do.")]
type SupervisionEnd = Annotated[
    str,
    Field(
        json_schema_extra={"enum": [*SUPERVISION_ENDS, *(kind.code for kind in kinds(YtelProblem))]},
        description="How a supervision ended, or the code that Ytel refused its dial with.",
    ),
]
type FollowEnd = Annotated[str, Field(json_schema_extra={"enum": [*FOLLOW_ENDS]}, description="How a follow ended.")]


class Supervisor(Model):
    """A supervision of a call, as it stands on the call."""

    id: str
    action: Action
    state: SupervisionState
    exposed: bool
    requestedBy: str


class Help(Model):
    """An agent's call for a supervisor."""

    reason: str | None = Field(examples=["The customer asks for a manager."])
    askedAt: Millis
    askedBy: str = Field(description="The client that asked for it.", examples=["agents"])


class Contact(Model):
    """A contact of Ytel's."""

    name: str = Field(description="Empty where Ytel has none.", examples=["Maria Nguyen"])
    dnc: bool = Field(description="Whether they asked not to be called.")


class Call(Model):
    """An active call; null where nothing is known."""

    confId: str = Field(examples=[CALL])
    status: Literal["active"]
    createdTime: Millis | None
    from_: str | None = Field(alias="from", examples=["+12125550187"])
    to: str | None = Field(examples=["+15555280600"])
    inbound: bool | None = Field(description="Whether the agent was called; null where the agent is not known.")
    clientId: str | None = Field(description="The agent's WebRTC client id.", examples=[AGENT])
    username: str | None = Field(description="The agent's name.", examples=["Ann Lee"])
    agentNumber: str | None = Field(description="The agent's WebRTC number.", examples=["+15555280600"])
    contact: Contact | None = Field(
        description="The customer; null where the account shows no contacts, or none is known, or not yet."
    )
    contactId: str | None
    agentMemberId: str | None = Field(examples=["504"])
    contactMemberId: str | None = Field(examples=["503"])
    agentMatch: AgentMatch | None = Field(
        description="How sure the agent's leg is: its number matched (`channelName`), it carries the agent's client id "
        "(`callerId`), neither leg proved itself (`elimination`), or nothing is known (null).",
        examples=["channelName"],
    )
    otherMemberIds: list[str] = Field(
        description="Members beside the agent, the contact and supervisors.", examples=[[]]
    )
    help: Help | None = Field(description="The agent's call for a supervisor.", examples=[None])
    supervisors: list[Supervisor] = Field(description="The supervisions under way.")


class CallDetail(Call):
    """An active call, with its conference."""

    userConference: dict[str, Any] | None = Field(
        description="The conference as Ytel gives it; null where it is too large to be answered."
    )


class CallList(Model):
    """A page of the active calls, oldest first."""

    calls: list[Call]
    count: int = Field(description="How many calls match, on all pages.", ge=0, examples=[1])
    asOf: Millis
    stale: bool = Field(description="Whether Ytel did not give a newer list in time.", examples=[False])
    complete: bool = Field(
        description="False where Ytel's pages did not add up: calls, or their agents, may be missing."
    )
    version: str = Field(
        description="Stands for the rows of all pages: `since` asks what changed after it.",
        examples=["9ae16a3b2f90404f"],
    )
    next: str | None = Field(description="The `cursor` of the page after this one.", examples=[None])


class CallChanges(Model):
    """What changed in the list since a version of it."""

    full: bool = Field(description="Whether `calls` are all that match, and whatever is held goes.", examples=[False])
    calls: list[Call] = Field(description="The rows that are new or changed.")
    gone: list[str] = Field(description="The `confId` of each row that is not on the list any more.", examples=[[]])
    count: int = Field(description="How many calls match now.", ge=0, examples=[1])
    asOf: Millis
    stale: bool = Field(description="Whether Ytel did not give a newer list in time.", examples=[False])
    complete: bool = Field(
        description="False where Ytel's pages did not add up: calls, or their agents, may be missing."
    )
    version: str = Field(description="The `since` to ask with next.", examples=["9ae16a3b2f90404f"])
    next: str | Absent = Field(None, description="Where not all rows fit: the `cursor` to ask for the others with.")


class Agent(Model):
    """One of the account's WebRTC users, and the call they are on."""

    clientId: str = Field(description="The WebRTC client id.", examples=[AGENT])
    username: str = Field(description="The name; empty where Ytel has none.", examples=["Ann Lee"])
    agentNumber: str | None = Field(description="The WebRTC number.", examples=["+15555280600"])
    confId: str | None = Field(description="The call; of several the last that began. Null: on none.", examples=[CALL])
    since: Millis | None = Field(description="When that call began; null where that is not known.")
    follows: list[str] = Field(description="The follows of this agent that are under way.", examples=[[]])


class AgentList(Model):
    """The agents, by name."""

    agents: list[Agent]
    asOf: Millis
    stale: bool = Field(description="Whether Ytel did not give a newer list of calls in time.", examples=[False])
    complete: bool = Field(
        description="False where an agent or a call may be missing: Ytel's pages did not add up, or there are more "
        "agents than an answer may hold."
    )


class Supervision(Model):
    """One supervisor's phone, asked into one call."""

    id: str = Field(examples=["7b0f6a52-2f0e-4f5d-9f57-0c2f4f0d8a11"])
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
