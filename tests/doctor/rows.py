"""What this project takes for true of Ytel, documented or inferred: whether it holds on this account."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from supervision.rules.calls import agent_of, client_id_of, created_time
from supervision.rules.conferences import Conference
from supervision.rules.fresh import FreshConference
from supervision.rules.legs import Leg, User, read_legs, written_number
from supervision.rules.phone_numbers import same
from tests.doctor.paging import Listed
from tests.doctor.routes import FoundRoutes
from tests.doctor.users import PATH, FoundUsers, has_the_four

FIELDS = {"confId", "accountSid", "status", "createdTime", "details", "members", "memberData"}
CLAIMS = {"sub", "acct", "pAcct", "privs", "username", "scope", "iss", "iat", "exp"}

# On how many of how many it holds, or whether it does; None: it could not be seen.
type Verdict = bool | tuple[int, int] | None


@dataclass(frozen=True)
class Seen:
    """All that was seen of an account."""

    claims: Mapping[str, Any]
    conferences: Listed
    users: FoundUsers | None
    calls: Sequence[FreshConference]
    routes: FoundRoutes

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The conferences as Ytel gave them."""
        return [row for row in self.conferences.rows if isinstance(row, dict)]

    @property
    def legs(self) -> list[tuple[Conference, User | None, Leg]]:
        """Every leg of a live call, with its agent."""
        by_id = self.users.by_id if self.users else {}
        found = [(call.content, agent_of(call.content, by_id)) for call in self.calls]
        return [(one, agent, leg) for one, agent in found for leg in read_legs(one, agent).members]


def look_at_rows(seen: Seen) -> Iterator[str]:
    """A line for each, with how sure it is when nobody has looked."""
    for sure, text, look in ROWS:
        verdict, share = look(seen), ""
        if isinstance(verdict, tuple):
            share = f" (on {verdict[0]} of {verdict[1]})"
            verdict = verdict[0] == verdict[1] if verdict[0] in (0, verdict[1]) else None
        said = {True: "holds  ", False: "differs", None: "partly " if share else "unseen "}[verdict]
        yield f"{said} {sure}: {text}{share}"


def _all(values: Sequence[bool]) -> Verdict:
    return (sum(values), len(values)) if values else None


def _some(values: Sequence[bool]) -> Verdict:
    """A thing that can be: seen once it holds, not seen it may hold yet."""
    return any(values) or None


def _envelope(seen: Seen) -> Verdict:
    return seen.conferences.shape == "the documented envelope"


def _fields(seen: Seen) -> Verdict:
    return _all([set(one) == FIELDS for one in seen.documents])


def _times(seen: Seen) -> Verdict:
    return _all([created_time(call.content) is not None for call in seen.calls])


def _agents(seen: Seen) -> Verdict:
    by_id = seen.users.by_id if seen.users else {}
    named = [call.content for call in seen.calls if client_id_of(call.content)]
    return _all([agent_of(one, by_id) is not None for one in named])


def _agents_number(seen: Seen) -> Verdict:
    by_call: dict[int, list[bool]] = {}
    for call, agent, leg in seen.legs:
        if agent:
            by_call.setdefault(id(call), []).append(same(leg.channel_name, agent.webrtcNumber))
    return _all([any(one) for one in by_call.values()])


def _client_id(seen: Seen) -> Verdict:
    return _some([bool(agent) and leg.caller_id == agent.clientId for _, agent, leg in seen.legs if agent])


def _customers_number(seen: Seen) -> Verdict:
    by_call: dict[int, list[bool]] = {}
    for call, agent, leg in seen.legs:
        if agent and call.details:
            inbound = same(agent.webrtcNumber, written_number(call.details.called_number))
            customer = written_number(call.details.caller_number if inbound else call.details.called_number)
            by_call.setdefault(id(call), []).append(same(leg.channel_name, customer))
    return _all([any(one) for one in by_call.values()])


def _token(seen: Seen) -> Verdict:
    return seen.claims.keys() >= CLAIMS if seen.claims else False


def _account(seen: Seen) -> Verdict:
    sids = {str(one.get("accountSid")).lower() for one in seen.documents if one.get("accountSid")}
    account = seen.claims.get("acct")
    return str(account).lower() in sids if account and sids else None


def _life(seen: Seen) -> Verdict:
    made, ends = seen.claims.get("iat"), seen.claims.get("exp")
    return ends - made == 7200 if type(made) is int and type(ends) is int else None


def _of_users(look: Callable[[FoundUsers], Verdict]) -> Callable[[Seen], Verdict]:
    return lambda seen: look(seen.users) if seen.users else None


def _error(seen: Seen) -> Verdict:
    error = seen.routes.error
    if not isinstance(error, dict):
        return None
    return error.get("status") is False and isinstance(error.get("error"), list | dict)


def _count(listed: Listed) -> Verdict:
    return listed.count == "total" if listed.count else None


def _lists(seen: Seen) -> list[Listed]:
    return [seen.conferences, *([seen.users.listed] if seen.users else [])]


def _by_key(seen: Seen) -> Verdict:
    tried = [one.by_key for one in _lists(seen) if one.by_key is not None]
    return any(tried) if tried else None


def _by_offset(seen: Seen) -> Verdict:
    return _all([one.by_offset for one in _lists(seen) if one.by_offset is not None])


def _of_the_page(seen: Seen) -> Verdict:
    return _some([one.count == "page" for one in _lists(seen)])


def _never(_: Seen) -> Verdict:
    return None


DOCUMENTED, CAPTURED, INFERRED = "documented", "seen elsewhere", "inferred"

# How sure each is, what it says, and what shows it. What takes more than a GET is never seen here.
ROWS: list[tuple[str, str, Callable[[Seen], Verdict]]] = [
    (DOCUMENTED, "the conferences come in the envelope {status, count, page, payload}", _envelope),
    (DOCUMENTED, f"a conference has the fields {', '.join(sorted(FIELDS))}, and no others", _fields),
    (DOCUMENTED, "createdTime is in milliseconds since the epoch", _times),
    (
        DOCUMENTED,
        "memberData maps member ids to JSON in texts",
        lambda seen: _all([leg.readable for *_, leg in seen.legs]),
    ),
    (
        DOCUMENTED,
        "a user has clientId, firstName, lastName and webrtcNumber",
        _of_users(lambda found: has_the_four(found.listed.rows)),
    ),
    (DOCUMENTED, "a call's agent is the user whose clientId it names", _agents),
    (DOCUMENTED, "a leg of each call shows its agent's webrtcNumber as channelName", _agents_number),
    (DOCUMENTED, "the count of the conferences is the total", lambda seen: _count(seen.conferences)),
    (DOCUMENTED, "a participant request brings in a phone that noSpeakToList keeps from being heard", _never),
    (DOCUMENTED, "the token service answers {accessToken, refreshToken, tokenType}, flat", _never),
    (DOCUMENTED, "a refresh token ends after 24 hours, and a refresh gives no new one", _never),
    (DOCUMENTED, "a call lasts 14,400 s at most, a phone rings for 60 s, a conference beeps on entry", _never),
    (CAPTURED, f"the token is a JWT with the claims {', '.join(sorted(CLAIMS))}", _token),
    (CAPTURED, "the token's acct is the account of its conferences", _account),
    (CAPTURED, "the token lives 7,200 s", _life),
    (CAPTURED, "the users come as a bare array", _of_users(lambda found: found.listed.shape == "a bare array")),
    (CAPTURED, "an error comes as an envelope with status false and a code and a message", _error),
    (CAPTURED, "lists page by offset", _by_offset),
    (CAPTURED, "a page's nextKey leads to the next", _by_key),
    (CAPTURED, "a count can be that of its page", _of_the_page),
    (CAPTURED, "GET /contact/ lists the contacts", lambda seen: seen.routes.contacts),
    (CAPTURED, "GET /callback/configuration/ lists the callbacks", lambda seen: seen.routes.callbacks),
    (CAPTURED, "member ids are whole numbers", lambda seen: _all([leg.member_id.isdecimal() for *_, leg in seen.legs])),
    (INFERRED, f"the users are listed at {PATH}", _of_users(lambda found: found.url.endswith(PATH))),
    (INFERRED, "GET /contact/{contactId}/ reads one contact", lambda seen: seen.routes.contact),
    (INFERRED, "GET /conference/{confId} reads one conference", lambda seen: seen.routes.conference),
    (INFERRED, "an agent's leg can carry the client id as its callerId", _client_id),
    (INFERRED, "a member dialled by phone shows its number as channelName", _customers_number),
    (INFERRED, "each leg has a callSid", lambda seen: _all([bool(leg.call_sid) for *_, leg in seen.legs])),
    (INFERRED, "a participant request answers the callSid that its leg will bear", _never),
    (INFERRED, "DELETE /conference/{confId}/participant/{memberId} disconnects one member", _never),
    (INFERRED, "one who joins later is on nobody's noSpeakToList, and hears", _never),
    ("unknown", "rate limits, the largest page, the order of lists, how long a leg lingers in them", _never),
]
