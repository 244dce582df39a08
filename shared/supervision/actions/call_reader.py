"""One call as it is now: read from Ytel for the request at hand, with the supervisors on it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from supervision.actions.guard import Guard
from supervision.base import clock
from supervision.base.problems import CallAmbiguous, CallNotFound, InvalidRequest
from supervision.rules import lifecycle
from supervision.rules.caller import Caller
from supervision.rules.calls import client_id_of, is_active
from supervision.rules.conferences import Conference
from supervision.rules.fresh import FreshConference
from supervision.rules.ids import same_id
from supervision.rules.legs import FreshLegs, User, read_fresh
from supervision.rules.phone_numbers import same
from supervision.rules.request import Request
from supervision.rules.supervision import Supervision
from supervision.table.rate_limit import CountsReads, Reads
from supervision.ytel.client import Ytel


class KnowsUsers(Protocol):
    """The account's WebRTC users."""

    def find(self, client_id: str) -> User | None:
        """The user of this client id; one nobody knows is asked for again."""

    def numbers(self) -> Collection[str]:
        """Their own numbers."""


@dataclass(frozen=True, slots=True)
class LiveCall:
    """What one fresh reading showed; `supervisions` are those whose leg is on this call, or may still come to it."""

    conference: FreshConference
    agent: User | None
    supervisions: list[Supervision]
    legs: FreshLegs

    @property
    def numbers(self) -> set[str]:
        """Every number of the call itself: its members', both of its details, the agent's; not the supervisors'."""
        details = self.conference.content.details
        texts: list[Any] = [details.called_number, details.caller_number] if details else []
        for leg in self.legs.members:
            if leg.member_id not in self.legs.supervisors:
                texts += [leg.channel_name, leg.caller_id, leg.called_number]
        if self.agent is not None:
            texts.append(self.agent.webrtcNumber)
        return {str(text) for text in texts if isinstance(text, str | int) and text}


@dataclass(frozen=True, slots=True)
class CallReader:
    """Reads calls from Ytel, and has the guard look at each."""

    ytel: Ytel
    users: KnowsUsers
    guard: Guard
    reads: Reads

    def read(self, conf_id: str) -> LiveCall:
        """The call as it is now. Raises CallNotFound, or a YtelProblem."""
        read_at = clock.now_ms()
        conference = self.ytel.conference(conf_id)
        if conference is None:
            self.guard.call_missing(conf_id, read_at)
            raise CallNotFound("There is no such active call.")
        call = self.take_in(conference)
        if not is_active(conference.content):
            raise CallNotFound("There is no such active call.")
        return call

    def read_as(self, caller: Caller, conf_id: str, counts: CountsReads | None = None) -> LiveCall:
        """The call as it is now, for a caller, whose readings are counted, by `counts` where that has begun to.

        Raises CallNotFound, also where it is not theirs; TooManyRequests; or a YtelProblem.
        """
        (counts or self.reads).count(caller)
        call = self.read(conf_id)
        caller.require_call(client_id_of(call.conference.content))
        return call

    def read_for(self, request: Request, counts: CountsReads | None = None) -> LiveCall:
        """The call that a request is about, as it is now; `counts` as for `read_as`.

        Raises CallNotFound or CallAmbiguous; InvalidRequest where no call is named, or one and an agent who is not on
        it; or a YtelProblem.
        """
        call = self.read_as(request.caller, self.call_of(request), counts)
        client_id, number, agent = request.client_id, request.agent_number, call.agent
        named = client_id_of(call.conference.content)
        if (client_id is not None and not same_id(client_id, named or "")) or (
            number is not None and (agent is None or not same(agent.webrtcNumber, number))
        ):
            raise InvalidRequest("The agent who is named is not on the call that is named.")
        return call

    def call_of(self, request: Request) -> str:
        """The id of the call that a request is about. Raises InvalidRequest, CallNotFound or CallAmbiguous."""
        if request.conf_id is not None:
            return request.conf_id
        if request.client_id is None and request.agent_number is None:
            raise InvalidRequest('The call must be named by "confId", or by its agent\'s "clientId" or "agentNumber".')
        return self.of_agent(request.client_id, request.agent_number, request.caller)

    def of_agent(self, client_id: str | None, number: str | None, caller: Caller) -> str:
        """The id of the one call that this agent, named by either, is on now. It is one of the caller's readings.

        Calls that are not there for the caller are passed over. Raises CallNotFound, CallAmbiguous or TooManyRequests.
        """
        self.reads.count(caller)

        def is_theirs(conference: Conference) -> bool:
            named = client_id_of(conference)
            if not is_active(conference) or not caller.sees(named):
                return False
            agent = self.users.find(named) if named else None
            return (client_id is not None and named is not None and same_id(named, client_id)) or (
                number is not None and agent is not None and same(agent.webrtcNumber, number)
            )

        calls = [one.conf_id for one in self.ytel.those(is_theirs)]
        if len(calls) > 1:
            raise CallAmbiguous("The agent is on several calls; name the one by its confId.")
        if not calls:
            raise CallNotFound("The agent is on no active call.")
        return calls[0]

    def take_in(self, conference: FreshConference) -> LiveCall:
        """The call of a conference that was read for this request. Raises a YtelProblem where no users are known."""
        agent = self.users.find(client_id) if (client_id := client_id_of(conference.content)) else None
        # One whose leg may come no more since this very reading has given its place in the table up.
        watched = [one for one in self.guard.reconcile_call(conference, agent) if one.watched]
        on_it = lifecycle.supervisors(watched, read_at=conference.read_at, patience=self.guard.patience)
        return LiveCall(conference, agent, watched, read_fresh(conference, agent, on_it))
