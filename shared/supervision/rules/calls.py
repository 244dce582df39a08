"""Conferences and WebRTC users -> the active calls. Pure.

The agent of a call is the user whose `clientId` is the conference's `details.client_id`; the call is inbound where that
agent's number is the one called, otherwise outbound (Ytel's article). Which leg is whose is `legs`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference, Details
from supervision.rules.ids import id_key
from supervision.rules.legs import Legs, User, read_legs, written_number
from supervision.rules.phone_numbers import same

Call = dict[str, Any]

# 2001 and 2100: what is less is in seconds, what is more in microseconds, or it is no time.
FIRST_TIME, LAST_TIME = 978_307_200_000, 4_102_444_800_000

_NO_DETAILS = Details()


# {"clientId": "c91f9b77-…", "firstName": "Ann", "lastName": "Lee", "webrtcNumber": "+16465550100",
#  "displayName": "Ann Lee", "username": "ann.lee", "status": "active", "roles": ["webrtc-agent"], …, and secrets}
def users_by_id(users: Iterable[Any]) -> dict[str, User]:
    """Ytel's WebRTC users by the `id_key` of their `clientId`, the last of several; who has none is passed over."""
    found = {}
    for user in users:
        if client_id := client_id_of_user(user):
            first, last, number, status = map(user.get, ("firstName", "lastName", "webrtcNumber", "status"))
            if not (isinstance(first, str) and isinstance(last, str) and first and last):
                username = _text(first) or _text(last) or ""
            else:
                username = f"{first} {last}"
            active = status is None or (_text(status) or "active").lower() == "active"
            number = number if isinstance(number, str) else written_number(number)
            found[id_key(client_id)] = User(client_id, username, number, active)
    return found


def client_id_of_user(row: Any) -> str | None:
    """The WebRTC client id of a row in Ytel's list of users, where it has one."""
    return _text(row.get("clientId")) if isinstance(row, dict) else None


def is_active(conference: Any) -> bool:
    """Whether this is a conference, with an id, of a call in progress."""
    if not isinstance(conference, Conference) or conference.status != "active":
        return False
    conf_id = conference.confId
    return isinstance(conf_id, str) and conf_id != ""


def order(call: Call) -> tuple[int, str]:
    """What calls are ordered by: age, then id. A call whose start is unknown comes first."""
    return call.get("createdTime") or 0, call["confId"]


def created_time(conference: Conference) -> int | None:
    """When the call began, in ms; None where Ytel does not say so, or gives what no live call's start can be."""
    created = conference.createdTime
    return created if type(created) is int and FIRST_TIME <= created < LAST_TIME else None


def client_id_of(conference: Conference) -> str | None:
    """The WebRTC client id of the agent on this conference, where it names one."""
    client_id = conference.details.client_id if conference.details else None
    return client_id if isinstance(client_id, str) and client_id else None


def contact_id_of(conference: Conference) -> str | None:
    """The id of the contact on this conference, where it names one."""
    return _text(conference.details.contact_id) if conference.details else None


def agent_of(conference: Conference, users: Mapping[str, User]) -> User | None:
    """The agent on this conference, where the account has such a user."""
    return users.get(id_key(client_id_of(conference) or ""))


def active_call(
    conference: Conference,
    users: Mapping[str, User],
    supervisors: Sequence[Supervisor] = (),
    help_: Mapping[str, Any] | None = None,
) -> Call:
    """One call as the API shows it, with null where nothing is known; the conference is `is_active`."""
    client_id = client_id_of(conference)
    user = users.get(id_key(client_id)) if client_id else None
    return row_of(conference, read_legs(conference, user, supervisors), supervisors, help_)


def row_of(
    conference: Conference, legs: Legs, supervisors: Sequence[Supervisor], help_: Mapping[str, Any] | None
) -> Call:
    """The same, of the legs of this conference, its user and these supervisors."""
    details, user = conference.details or _NO_DETAILS, legs.user
    client_id, called = _text(details.client_id), written_number(details.called_number) or None
    return {
        "confId": conference.confId,
        "status": "active",
        "createdTime": created_time(conference),
        "from": written_number(details.caller_number) or None,
        "to": called,
        "inbound": same(user.webrtcNumber, called or "") if user else None,
        "clientId": client_id,
        "username": user.username if user else None,
        "agentNumber": (user.webrtcNumber or None) if user else None,
        "contact": None,
        "contactId": _text(details.contact_id),
        "agentMemberId": legs.agent,
        "contactMemberId": legs.contact,
        "agentMatch": legs.match,
        "otherMemberIds": list(legs.others),
        "help": help_,
        "supervisors": [shown_supervisor(one) for one in supervisors] if supervisors else [],
    }


def shown_supervisor(supervisor: Supervisor) -> dict[str, Any]:
    """A supervisor as a row shows it."""
    return {
        "id": supervisor.id,
        "action": supervisor.action,
        "state": supervisor.state,
        "exposed": supervisor.exposed,
        "requestedBy": supervisor.requested_by,
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
