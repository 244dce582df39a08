"""The routes of the active calls."""

from supervision.api.openapi.parts import (
    IF_NONE_MATCH,
    NOT_MODIFIED,
    TAG,
    YTEL,
    json_of,
    json_of_any,
    paging,
    query,
    refusals,
    route,
    shape,
)
from supervision.base.problems import CallNotFound, InvalidRequest, TooManyRequests

LIST_CALLS = route(
    "listCalls",
    "Calls",
    "The active calls",
    "Oldest first. At most `CALLS_MAX_AGE_SECONDS` old, counted from `asOf`; while Ytel does not answer, what is held "
    "is served with `stale` until it is too old, then 503. Nothing but `asOf` changes while the calls do not.\n\n"
    "With `since`, the `version` of an earlier answer with the same filters, only what changed after it is answered: "
    "the rows that are new or changed, and the ids of those that are gone. Where that version is not known, or too "
    "old, `full` is true and all rows are there; if they are more than an answer may hold, `next` leads on.",
    json_of_any(200, "One page of the calls; with `since`, what changed.", ("CallList", "CallChanges"), TAG),
    NOT_MODIFIED,
    refusals(InvalidRequest, *YTEL),
    parameters=(
        query("agent", "Part of the agent's name, or their client id.", {"type": "string"}),
        query("direction", "Calls of one direction only.", shape("Direction")),
        query("supervised", "Calls that are supervised now, or those that are not.", {"type": "boolean"}),
        query("help", "Calls whose agent calls for a supervisor, or the others.", {"type": "boolean"}),
        query("since", "The `version` of an earlier answer.", {"type": "string"}),
        *paging(500),
        IF_NONE_MATCH,
    ),
)

GET_CALL = route(
    "getCall",
    "Calls",
    "One active call",
    "The call as the list has it, and its conference as Ytel gives it.",
    json_of(200, "The call.", "CallDetail", TAG),
    NOT_MODIFIED,
    refusals(InvalidRequest, CallNotFound, TooManyRequests, *YTEL),
    parameters=(IF_NONE_MATCH,),
)

LIST_AGENTS = route(
    "listAgents",
    "Agents",
    "The agents",
    "Every WebRTC user of the account, by name, and the call that each is on, by the list of calls as it is held.",
    json_of(200, "The agents.", "AgentList", TAG),
    NOT_MODIFIED,
    refusals(InvalidRequest, *YTEL),
    parameters=(IF_NONE_MATCH,),
)

PLAN = route(
    "planAction",
    "Calls",
    "What an action would do",
    "On the members as they are now, read for this request: whom the action would keep out and who would hear; or why "
    "it would be refused. Dials nobody.",
    json_of(200, "The plan.", "Plan"),
    refusals(InvalidRequest, CallNotFound, TooManyRequests, *YTEL),
    parameters=(
        query(
            "action",
            "The action that is thought of.",
            shape("PlannedAction"),
            required=True,
        ),
    ),
)
