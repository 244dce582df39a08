"""Ytel's routes: a request in, an answer out, no sockets."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.harness.fake_ytel import participants
from tests.harness.fake_ytel.by_hand import ByHand
from tests.harness.fake_ytel.envelope import Answer, ErrorStyle, Refused, page, payload
from tests.harness.fake_ytel.floor import Floor
from tests.harness.fake_ytel.paging import Paging
from tests.harness.fake_ytel.requests_log import Request
from tests.harness.fake_ytel.tokens import Tokens

API = "/api/v4"
USERS = "/gumby/webrtc/users"
TOKEN = "/auth/v3/token"
HANGUP_ROUTE = "DELETE /conference/{confId}/participant/{memberId}"

type Handler = Callable[..., Answer]


@dataclass(frozen=True)
class Complaint:
    """A request that a correct client never sends."""

    method: str
    path: str
    message: str


@dataclass
class App:
    """The fake's answers."""

    floor: Floor
    tokens: Tokens
    hangup_route: str = HANGUP_ROUTE
    conferences: Paging = field(default_factory=Paging)
    users: Paging = field(default_factory=Paging)
    errors: ErrorStyle = field(default_factory=ErrorStyle)
    complaints: list[Complaint] = field(default_factory=list)

    def __post_init__(self) -> None:
        hangup_method, hangup_path = self.hangup_route.split(" ", 1)
        self.by_hand = ByHand(self.floor, self.complaints)
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = [
            ("GET", _pattern(f"{API}/conference"), self._list_conferences),
            ("GET", _pattern(USERS), self._list_users),
            ("POST", _pattern(f"{API}/conference/{{confId}}/participant"), self._bring_in),
            (hangup_method, _pattern(API + hangup_path), self._disconnect),
            ("POST", _pattern(TOKEN), self._issue_token),
        ]

    def answer(self, request: Request) -> Answer:
        """Do what is asked, or say why not."""
        try:
            if request.path.startswith("/_floor"):
                return self.by_hand.answer(request)
            handler, names = self._find(request)
            if handler != self._issue_token:
                self.tokens.check(request.headers.get("Authorization"))
            return handler(request, **names)
        except Refused as refused:
            if refused.complaint:
                self.complaints.append(Complaint(request.method, request.path, refused.message))
            return self.errors.answer(refused.status, refused.message)

    def _find(self, request: Request) -> tuple[Handler, dict[str, str]]:
        for method, pattern, handler in self._routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                return handler, found.groupdict()
        raise Refused(404, f"no such route: {request.method} {request.path}", complaint=True)

    def _list_conferences(self, request: Request) -> Answer:
        offset = _offset(request, {"includeMembers": "true"})
        calls, count, number = self.conferences.cut(self.floor.active_calls(), offset)
        with self.floor.turn():
            return page([call.listed() for call in calls], count, number)

    def _list_users(self, request: Request) -> Answer:
        offset = _offset(request, {})
        users, count, number = self.users.cut(self.floor.users, offset)
        return page([json.dumps(user.wire(), separators=(",", ":")) for user in users], count, number)

    def _bring_in(self, request: Request, conf_id: str) -> Answer:
        body = _json(request)
        with self.floor.turn():
            if not self.floor.is_active(conf_id):
                raise Refused(404, "Conference not found")
            call = self.floor.call(conf_id)
            agent = self.floor.user_of(call)
            numbers = {user.number for user in self.floor.users}
            problems = list(
                participants.problems(body, conf_id, agent.number if agent else None, call.legs.keys(), numbers)
            )
            if problems:
                raise Refused(422, "; ".join(problems), complaint=True)
            self.floor.dial(conf_id, body["to"], body["from"], body["noSpeakToList"], body["mute"])
        return payload({"confId": conf_id, "to": body["to"]})

    def _disconnect(self, request: Request, conf_id: str, member_id: str) -> Answer:
        with self.floor.turn():
            if not self.floor.is_active(conf_id):
                raise Refused(404, "Conference not found")
            if not self.floor.leave(conf_id, member_id):
                raise Refused(404, "Participant not found")
        return payload()

    def _issue_token(self, request: Request) -> Answer:
        return payload(self.tokens.issue(_json(request)))


def _pattern(path: str) -> re.Pattern[str]:
    named = {"{confId}": r"(?P<conf_id>[^/]+)", "{memberId}": r"(?P<member_id>[^/]+)"}
    parts = re.split(r"(\{confId\}|\{memberId\})", path)
    return re.compile("".join(named.get(part, re.escape(part)) for part in parts))


def _offset(request: Request, required: dict[str, str]) -> int:
    asked = dict(request.query)
    offset = asked.pop("offset", "0")
    if asked != required:
        raise Refused(400, f"the query is not the documented one: {_text(request.query)}", complaint=True)
    if not offset.isdecimal():
        raise Refused(400, "offset is not a number", complaint=True)
    return int(offset)


def _json(request: Request) -> Any:
    if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        raise Refused(400, "the content type is not application/json", complaint=True)
    try:
        return json.loads(request.raw)
    except ValueError:
        raise Refused(400, "the body is not JSON", complaint=True) from None


def _text(query: dict[str, str]) -> str:
    return "&".join(f"{key}={quote(value)}" for key, value in query.items()) or "none"
