"""What the reference says beside the routes: what to do about each problem, and every limit with its number."""

import dataclasses
from pathlib import Path

import yaml
from shapes import Json

from supervision.api.openapi.incoming import DialRequest, HelpRequest
from supervision.api.openapi.parts import IDEMPOTENCY_KEY
from supervision.base import settings
from supervision.floor import pages, queries
from supervision.rules import follow
from supervision.table import clients, requests

REMEDIES = {
    "invalid_request": "Put right what `detail` names. The same request is refused again.",
    "number_not_allowed": "Ask with `+` and the country code, for a phone in a region of `DialRegions`, or one of the "
    "account's own numbers that is not on the call.",
    "call_not_found": "Read the list anew: the call is over.",
    "supervision_not_found": "Look the id up in `GET /supervisions`.",
    "agent_not_found": "Look the client id up in `GET /agents`. A user who is new is found half a minute later.",
    "follow_not_found": "Read `GET /follows`: it has ended.",
    "agent_not_proven": "Listen or barge in place of a whisper or a take-over, or ask again once both legs are up; "
    "the call's `agentMatch` says what is known.",
    "members_unknown": "Ask again in a few seconds. A barge needs no members.",
    "contact_not_joined": "Ask again once the customer is on the call.",
    "not_joined": "Wait until the supervision is `joined`, or `DELETE` it to give it up.",
    "already_supervising": "Change the one in `supervisionId` (or `followId`) by `PATCH`, or end it by `DELETE` first.",
    "in_progress": "Ask again in a second with the same `Idempotency-Key`.",
    "call_ambiguous": "Name the call by `confId` in place of the agent.",
    "too_old": "Ask anew, under another `requestId`, if it is still wanted.",
    "ytel_rate_limited": "Wait for `Retry-After`, and ask again.",
    "ytel_rejected": "Read what Ytel said in `detail`. Where it refuses its token, tell who runs this API.",
    "ytel_invalid": "Ask again once; if it stays, tell who runs this API.",
    "ytel_unavailable": "Wait for `Retry-After`, and ask again.",
    "too_many_dials": "Wait for `Retry-After`. `DialsPerMinute` is how many a client may ask for.",
    "too_many_requests": "Wait for `Retry-After`. Poll `GET /calls`, which is not counted, and not one call at a time.",
    "hangup_incomplete": "Ask again: it goes on with the legs in `failed`.",
    "outcome_unknown": "Ask again with the same `Idempotency-Key`: it is looked first, and nobody is dialled twice.",
    "internal_error": "Tell who runs this API the `X-Correlation-Id` of the answer.",
}


def limits(template: Path) -> list[Json]:
    """Every limit: what of, its number, and the parameter that changes it, where there is one."""
    one = _defaults()
    parameters = _parameters(template)
    [longest_number] = [extra.max_length for extra in DialRequest.model_fields["to"].metadata if _has(extra)]
    [longest_reason] = [extra.max_length for extra in HelpRequest.model_fields["reason"].metadata if _has(extra)]
    rows = [
        ("Requests a second, of all clients together", parameters["RequestsPerSecond"]["Default"], "RequestsPerSecond"),
        ("Dials a minute, of one client", one["dials_per_minute"], "DialsPerMinute"),
        ("Readings of single calls a minute, of one client", one["reads_per_minute"], "ReadsPerMinute"),
        ("Rows on a page of calls by itself; at most", f"{queries.DEFAULT_PAGE}; {queries.LARGEST_PAGE:,}", ""),
        ("Bytes of an answer before it is cut into pages", f"{pages.LARGEST_BODY:,}", ""),
        ("Characters of a key, at least", clients.SHORTEST_KEY, ""),
        ("Characters of an `Idempotency-Key` or a `requestId`, at most", IDEMPOTENCY_KEY["schema"]["maxLength"], ""),
        ("Hours that an answer is kept under its `Idempotency-Key`", _hours(requests.REQUEST_KEPT_MS), ""),
        ("Characters of `to`, at most", longest_number, ""),
        ("Characters of the reason of a call for help, at most", longest_reason, ""),
        ("Calls that a follow dials for by itself; at most", f"{follow.DEFAULT_CALLS}; {follow.MOST_CALLS}", ""),
        (
            "Hours that a follow runs by itself; at most",
            f"{_hours(follow.FOLLOW_MS)}; {_hours(follow.LONGEST_FOLLOW_MS)}",
            "",
        ),
        ("Seconds that a supervision may last", _plain(one["max_seconds"]), "MaxSeconds"),
        ("Seconds that a phone may ring", _plain(one["ring_seconds"]), "RingSeconds"),
        ("Seconds after a dial in which a leg may still be its own", _plain(one["late_seconds"]), "LateSeconds"),
        ("Age of a list while Ytel answers, in seconds", _plain(one["calls_max_age_seconds"]), "CallsMaxAgeSeconds"),
        ("Age of a list while it does not", _plain(one["calls_max_stale_seconds"]), "CallsMaxStaleSeconds"),
        ("Age of a request from the bus, in seconds", _plain(one["request_max_age_seconds"]), "RequestMaxAgeSeconds"),
        ("Days that the record of a supervision is kept", one["audit_days"], "AuditDays"),
        ("Minutes until a new or a withdrawn key is in force, at most", 5, ""),
    ]
    return [{"what": what, "limit": str(number), "parameter": name} for what, number, name in rows]


def _defaults() -> Json:
    declared = (one for one in vars(settings).values() if isinstance(one, type) and dataclasses.is_dataclass(one))
    return {field.name: field.default for one in declared for field in dataclasses.fields(one)}


def _parameters(template: Path) -> Json:
    """The parameters of the template, whose own tags are of no matter here."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    found: Json = yaml.load(template.read_text("utf-8"), Loader)["Parameters"]  # noqa: S506 - a loader that is safe
    return found


def _has(extra: object) -> bool:
    return hasattr(extra, "max_length")


def _hours(milliseconds: int) -> int:
    return milliseconds // 3_600_000


def _plain(number: float) -> str:
    return f"{number:,.0f}"
