"""Everything that can be refused or go wrong, and how it is said (RFC 9457).

Problem
├── InvalidRequest 422 · NumberNotAllowed 422
├── Forbidden 403
├── CallNotFound 404 · SupervisionNotFound 404 · AgentNotFound 404 · FollowNotFound 404
├── Conflict 409: AgentNotProven · MembersUnknown · ContactNotJoined · NotJoined · AlreadySupervising ·
│   InProgress · CallAmbiguous · TooOld
├── YtelProblem: YtelRateLimited 429 · YtelRejected 502 · YtelInvalid 502 · YtelUnavailable 503
├── TooManyDials 429 · TooManyRequests 429
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
    """The body is not JSON, or a field, a query parameter or a header is missing or has a value it cannot have."""

    status, code, title = 422, "invalid_request", "The request is malformed"


class NumberNotAllowed(Problem):
    """`to` is no number that this account may dial, or it is in the call."""

    status, code, title = 422, "number_not_allowed", "This number may not be dialled for this call"


class Forbidden(Problem):
    status, code, title = 403, "forbidden", "This key may not do this"


class CallNotFound(Problem):
    """The call is over, or there never was one of this id."""

    status, code, title = 404, "call_not_found", "No such active call"


class SupervisionNotFound(Problem):
    """There never was one of this id, or its record is no longer kept."""

    status, code, title = 404, "supervision_not_found", "No such supervision"


class AgentNotFound(Problem):
    """No WebRTC user of the account has this client id or number."""

    status, code, title = 404, "agent_not_found", "No such agent"


class FollowNotFound(Problem):
    """There never was one of this id, or it has ended."""

    status, code, title = 404, "follow_not_found", "No such follow"


class Conflict(Problem):
    """The call or the supervision, as it is now, does not allow it."""

    status = 409


class AgentNotProven(Conflict):
    """The agent is unknown, or no leg proved to be theirs, so that the customer might hear a whisper."""

    code, title = "agent_not_proven", "Which leg is the agent's is not proven"


class MembersUnknown(Conflict):
    """Ytel does not say who is on the call, so nobody could be kept from hearing, or be disconnected."""

    code, title = "members_unknown", "Who is on the call is not known"


class ContactNotJoined(Conflict):
    """Nobody who would be kept out is on the call yet: whoever joins later would hear the whisper."""

    code, title = "contact_not_joined", "There is nobody yet to be kept from hearing"


class NotJoined(Conflict):
    """The phone is still ringing, or never came, so there is no leg to drop."""

    code, title = "not_joined", "The supervisor is not on the call"


class AlreadySupervising(Conflict):
    """Once it has left the call it may be asked in again."""

    code, title = "already_supervising", "This phone is already ringing for this call, or on it"


class InProgress(Conflict):
    """Ask again in a moment: the answer is then that of the first."""

    code, title = "in_progress", "The same request is being worked on"

    def __init__(self, detail: str = f"{title}; ask again in a moment.", **more: Any) -> None:
        super().__init__(detail, **more)


class TooOld(Conflict):
    """Over the bus: a replayed archive, or a queue that was put back after days. Ask anew."""

    code, title = "too_old", "The request is too old to be acted on"


class CallAmbiguous(Conflict):
    """Over the bus, where the call is named by its agent: name it by its `confId`."""

    code, title = "call_ambiguous", "The agent is on several calls"


class YtelProblem(Problem):
    """Ytel did not do as asked, and nothing was done."""


class YtelRateLimited(YtelProblem):
    """Nothing was done. Ask again after `Retry-After`."""

    status, code, title = 429, "ytel_rate_limited", "Ytel asks to slow down"


class YtelRejected(YtelProblem):
    """Nothing was done; `detail` holds what Ytel said."""

    status, code, title = 502, "ytel_rejected", "Ytel refused"


class YtelInvalid(YtelProblem):
    """It could not be read, so nothing was done."""

    status, code, title = 502, "ytel_invalid", "Ytel's answer is not what it documents"


class YtelUnavailable(YtelProblem):
    """And nothing fresh enough is held. Nothing was done; ask again after `Retry-After`."""

    status, code, title = 503, "ytel_unavailable", "Ytel is not answering"


class TooManyDials(Problem):
    """In this minute: `DIALS_PER_MINUTE`. Nothing was done; ask again after `Retry-After`."""

    status, code, title = 429, "too_many_dials", "This client has dialled as often as it may"


class TooManyRequests(Problem):
    """In this minute: `READS_PER_MINUTE`, for plans, for actions and for single calls. Nothing was done."""

    status, code, title = 429, "too_many_requests", "This client has had calls read as often as it may"


class HangupIncomplete(Problem):
    """`hungUp` and `failed` say which. Asking again finishes it."""

    status, code, title = 502, "hangup_incomplete", "Some legs could not be disconnected"


class OutcomeUnknown(Problem):
    """It may have been done. Asking again looks first, and dials nobody twice."""

    status, code, title = 504, "outcome_unknown", "The request was sent and its answer never came"
