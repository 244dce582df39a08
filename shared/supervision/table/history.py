"""The supervisions as they are asked for: newest first, by what and when, in pages."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from supervision.base.problems import InvalidRequest
from supervision.rules.caller import Caller
from supervision.rules.ids import id_key, stored_id
from supervision.rules.phone_numbers import comparable
from supervision.rules.supervision import Supervision
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Value, each_readable
from supervision.table.repository import RECORD, Supervisions, read_item

STATES = ("dialing", "joined", "ended", "failed")
LARGEST_LIMIT, DEFAULT_LIMIT = 1000, 100
# How many records are read at once, and how often, for one answer; the rest is behind its cursor.
READ_AT_ONCE, LOOKED_THROUGH = 250, 20
LATEST_ASKED = 10**15 - 1
LONGEST_FILTER = 255


class Reached(NamedTuple):
    """Where one supervision stands in the order, and so where the next page begins."""

    requested_at: int
    id: str


class SupervisionQuery(NamedTuple):
    """What is asked for; those after `after` only.

    `since` and `until` are the first and the last time that they were asked for, in ms since the epoch. `conf_id` and
    `client_id` are written as `id_key` writes them, `to` as `comparable` does.
    """

    conf_id: str | None
    client_id: str | None
    to: str | None
    client: str | None
    state: str | None
    since: int
    until: int
    limit: int
    after: Reached | None

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "SupervisionQuery":
        """Reads it from an URL's parameters. Raises InvalidRequest."""
        state, limit = parameters.get("state"), parameters.get("limit", str(DEFAULT_LIMIT))
        if state is not None and state not in STATES:
            raise InvalidRequest(f"state must be one of {', '.join(STATES)}.")
        if not (limit.isascii() and limit.isdigit() and len(limit) <= 4 and 1 <= int(limit) <= LARGEST_LIMIT):
            raise InvalidRequest(f"limit must be a whole number from 1 to {LARGEST_LIMIT}.")
        conf_id, client_id, to = (_name(parameters, name) for name in ("confId", "clientId", "to"))
        since, until = _time(parameters, "from", 0), _time(parameters, "until", LATEST_ASKED)
        if since > until:
            raise InvalidRequest("from must not be later than until.")
        return cls(
            None if conf_id is None else id_key(conf_id),
            None if client_id is None else id_key(client_id),
            None if to is None else comparable(to),
            _name(parameters, "requestedBy"),
            state,
            since,
            until,
            int(limit),
            _read_cursor(parameters["cursor"]) if "cursor" in parameters else None,
        )

    def matches(self, one: Supervision) -> bool:
        """Whether a supervision is asked for, wherever it stands in the order."""
        return (
            self.conf_id in (None, id_key(one.confId))
            and self.client_id in (None, id_key(one.clientId))
            and self.to in (None, comparable(one.to))
            and self.client in (None, one.requestedBy)
            and self.state in (None, one.state)
            and self.since <= one.requestedAt <= self.until
        )


def find(gateway: Gateway, supervisions: Supervisions, query: SupervisionQuery, caller: Caller) -> dict[str, Any]:
    """One page: `supervisions`, how many they are (`count`), and the cursor of what follows (`next`), or None."""
    found, after = find_page(gateway, supervisions, query, caller)
    return {
        "supervisions": [one.to_json() for one in found],
        "count": len(found),
        "next": cursor_of(after) if after else None,
    }


def find_page(
    gateway: Gateway, supervisions: Supervisions, query: SupervisionQuery, caller: Caller
) -> tuple[list[Supervision], Reached | None]:
    """One page, and the place after which the next one begins, if there is one.

    Those that are not there for the caller are left out. What is under way is read from its own partition, strongly
    consistent; the records from their indexes.
    """
    if query.state in ("dialing", "joined"):
        return _under_way(supervisions, query, caller)
    return _on_record(gateway, query, caller)


def cursor_of(after: Reached) -> str:
    """The cursor that leads on after this place."""
    return urlsafe_b64encode(json.dumps(after).encode()).decode()


def _on_record(gateway: Gateway, query: SupervisionQuery, caller: Caller) -> tuple[list[Supervision], Reached | None]:
    index, key, equal = _asked(query)
    found: list[Supervision] = []
    newest, begin = query.until, None
    if query.after is not None:
        if query.after.requested_at < query.since:
            return [], None
        if query.after.requested_at <= query.until:
            newest, begin = query.after.requested_at, _position(key, query.after)
    for _ in range(LOOKED_THROUGH):
        items, begin = gateway.page(
            index, key, between=("requestedAt", query.since, newest), equal=equal, limit=READ_AT_ONCE, after=begin
        )
        found += [one for one in each_readable(items, read_item) if query.matches(one) and caller.sees(one.clientId)]
        if begin is None or len(found) > query.limit:
            break
    if len(found) > query.limit:
        return found[: query.limit], place_of(found[query.limit - 1])
    return found, Reached(int(begin["requestedAt"]), str(begin["pk"]).removeprefix(RECORD)) if begin else None


def _under_way(
    supervisions: Supervisions, query: SupervisionQuery, caller: Caller
) -> tuple[list[Supervision], Reached | None]:
    found = [one for one in supervisions.open() if query.matches(one) and caller.sees(one.clientId)]
    found.sort(key=lambda one: (-one.requestedAt, one.id))
    if query.after is not None:
        behind = (-query.after.requested_at, query.after.id)
        found = [one for one in found if (-one.requestedAt, one.id) > behind]
    shown = found[: query.limit]
    return shown, place_of(shown[-1]) if len(found) > len(shown) else None


def _asked(query: SupervisionQuery) -> tuple[str, tuple[str, str], dict[str, Value]]:
    """The index that answers it, the index's key, and what must be equal besides."""
    index, key = next(
        (index, (name, value))
        for index, name, value in (
            ("by_call", "confId", query.conf_id and stored_id(query.conf_id)),
            ("by_client", "requestedBy", query.client),
            ("by_time", "kind", "supervision"),
        )
        if value is not None
    )
    besides = {
        "state": query.state,
        "requestedBy": query.client,
        "clientId": query.client_id and stored_id(query.client_id),
        "phone": query.to,
    }
    return index, key, {name: value for name, value in besides.items() if value is not None and name != key[0]}


def _position(key: tuple[str, str], after: Reached) -> Item:
    return {"pk": RECORD + after.id, "sk": "RECORD", key[0]: key[1], "requestedAt": after.requested_at}


def place_of(one: Supervision) -> Reached:
    """Where a supervision stands in the order."""
    return Reached(one.requestedAt, one.id)


def _read_cursor(text: str) -> Reached:
    try:
        requested_at, id_ = json.loads(urlsafe_b64decode(text))
        if (
            type(requested_at) is int
            and 0 <= requested_at <= LATEST_ASKED
            and re.fullmatch(r"[\w-]{1,64}", id_, re.ASCII)
        ):
            return Reached(requested_at, id_)
    except (ValueError, TypeError, RecursionError):
        pass
    raise InvalidRequest("cursor must be the `next` of an earlier answer.")


def _name(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name)
    if value is not None and not 0 < len(value) <= LONGEST_FILTER:
        raise InvalidRequest(f"{name} must have 1 to {LONGEST_FILTER} characters.")
    return value


def _time(parameters: Mapping[str, str], name: str, otherwise: int) -> int:
    value = parameters.get(name, str(otherwise))
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(LATEST_ASKED))):
        raise InvalidRequest(f"{name} must be a time in milliseconds since 1970.")
    return int(value)
