"""One line of the log for each thing that is done, so that "why was a supervisor dropped?" has an answer.

Each has `audit`, what was done, and beside it, where there is one: `client`, `action`, `confId`, `supervision`, `to`
(masked), `correlation_id`, and `at`, when it was seen to happen (ms). What is told as an event has its `eventId`; such
a line is written when it is decided, and once more, with `late`, where a later sweep told it, as the function that
decided it may have died.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from supervision.base.observability import logger
from supervision.rules.masking import masked

if TYPE_CHECKING:
    from supervision.rules.request import Request

_DONE = {
    "Supervision Started": "dialled",
    "Supervision Joined": "joined",
    "Supervision Exposed": "exposed",
    "Agent Released": "agent released",
    "Call Hung Up": "call hung up",
}
# By how a supervision ended. Whatever else ends one drops its leg.
_ENDED = {"hung_up": "hung up", "call_ended": "call ended", "left": "left", "given_up": "left"}


def asked(request: "Request") -> None:
    """A request came in, over HTTP or over the bus."""
    _line(
        "asked",
        client=request.caller.client,
        action=request.action,
        confId=request.conf_id,
        clientId=request.client_id,
        supervision=request.supervision_id,
        to=_number(request.to),
        door=request.door,
    )


def refused(**why: Any) -> None:
    """The request at hand was refused."""
    _line("refused", **why)


def happened(detail_type: str, detail: str, *, late: bool = False) -> None:
    """An event was decided. What is told of calls that nobody supervises is no deed of anybody's."""
    said = json.loads(detail)
    data, metadata = said["data"], said["metadata"]
    match detail_type:
        case "Supervision Ended":
            done = _ENDED.get(str(data["how"]), "dropped")
        case "Supervision Failed" if data["problem"]["code"] == "not_joined":
            done = "not answered"
            data = {**data["request"], "id": data["request"].get("supervisionId")}
        case _ if detail_type in _DONE:
            done = _DONE[detail_type]
        case _:
            return
    _line(
        done,
        client=metadata["requestedBy"],
        correlation_id=metadata["correlationId"],
        eventId=metadata["id"],
        at=metadata.get("at"),
        late=late or None,
        supervision=data.get("id"),
        to=_number(data.get("to")),
        **{name: data[name] for name in _TOLD if data.get(name)},
    )


_TOLD = ("action", "confId", "clientId", "how", "endedBy", "exposedBy", "replaces", "follow", "hungUp", "failed")


def _number(number: Any) -> str | None:
    return masked(str(number)) if number else None


def _line(done: str, **about: Any) -> None:
    known: Mapping[str, Any] = {name: value for name, value in about.items() if value is not None}
    logger.info(done, audit=done, **known)
