"""One active call of a reading, and its row once it is mapped. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from supervision.base.fast_json import dumps, loads
from supervision.floor.anomalies import oddities_of
from supervision.floor.rows import row_line
from supervision.rules.calls import client_id_of, created_time, row_of, shown_supervisor
from supervision.rules.claims import Supervisor
from supervision.rules.conferences import Conference
from supervision.rules.ids import id_key
from supervision.rules.legs import User, read_legs


class Mapped(Struct, frozen=True, eq=False, gc=False):
    """A row, and what it was made of beside its conference. `marks` is JSON of what the row shows of supervisors."""

    line: bytes
    user: User | None
    supervisors: tuple[Supervisor, ...] = ()
    marks: bytes = b""
    contact: bytes | None = None


class ActiveCall(Struct, eq=False, gc=False):
    """One active conference of the newest reading, and its row once it is `mapped`.

    `place` is when it began, in ms, or 0, and its id; `agent` the `id_key` of its agent's client id, or empty; `key`
    that of its own id, once it is asked for.
    """

    conference: Conference
    place: tuple[int, str]
    agent: str
    key: str = ""
    oddities: tuple[str, ...] | None = None
    mapped: Mapped | None = None

    @property
    def document(self) -> bytes:
        """The conference as one line of JSON."""
        return self.conference.line()

    @property
    def line(self) -> bytes:
        """The row; empty before it is mapped."""
        return self.mapped.line if self.mapped else b""

    def render(
        self, user: User | None, supervisors: tuple[Supervisor, ...], marks: bytes, contact: bytes | None
    ) -> None:
        """Maps it by the rule: its agent, its supervisors under way, `marks_of` it, and its contact as JSON."""
        legs = read_legs(self.conference, user, supervisors)
        if self.oddities is None:
            self.oddities = oddities_of(self.conference, legs.members)
        row = row_of(self.conference, legs, supervisors, loads(marks)[0] if marks else None)
        if contact is not None:
            row["contact"] = loads(contact)
        self.mapped = Mapped(row_line(row), user, supervisors, marks, contact)


def call_of(conference: Conference) -> ActiveCall:
    """The call of a conference that is active."""
    client_id = client_id_of(conference)
    place = (created_time(conference) or 0, conference.confId)
    return ActiveCall(conference, place, id_key(client_id) if client_id else "")


def marks_of(supervisors: Sequence[Supervisor], help_: Mapping[str, Any] | None) -> bytes:
    """What the row shows of the supervisors and of the call for one, to the letter."""
    return dumps([help_, [shown_supervisor(one) for one in supervisors]]) if supervisors or help_ is not None else b""
