"""Who asks, and what they may do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from supervision.base.problems import Forbidden
from supervision.rules.scopes import SCOPE_OF


@dataclass(frozen=True)
class Caller:
    """Who asks, and what they may do. Empty `agents` or `phones`: not bound to any."""

    client: str
    scopes: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    def may(self, action: str) -> bool:
        """Whether a scope of the caller's covers `action`."""
        return SCOPE_OF[action] in self.scopes

    def require(self, action: str) -> None:
        """Raises Forbidden where no scope of the caller's covers `action`."""
        if not self.may(action):
            raise Forbidden(f"this takes the scope {SCOPE_OF[action]}")

    def require_agent(self, client_id: str | None) -> None:
        """Raises Forbidden where the caller is bound to agents and `client_id` is none of them."""
        if self.agents and client_id not in self.agents:
            raise Forbidden("this key is bound to other agents than the one on this call")

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
