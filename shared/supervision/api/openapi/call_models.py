"""What the API answers of calls and of agents; the rest is in `models`."""

from typing import Any, Literal

from pydantic import Field

from supervision.api.openapi.incoming import Action, Model
from supervision.api.openapi.values import AGENT, CALL, Absent, AgentMatch, Millis, SupervisionState


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
