"""Ytel's routes: a request in, an answer out, no sockets."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.harness.fake_ytel import participants
from tests.harness.fake_ytel.by_hand import ByHand
from tests.harness.fake_ytel.envelope import Answer, ErrorStyle, Refused, ok, payload
from tests.harness.fake_ytel.floor import Floor
from tests.harness.fake_ytel.lists import Lists
from tests.harness.fake_ytel.requests_log import Request
from tests.harness.fake_ytel.tokens import Tokens
from tests.harness.fake_ytel.weather import Kind

API = "/api/v4"
USERS = "/gumby/webrtc/users"
ACCOUNT_USERS = "/ams/v2/accounts/users/{accountId}/"
TOKEN = "/auth/v3/token"
HANGUP_ROUTE = "DELETE /conference/{confId}/participant/{memberId}"

type Handler = Callable[..., Answer]


@dataclass(frozen=True)
class Complaint:
    """A request that a correct client never sends."""

    method: str
    path: str
    message: str


class App:
    """The fake's answers. `hangup_route`: method and path of the request that disconnects one member."""

    def __init__(self, floor: Floor, tokens: Tokens, hangup_route: str = HANGUP_ROUTE) -> None:
        self.floor = floor
        self.tokens = tokens
        self.knobs = floor.knobs
        self.complaints: list[Complaint] = []
        self.lists = Lists(floor)
        self.by_hand = ByHand(floor, self.complaints)
        hangup_method, hangup_path = hangup_route.split(" ", 1)
        self._routes: list[tuple[str, re.Pattern[str], Handler, Kind]] = [
            ("GET", _pattern(f"{API}/conference"), self.lists.conferences, "read"),
            ("GET", _pattern(f"{API}/conference/{{confId}}"), self.lists.conference, "read"),
            ("GET", _pattern(USERS), self.lists.users, "read"),
            ("GET", _pattern(ACCOUNT_USERS), self.lists.users, "read"),
            ("GET", _pattern(f"{API}/contact/"), self.lists.contacts, "read"),
            ("GET", _pattern(f"{API}/contact/{{contactId}}/"), self.lists.contact, "read"),
            ("POST", _pattern(f"{API}/contact/search"), self._search_contacts, "read"),
            ("GET", _pattern(f"{API}/callback/configuration/"), self.lists.callbacks, "read"),
            ("POST", _pattern(f"{API}/conference/{{confId}}/participant"), self._bring_in, "dial"),
            (hangup_method, _pattern(API + hangup_path), self._disconnect, "disconnect"),
            ("POST", _pattern(TOKEN), self._issue_token, "token"),
        ]

    @property
    def errors(self) -> ErrorStyle:
        return self.knobs.errors

    def answer(self, request: Request) -> Answer:
        """Do what is asked, or say why not."""
        try:
            if request.path.startswith("/_floor"):
                return self.by_hand.answer(request)
            handler, names, kind = self._find(request)
            if kind != "token":
                self.tokens.check(request.headers.get("Authorization"))
            return handler(request, **names)
        except Refused as refused:
            if refused.complaint:
                self.complaints.append(Complaint(request.method, request.path, refused.message))
            return self.errors.answer(refused.status, refused.message)

    def kind(self, request: Request) -> Kind:
        """What sort of request this is; one that no route takes is a reading."""
        try:
            return self._find(request)[2]
        except Refused:
            return "read"

    def _find(self, request: Request) -> tuple[Handler, dict[str, str], Kind]:
        for method, pattern, handler, kind in self._routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                return handler, found.groupdict(), kind
        raise Refused(404, f"no such route: {request.method} {request.path}", complaint=True)

    def _search_contacts(self, request: Request) -> Answer:
        return self.lists.search_contacts(_json(request))

    def _bring_in(self, request: Request, conf_id: str) -> Answer:
        body = _json(request)
        with self.floor.turn():
            if not self.floor.is_active(conf_id):
                raise Refused(404, "Conference not found")
            call = self.floor.call(conf_id)
            agent = self.floor.user_of(call)
            numbers = {user.number for user in self.floor.users}
            members = call.legs.keys() | call.gone.keys()
            problems = list(participants.problems(body, conf_id, agent.number if agent else None, members, numbers))
            if problems:
                raise Refused(422, "; ".join(problems), complaint=True)
            if self.knobs.participant.members_gone == "refused" and set(body["noSpeakToList"]) - call.legs.keys():
                raise Refused(422, "noSpeakToList names a member who has left")
            call_sid = self.floor.new_id()
            said = self.knobs.participant.call_sid
            borne = call_sid if said == "yes" else None
            self.floor.dial(conf_id, body["to"], body["from"], body["noSpeakToList"], body["mute"], borne)
        if said == "empty":
            return payload()
        return payload({"confId": conf_id, "to": body["to"]} | ({} if said == "no" else {"callSid": call_sid}))

    def _disconnect(self, request: Request, conf_id: str, member_id: str) -> Answer:
        knobs, dice = self.knobs.disconnects, self.floor.dice
        with self.floor.turn():
            if not self.floor.is_active(conf_id):
                raise Refused(404, "Conference not found")
            if member_id not in self.floor.call(conf_id).legs or dice.random() < knobs.not_found:
                raise Refused(404, "Participant not found")
            if dice.random() < knobs.empty_yes:
                return payload()
            if knobs.takes_seconds:
                self.floor.after(
                    knobs.takes_seconds, lambda: self.floor.leave(conf_id, member_id, knobs.lingers_seconds)
                )
            else:
                self.floor.leave(conf_id, member_id, knobs.lingers_seconds)
        return payload()

    def _issue_token(self, request: Request) -> Answer:
        issued = self.tokens.issue(_json(request))
        return ok(issued) if self.knobs.tokens.shape == "flat" else payload(issued)


def _pattern(path: str) -> re.Pattern[str]:
    named = {
        "{confId}": "conf_id",
        "{memberId}": "member_id",
        "{contactId}": "contact_id",
        "{accountId}": "account_id",
    }
    parts = re.split(r"(\{[a-zA-Z]+\})", path)
    return re.compile("".join(f"(?P<{named[part]}>[^/]+)" if part in named else re.escape(part) for part in parts))


def _json(request: Request) -> Any:
    if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        raise Refused(400, "the content type is not application/json", complaint=True)
    try:
        return json.loads(request.raw)
    except ValueError:
        raise Refused(400, "the body is not JSON", complaint=True) from None
