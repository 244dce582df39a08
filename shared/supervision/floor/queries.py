"""What is asked of the list: which calls, how many, after which one, and since which version. Pure."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from supervision.base.problems import InvalidRequest
from supervision.rules.ids import id_key, same_id

LARGEST_PAGE, DEFAULT_PAGE = 1000, 500

Place = tuple[int, str]


class CallQuery(NamedTuple):
    """What is asked for; calls after `after` only. With `since`, what changed after that version.

    `bound` are the agents whose calls alone are there for the client, each by the `id_key` of its client id; empty: all
    calls are. It is part of what pages are kept under.
    """

    agent: str = ""
    direction: str = ""
    limit: int = DEFAULT_PAGE
    after: Place | None = None
    bound: frozenset[str] = frozenset()
    since: str | None = None
    supervised: bool | None = None
    help: bool | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, str], bound: frozenset[str] = frozenset()) -> "CallQuery":
        """Reads it from an URL's parameters. Raises InvalidRequest."""
        direction = parameters.get("direction", "")
        if "direction" in parameters and direction not in ("inbound", "outbound"):
            raise InvalidRequest("direction is inbound or outbound.")
        limit = parameters.get("limit", str(DEFAULT_PAGE))
        if not (limit.isascii() and limit.isdigit() and len(limit) <= 4 and 1 <= int(limit) <= LARGEST_PAGE):
            raise InvalidRequest(f"limit is a whole number from 1 to {LARGEST_PAGE}.")
        after = _place(parameters["cursor"]) if "cursor" in parameters else None
        return cls(
            parameters.get("agent", "").strip(),
            direction,
            int(limit),
            after,
            bound,
            parameters.get("since"),
            _flag(parameters, "supervised"),
            _flag(parameters, "help"),
        )

    @property
    def of_all_pages(self) -> "CallQuery":
        """The same filters, whatever the page and the version."""
        return self._replace(limit=DEFAULT_PAGE, after=None, since=None)

    @property
    def filters(self) -> bool:
        """Whether some calls may not match."""
        flags = (self.supervised, self.help)
        return bool(self.agent or self.direction or self.bound) or flags != (None, None)

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Whether a call is asked for, by the fields in `history.MATCHED_ON`, which another version may lack."""
        if self.bound and id_key(row.get("clientId") or "") not in self.bound:
            return False
        if self.direction and row.get("inbound") is not (self.direction == "inbound"):
            return False
        if self.supervised not in (None, bool(row.get("supervisors"))) or self.help not in (
            None,
            bool(row.get("help")),
        ):
            return False
        wanted, client_id = self.agent.casefold(), row.get("clientId") or ""
        return (
            not wanted
            or wanted in (row.get("username") or "").casefold()
            or wanted == client_id.casefold()
            or same_id(client_id, wanted)
        )


def cursor_at(place: Place) -> str:
    """The cursor of the page after the call at `place`."""
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _flag(parameters: Mapping[str, str], name: str) -> bool | None:
    value = parameters.get(name)
    if value not in (None, "true", "false"):
        raise InvalidRequest(f"{name} is true or false.")
    return None if value is None else value == "true"


def _place(cursor: str) -> Place:
    try:
        created, conf_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(created) is int and type(conf_id) is str:
            return created, conf_id
    except (ValueError, TypeError, RecursionError):
        pass
    raise InvalidRequest("cursor is the `next` of an earlier answer.")
