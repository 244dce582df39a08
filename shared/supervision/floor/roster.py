"""The account's agents, and the call that each is on. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from supervision.base.fast_json import dumps
from supervision.floor.pages import LARGEST_BODY, answer_size
from supervision.rules.calls import Call
from supervision.rules.follow import Follow
from supervision.rules.ids import id_key
from supervision.rules.legs import User


def roster_of(users: Iterable[User], calls: Iterable[Call], follows: Iterable[Follow]) -> list[dict[str, Any]]:
    """Each user with the call that they are on, and who follows them, by name.

    `calls` are the rows of the list, oldest first; `follows` those that run. Of an agent who is on several calls it
    is the one that began last. `since` is when that began (ms), where known.
    """
    on: Mapping[str, Call] = {id_key(call["clientId"]): call for call in calls if call["clientId"]}
    followed: dict[str, list[str]] = {}
    for follow in follows:
        followed.setdefault(id_key(follow.clientId), []).append(follow.id)
    found = [_line(user, on.get(key := id_key(user.clientId)), followed.get(key, [])) for user in users]
    return sorted(found, key=lambda one: (one["username"].casefold(), one["clientId"]))


def body_of(agents: list[dict[str, Any]], *, complete: bool) -> tuple[bytes, bool]:
    """The agents as a JSON list, as many as one answer may hold, and whether these are all, of a list that was so."""
    lines: list[bytes] = []
    size = 0
    for agent in agents:
        line = dumps(agent)
        size += answer_size(line) + 1
        if size > LARGEST_BODY:
            return b"[" + b",".join(lines) + b"]", False
        lines.append(line)
    return b"[" + b",".join(lines) + b"]", complete


def _line(user: User, call: Call | None, follows: list[str]) -> dict[str, Any]:
    return {
        "clientId": user.clientId,
        "username": user.username,
        "agentNumber": user.webrtcNumber or None,
        "confId": call["confId"] if call else None,
        "since": call["createdTime"] if call else None,
        "follows": follows,
    }
