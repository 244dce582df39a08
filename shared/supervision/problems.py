"""Everything that can be refused or go wrong, and how it is said (RFC 9457).

Problem
├── InvalidRequest 422 · NumberNotAllowed 422
├── Forbidden 403
├── CallNotFound 404 · SupervisionNotFound 404
├── Conflict 409: AgentNotProven · MembersUnknown · NotJoined · AlreadySupervising · InProgress · CallAmbiguous
├── YtelProblem: YtelRateLimited 429 · YtelRejected 502 · YtelInvalid 502 · YtelUnavailable 503
├── TooManyDials 429
├── HangupIncomplete 502
└── OutcomeUnknown 504

The code raises these and never builds an error answer; a door turns one into `problem+json` in one place.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class Problem(Exception):
    """A refusal or a failure with its place in the API.

    `detail` is for the person who asked, about this occurrence. `retry_after` is in whole seconds.
    `extra` are further members at the top level of the answer. Neither holds a token, an upstream body or a full
    phone number.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, *, retry_after: int | None = None, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after
        self.extra = dict(extra or {})

    def as_dict(self) -> dict[str, Any]:
        """The members of the problem document; `type` leads to its entry in the API's own documentation."""
        return {
            "type": f"/docs#{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }


class InvalidRequest(Problem):
    status, code, title = 422, "invalid_request", "The request is malformed"


class NumberNotAllowed(Problem):
    status, code, title = 422, "number_not_allowed", "This number may not be dialled for this call"


class Forbidden(Problem):
    status, code, title = 403, "forbidden", "This key may not do this"


class CallNotFound(Problem):
    status, code, title = 404, "call_not_found", "No such active call"


class SupervisionNotFound(Problem):
    status, code, title = 404, "supervision_not_found", "No such supervision"


class Conflict(Problem):
    """The call or the supervision, as it is now, does not allow it."""

    status = 409


class AgentNotProven(Conflict):
    code, title = "agent_not_proven", "Which leg is the agent's is not proven"


class MembersUnknown(Conflict):
    code, title = "members_unknown", "Who is on the call is not known"


class NotJoined(Conflict):
    code, title = "not_joined", "The supervisor is not on the call"


class AlreadySupervising(Conflict):
    code, title = "already_supervising", "This phone is already ringing for this call, or on it"


class InProgress(Conflict):
    code, title = "in_progress", "The same request is being worked on"


class CallAmbiguous(Conflict):
    code, title = "call_ambiguous", "The agent is on several calls"


class YtelProblem(Problem):
    """Ytel did not do as asked, and nothing was done."""


class YtelRateLimited(YtelProblem):
    status, code, title = 429, "ytel_rate_limited", "Ytel asks to slow down"


class YtelRejected(YtelProblem):
    status, code, title = 502, "ytel_rejected", "Ytel refused"


class YtelInvalid(YtelProblem):
    status, code, title = 502, "ytel_invalid", "Ytel's answer is not what it documents"


class YtelUnavailable(YtelProblem):
    status, code, title = 503, "ytel_unavailable", "Ytel is not answering"


class TooManyDials(Problem):
    status, code, title = 429, "too_many_dials", "This client has dialled as often as it may"


class HangupIncomplete(Problem):
    status, code, title = 502, "hangup_incomplete", "Some legs could not be disconnected"


class OutcomeUnknown(Problem):
    status, code, title = 504, "outcome_unknown", "The request was sent and its answer never came"
