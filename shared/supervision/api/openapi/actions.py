"""The routes of the actions on a call."""

from typing import Any

from supervision.api.openapi.parts import (
    DIALLING,
    IDEMPOTENCY_KEY,
    REPLAYED,
    SAMPLE_ID,
    YTEL,
    json_body,
    json_of,
    refusals,
    route,
)
from supervision.base.problems import (
    AgentNotProven,
    CallNotFound,
    ContactNotJoined,
    HangupIncomplete,
    InProgress,
    InvalidRequest,
    MembersUnknown,
    NotJoined,
    OutcomeUnknown,
    SupervisionNotFound,
    TooManyRequests,
)
from supervision.rules.actions import ACTIONS

_ONCE = (
    " Asked again within 30 s by the same client, for the same call and phone, it answers with the supervision that is "
    "under way. A dial whose answer was lost is never sent again blindly: asking again looks whether the phone joined."
)
_DIALLED = {"supervisionId": SAMPLE_ID}


def dial(action: str) -> dict[str, Any]:
    """The route of an action that asks a phone into a call."""
    row = ACTIONS[action]
    return route(
        action,
        "Actions",
        row.summary,
        row.description + _ONCE,
        json_of(202, "The phone is being dialled.", "Supervision", REPLAYED),
        refusals(
            CallNotFound,
            AgentNotProven,
            MembersUnknown,
            *((ContactNotJoined,) if action == "whisper" else ()),
            *DIALLING,
            OutcomeUnknown,
            outcome_unknown=_DIALLED,
        ),
        parameters=(IDEMPOTENCY_KEY,),
        body=json_body("DialRequest"),
    )


_HELP = refusals(CallNotFound, InProgress, InvalidRequest, TooManyRequests, *YTEL)

ASK_FOR_HELP = route(
    "askForHelp",
    "Actions",
    ACTIONS["help"].summary,
    ACTIONS["help"].description + " Asking again changes the reason, and not the time.",
    json_of(200, "The call.", "Call"),
    _HELP,
    body=json_body("HelpRequest", required=False),
)

WITHDRAW_HELP = route(
    "withdrawHelp",
    "Actions",
    "Take the call for a supervisor back",
    "Where there is none, nothing changes.",
    json_of(200, "The call.", "Call"),
    _HELP,
)

SWITCH = route(
    "switch",
    "Supervisions",
    ACTIONS["switch"].summary,
    ACTIONS["switch"].description
    + " Whom the other action would be heard by is decided first, and a refusal changes nothing. Then the leg is "
    "dropped, seen to be gone, and the phone is dialled once more. Asking again goes on from where it was.",
    json_of(
        202,
        "The supervision that takes its place (`replaces`); itself, where it does that already.",
        "Supervision",
        REPLAYED,
    ),
    refusals(
        SupervisionNotFound,
        CallNotFound,
        NotJoined,
        AgentNotProven,
        MembersUnknown,
        ContactNotJoined,
        *DIALLING,
        OutcomeUnknown,
        outcome_unknown=_DIALLED,
    ),
    parameters=(IDEMPOTENCY_KEY,),
    body=json_body("SwitchRequest"),
)


_LISTS = {"confId": "5555776a-564f-4805-ada6-e770c66d7368", "hungUp": ["503"], "failed": ["504"]}

HANGUP = route(
    "hangup",
    "Actions",
    ACTIONS["hangup"].summary,
    ACTIONS["hangup"].description,
    json_of(200, "Who was disconnected.", "HungUp", REPLAYED),
    refusals(
        CallNotFound,
        MembersUnknown,
        InProgress,
        InvalidRequest,
        TooManyRequests,
        *YTEL,
        HangupIncomplete,
        OutcomeUnknown,
        hangup_incomplete=_LISTS,
        outcome_unknown=_LISTS,
    ),
    parameters=(IDEMPOTENCY_KEY,),
)
