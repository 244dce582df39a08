"""The supervisions as they are asked for: newest first, by call, by client, by state, in pages."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from supervision.base.problems import InvalidRequest
from supervision.rules.caller import Caller
from supervision.rules.ids import id_key, stored_id
from supervision.rules.supervision import Supervision
from supervision.table.gateway import Gateway, Item, Value, each_readable
from supervision.table.repository import RECORD, Supervisions, read_item

STATES = ("dialing", "joined", "ended", "failed")
LARGEST_LIMIT, DEFAULT_LIMIT = 1000, 100
# How many pages of records are looked through for one answer; the rest is behind its cursor.
LOOKED_THROUGH = 20
LONGEST_NAME = 255


class Place(NamedTuple):
    """Where one supervision stands in the order, and so where the next page begins."""

    requested_at: int
    id: str


class SupervisionQuery(NamedTuple):
    """What is asked for; those after `after` only. `conf_id` is the `id_key` of a call."""

    conf_id: str | None
    client: str | None
    state: str | None
    limit: int
    after: Place | None

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "SupervisionQuery":
        """Reads it from an URL's parameters. Raises InvalidRequest."""
        state, limit = parameters.get("state"), parameters.get("limit", str(DEFAULT_LIMIT))
        if state is not None and state not in STATES:
            raise InvalidRequest(f"state must be one of {', '.join(STATES)}.")
        if not (limit.isascii() and limit.isdigit() and len(limit) <= 4 and 1 <= int(limit) <= LARGEST_LIMIT):
            raise InvalidRequest(f"limit must be a whole number from 1 to {LARGEST_LIMIT}.")
        after = _read_cursor(parameters["cursor"]) if "cursor" in parameters else None
        conf_id = _name(parameters, "confId")
        return cls(conf_id and id_key(conf_id), _name(parameters, "requestedBy"), state, int(limit), after)


def find(gateway: Gateway, supervisions: Supervisions, query: SupervisionQuery, caller: Caller) -> dict[str, Any]:
    """One page: `supervisions`, how many they are (`count`), and the cursor of what follows (`next`), if anything does.

    Those that are not there for the caller are left out.
    What is under way is read from its own partition, strongly consistent; the records from their indexes.
    """
    if query.state in ("dialing", "joined"):
        return _under_way(supervisions, query, caller)
    index, key, equal = _asked(query)
    found: list[Supervision] = []
    after = query.after
    for _ in range(LOOKED_THROUGH):
        begin = _position(key, after) if after is not None else None
        items, last = gateway.page(index, key, equal=equal, limit=query.limit - len(found), after=begin)
        found += [one for one in each_readable(items, read_item) if caller.sees(one.clientId)]
        after = Place(int(last["requestedAt"]), str(last["pk"]).removeprefix(RECORD)) if last else None
        if after is None or len(found) >= query.limit:
            break
    return _page(found, after)


def _under_way(supervisions: Supervisions, query: SupervisionQuery, caller: Caller) -> dict[str, Any]:
    found = [
        one
        for one in supervisions.open(query.conf_id)
        if one.state == query.state and query.client in (None, one.requestedBy) and caller.sees(one.clientId)
    ]
    found.sort(key=lambda one: (-one.requestedAt, one.id))
    if query.after is not None:
        behind = (-query.after.requested_at, query.after.id)
        found = [one for one in found if (-one.requestedAt, one.id) > behind]
    shown = found[: query.limit]
    more = len(found) > len(shown)
    return _page(shown, Place(shown[-1].requestedAt, shown[-1].id) if more else None)


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
    equal: dict[str, Value] = {}
    if query.state is not None:
        equal["state"] = query.state
    if query.client is not None and key[0] != "requestedBy":
        equal["requestedBy"] = query.client
    return index, key, equal


def _position(key: tuple[str, str], after: Place) -> Item:
    return {"pk": RECORD + after.id, "sk": "RECORD", key[0]: key[1], "requestedAt": after.requested_at}


def _page(found: list[Supervision], after: Place | None) -> dict[str, Any]:
    next_ = urlsafe_b64encode(json.dumps(after).encode()).decode() if after else None
    return {"supervisions": [one.to_json() for one in found], "count": len(found), "next": next_}


def _read_cursor(text: str) -> Place:
    try:
        requested_at, id_ = json.loads(urlsafe_b64decode(text))
        if type(requested_at) is int and 0 <= requested_at < 10**15 and re.fullmatch(r"[\w-]{1,64}", id_, re.ASCII):
            return Place(requested_at, id_)
    except (ValueError, TypeError, RecursionError):
        pass
    raise InvalidRequest("cursor must be the `next` of an earlier answer.")


def _name(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name)
    if value is not None and not 0 < len(value) <= LONGEST_NAME:
        raise InvalidRequest(f"{name} must have 1 to {LONGEST_NAME} characters.")
    return value
