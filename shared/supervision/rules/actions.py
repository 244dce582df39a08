"""Every action of the product, one row each. Scopes, routes, descriptions, metrics and the events' enums follow. Pure.

`shared/README.md` says what a new action is made of beside its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What may be asked for.

    `routes` are its routes of the HTTP API. `scope` is what a key needs for it; an action without a scope of its own
    (leave, switch) takes the scope of the supervision's action. `dials` is whether it asks a phone into a call;
    `heard_by_all` whether every member then hears that phone. `on_bus` is whether `Supervision Requested` may ask
    for it. `status` is the HTTP status of its answer. `summary` and
    `description` are what the API's description says.
    """

    name: str
    summary: str
    description: str
    routes: tuple[str, ...]
    scope: str | None
    dials: bool = False
    heard_by_all: bool = False
    on_bus: bool = True
    status: int = 202

    @property
    def started_metric(self) -> str:
        """The metric that counts its dials: ListenStarted, WhisperStarted and so on."""
        return f"{self.name.capitalize()}Started"


def _on_call(
    name: str, summary: str, description: str, *, dials: bool = True, heard_by_all: bool = False, status: int = 202
) -> Action:
    return Action(
        name=name,
        summary=summary,
        description=description,
        routes=(f"POST /calls/{{confId}}/{name}",),
        scope=f"calls:{name}",
        dials=dials,
        heard_by_all=heard_by_all,
        status=status,
    )


_ROWS = (
    _on_call("listen", "Listen to a call", "Brings in a supervisor whom nobody hears."),
    _on_call(
        "whisper",
        "Whisper to the agent",
        "Brings in a supervisor whom the agent alone hears; refused where the agent's leg is not proven.",
    ),
    _on_call("barge", "Barge into a call", "Brings in a supervisor whom everyone hears.", heard_by_all=True),
    _on_call(
        "takeover",
        "Take a call over",
        "Brings in a supervisor whom everyone hears, and disconnects the agent's leg once the supervisor is on the "
        "call; refused where the agent's leg is not proven.",
        heard_by_all=True,
    ),
    _on_call(
        "hangup",
        "Hang up a call",
        "Disconnects every member, supervisors too. Asking again finishes what was left.",
        dials=False,
        status=200,
    ),
    Action(
        name="leave",
        summary="Leave a call",
        description="Drops the supervisor's own leg; the call goes on. Takes the scope of the supervision's action.",
        routes=("DELETE /supervisions/{id}",),
        scope=None,
    ),
    Action(
        name="switch",
        summary="Change the mode",
        description="Drops the supervisor's own leg and dials the same phone again for another action. Takes the "
        "scopes of both actions.",
        routes=("PATCH /supervisions/{id}",),
        scope=None,
    ),
    Action(
        name="follow",
        summary="Follow an agent",
        description="Dials the supervisor's phone into the agent's next calls. Takes the scope of the action besides.",
        routes=("POST /agents/{clientId}/follow", "DELETE /follows/{id}"),
        scope="calls:follow",
        status=201,
        on_bus=False,  # it has a detail-type of its own: `Follow Requested`
    ),
    Action(
        name="help",
        summary="Call for a supervisor",
        description="Marks the call: its agent asks for a supervisor. It stands on the call's row until it is taken "
        "back or the call ends.",
        routes=("PUT /calls/{confId}/help", "DELETE /calls/{confId}/help"),
        scope="calls:help",
        status=200,
        on_bus=False,
    ),
)

ACTIONS = {row.name: row for row in _ROWS}
# Those that ask a phone into a call; a supervision has one of them.
DIALLED = tuple(row.name for row in _ROWS if row.dials)
# Those whose effect can be told beforehand.
PLANNED = (*DIALLED, "hangup")
ON_BUS = tuple(row.name for row in _ROWS if row.on_bus)


def in_words(names: Iterable[str]) -> str:
    """A list as a sentence has it: "listen, whisper or barge"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
