"""The values that the models share: one name for each set of them, which is its shape's in the descriptions."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, JsonValue
from pydantic.json_schema import SkipJsonSchema

from supervision.base.problems import Problem as AnyProblem
from supervision.base.problems import YtelProblem
from supervision.rules.actions import PLANNED
from supervision.rules.follow import FOLLOW_ENDS
from supervision.rules.scopes import SCOPES
from supervision.rules.supervision import SUPERVISION_ENDS

CALL = "5555776a-564f-4805-ada6-e770c66d7368"
AGENT = "c91f9b77-ce9d-4207-98e4-229b76a6555"

Millis = Annotated[int, Field(description="Milliseconds since the epoch.", examples=[1709849242672])]

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
