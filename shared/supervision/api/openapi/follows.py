"""The routes of the follows."""

from supervision.api.openapi.parts import (
    DIALLING,
    IDEMPOTENCY_KEY,
    REPLAYED,
    SAMPLE_ID,
    json_body,
    json_of,
    refusals,
    route,
)
from supervision.base.problems import AgentNotFound, FollowNotFound, InProgress, InvalidRequest
from supervision.rules.actions import ACTIONS

FOLLOW = route(
    "follow",
    "Agents",
    ACTIONS["follow"].summary,
    ACTIONS["follow"].description
    + " Each new call is dialled for once, as soon as the action is allowed on it, while the phone is in no other. "
    "It ends after `calls` that it dialled for, at `until`, when the phone did not answer twice running, or when it is "
    "withdrawn.",
    json_of(201, "The follow.", "Follow", REPLAYED),
    refusals(
        AgentNotFound,
        *DIALLING,
        already_supervising={"followId": SAMPLE_ID},
    ),
    parameters=(IDEMPOTENCY_KEY,),
    body=json_body("FollowRequest"),
)

LIST_FOLLOWS = route(
    "listFollows",
    "Agents",
    "The follows that run",
    "Newest first.",
    json_of(200, "The follows.", "FollowList"),
    refusals(InvalidRequest),
)

WITHDRAW_FOLLOW = route(
    "withdrawFollow",
    "Agents",
    "End a follow",
    "Its running supervision goes on.",
    json_of(200, "The follow as it ended.", "Follow"),
    refusals(FollowNotFound, InProgress, InvalidRequest),
)
