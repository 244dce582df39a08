"""The routes of the actions on a call."""

from typing import Any

from supervision.api.openapi.parts import IDEMPOTENCY_KEY, REPLAYED, YTEL, answer, refusals, route
from supervision.base.problems import (
    AgentNotProven,
    AlreadySupervising,
    CallNotFound,
    HangupIncomplete,
    InProgress,
    InvalidRequest,
    MembersUnknown,
    NumberNotAllowed,
    OutcomeUnknown,
    TooManyDials,
)

_ONCE = (
    " Asked again within 30 s by the same client, for the same call and phone, it answers with the supervision that is "
    "under way. A dial whose answer was lost is never sent again blindly: asking again looks whether the phone joined."
)
_PHONE = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DialRequest"}}},
}


def _dial(action: str, summary: str, description: str) -> dict[str, Any]:
    unknown = {"supervisionId": "7b0f6a52-2f0e-4f5d-9f57-0c2f4f0d8a11"}
    return route(
        action,
        "Actions",
        summary,
        description + _ONCE,
        answer(202, "The phone is being dialled.", "Supervision", REPLAYED),
        refusals(
            CallNotFound,
            AgentNotProven,
            MembersUnknown,
            AlreadySupervising,
            InProgress,
            InvalidRequest,
            NumberNotAllowed,
            TooManyDials,
            *YTEL,
            OutcomeUnknown,
            outcome_unknown=unknown,
        ),
        parameters=(IDEMPOTENCY_KEY,),
        body=_PHONE,
    )


LISTEN = _dial("listen", "Listen to a call", "Brings in a supervisor whom nobody hears.")
WHISPER = _dial(
    "whisper",
    "Whisper to the agent",
    "Brings in a supervisor whom the agent alone hears; refused where the agent's leg is not proven.",
)
BARGE = _dial("barge", "Barge into a call", "Brings in a supervisor whom everyone hears.")

_LISTS = {"confId": "5555776a-564f-4805-ada6-e770c66d7368", "hungUp": ["503"], "failed": ["504"]}

HANGUP = route(
    "hangup",
    "Actions",
    "Hang up a call",
    "Disconnects every member, supervisors too. Asking again finishes what was left.",
    answer(200, "Who was disconnected.", "HungUp", REPLAYED),
    refusals(
        CallNotFound,
        MembersUnknown,
        InProgress,
        InvalidRequest,
        *YTEL,
        HangupIncomplete,
        OutcomeUnknown,
        hangup_incomplete=_LISTS,
        outcome_unknown=_LISTS,
    ),
    parameters=(IDEMPOTENCY_KEY,),
)
