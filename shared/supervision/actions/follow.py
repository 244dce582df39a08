"""Following an agent: asked for, shown, and withdrawn. The dials are the follower's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from supervision.actions.dial import Dial
from supervision.actions.standing import SAME_REQUEST_MS
from supervision.base import clock
from supervision.base.problems import (
    AgentNotFound,
    AlreadySupervising,
    FollowNotFound,
    InProgress,
    InvalidRequest,
)
from supervision.floor.users import Users
from supervision.rules.actions import DIALLED, in_words
from supervision.rules.caller import Caller
from supervision.rules.calls import client_id_of
from supervision.rules.follow import DEFAULT_CALLS, FOLLOW_MS, LONGEST_FOLLOW_MS, Follow
from supervision.rules.ids import id_key, same_id
from supervision.rules.legs import User
from supervision.rules.phone_numbers import require_not_in_call, same
from supervision.rules.request import Request
from supervision.rules.supervision import new_id
from supervision.table.follows import Follows
from supervision.table.requests import Opened
from supervision.table.writes import RECORD_ATTEMPTS


@dataclass(frozen=True, slots=True)
class FollowAgents:
    """Begins and ends follows."""

    dial: Dial
    users: Users
    follows: Follows

    def begin(self, request: Request, opened: Opened | None = None) -> dict[str, Any]:
        """The follow that begins; or the one that runs, where the same client asked for the same within half a minute.

        Its beginning is kept as the answer of `opened` in the same transaction. Raises AgentNotFound; Forbidden without
        the scope of its action; InvalidRequest, NumberNotAllowed, TooManyDials; AlreadySupervising where that phone
        follows that agent already; or a YtelProblem.
        """
        caller, action = request.caller, request.to_action
        if action not in DIALLED or request.to is None:
            raise InvalidRequest(f'"to" is missing, or "action" is none of {in_words(DIALLED)}.')
        caller.require(action)
        agent = self._agent(request)
        to = self.dial.read_number(request.to, caller)
        require_not_in_call(to, [agent.webrtcNumber])
        now = clock.now_ms()
        until = now + FOLLOW_MS if request.until is None else request.until
        if not now < until <= now + LONGEST_FOLLOW_MS:
            raise InvalidRequest('"until" must lie ahead, and no more than 24 hours.')
        follow = Follow(
            id=new_id(),
            clientId=agent.clientId,
            to=to,
            action=action,
            calls=request.calls or DEFAULT_CALLS,
            until=until,
            requestedBy=caller.client,
            requestedAt=now,
            correlationId=request.correlation_id,
            scopes=tuple(sorted(caller.scopes)),
            agents=tuple(sorted(caller.agents)),
            phones=tuple(sorted(caller.phones)),
            passed=self._calls_of(agent, caller),
        )
        answer = follow.to_json()
        kept = [opened.done(answer)] if opened is not None else []
        # It counts as a dial: what it dials for counts besides.
        if self.follows.begin(follow, kept, [self.dial.one_dial(caller)]):
            if opened is not None:
                opened.closed = True
            return answer
        return self._standing(follow)

    def withdraw(self, request: Request) -> dict[str, Any]:
        """The follow as it ended; the supervision that runs for it goes on. Raises FollowNotFound."""
        for _ in range(RECORD_ATTEMPTS):
            follow = self.follows.get(request.follow_id or "")
            if follow is None or not request.caller.sees(follow.clientId):
                raise FollowNotFound("There is no such follow.")
            ended = follow.ended("withdrawn", clock.now_ms(), request.caller.client)
            if self.follows.end(ended):
                return ended.to_json()
        raise InProgress("The follow is being changed; ask again in a moment.")

    def running(self, caller: Caller) -> Mapping[str, Any]:
        """Those that run and are there for the caller, the newest first."""
        found = [one.to_json() for one in reversed(self.follows.running()) if caller.sees(one.clientId)]
        return {"follows": found, "count": len(found)}

    def _agent(self, request: Request) -> User:
        by_number = request.agent_number
        if request.client_id is not None:
            agent = self.users.find(request.client_id)
        elif by_number is not None:
            users = self.users.by_id().values()
            agent = next((user for user in users if same(user.webrtcNumber, by_number)), None)
        else:
            raise InvalidRequest('The agent must be named by "clientId" or "agentNumber".')
        if agent is None or not request.caller.sees(agent.clientId):
            raise AgentNotFound("There is no such agent.")
        if by_number is not None and not same(agent.webrtcNumber, by_number):
            raise InvalidRequest("The two names are not of one agent.")
        return agent

    def _calls_of(self, agent: User, caller: Caller) -> tuple[str, ...]:
        """The calls that the agent is on already, those on hold too: they are not new when they go on."""
        reader = self.dial.reader
        reader.reads.count(caller)
        calls = reader.ytel.those(lambda one: same_id(client_id_of(one) or "", agent.clientId))
        return tuple(id_key(one.conf_id) for one in calls)

    def _standing(self, asked: Follow) -> dict[str, Any]:
        for standing in self.follows.running():
            if same_id(standing.clientId, asked.clientId) and same(standing.to, asked.to):
                ours = (standing.requestedBy, standing.action, standing.calls) == (
                    asked.requestedBy,
                    asked.action,
                    asked.calls,
                )
                if ours and asked.requestedAt - standing.requestedAt < SAME_REQUEST_MS:
                    return standing.to_json()
                raise AlreadySupervising("This phone follows that agent already.", extra={"followId": standing.id})
        raise InProgress("A follow of this agent by this phone ended just now; ask again.")
