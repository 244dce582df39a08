"""Who asks, and what they may do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from supervision.base.problems import CallNotFound, Forbidden, SupervisionNotFound
from supervision.rules.ids import id_key
from supervision.rules.scopes import SCOPE_OF

# How the names begin of sources of the bus that no client names as its own, and of people. No client's name does.
SOURCE, PERSON = "source:", "person:"


@dataclass(frozen=True)
class Caller:
    """Who asks, and what they may do. Empty `agents` or `phones`: not bound to any."""

    client: str
    scopes: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    def may(self, action: str) -> bool:
        """Whether a scope of the caller's covers `action`."""
        return SCOPE_OF.get(action) in self.scopes

    def require(self, action: str) -> None:
        """Raises Forbidden where no scope of the caller's covers `action`."""
        if not self.may(action):
            raise Forbidden(f"this takes the scope {SCOPE_OF.get(action)}")

    @cached_property
    def bound(self) -> frozenset[str]:
        """The agents that the caller is bound to, each by the `id_key` of its client id; empty: not bound."""
        return frozenset(map(id_key, self.agents))

    def sees(self, client_id: str | None) -> bool:
        """Whether the calls, the supervisions and the user of the agent `client_id` are there for the caller.

        For a caller who is bound, those of no agent, or of an agent who is not known, are not.
        """
        return not self.bound or id_key(client_id or "") in self.bound

    def require_call(self, client_id: str | None) -> None:
        """Raises CallNotFound where the call of the agent `client_id` is not there for the caller."""
        if not self.sees(client_id):
            raise CallNotFound("There is no such active call.")

    def require_supervision(self, client_id: str | None) -> None:
        """Raises SupervisionNotFound where the supervision of the agent `client_id` is not there for the caller."""
        if not self.sees(client_id):
            raise SupervisionNotFound("There is no such supervision.")

    @property
    def limited_as(self) -> str:
        """The name that the caller's dials are counted under: sources that no client names as its own share one."""
        return SOURCE if self.client.startswith(SOURCE) else self.client

    def to_json(self) -> dict[str, Any]:
        """What `GET /me` says of the caller."""
        lists = {name: sorted(getattr(self, name)) for name in ("scopes", "agents", "phones")}
        return {"client": self.client, **lists}

    def to_context(self) -> dict[str, str]:
        """What the authorizer hands the other functions with each request; `from_event` reads it."""
        return {
            "client": self.client,
            "scopes": " ".join(sorted(self.scopes)),
            "agents": " ".join(sorted(self.agents)),
            "phones": " ".join(sorted(self.phones)),
        }

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Self:
        """The caller whom the authorizer let in with this HTTP event. A KeyError means that no authorizer ran."""
        context = event["requestContext"]["authorizer"]["lambda"]
        return cls(context["client"], *(frozenset(context[name].split()) for name in ("scopes", "agents", "phones")))
