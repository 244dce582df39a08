"""A follow: a supervisor's phone, asked into an agent's next calls, each once. Its record, and how the API shows it."""

import dataclasses
from dataclasses import asdict, dataclass
from typing import Any, Self

from supervision.rules.calls import Call
from supervision.rules.ids import id_key, same_id
from supervision.rules.phone_numbers import PhoneNumber, same
from supervision.rules.supervision import Supervision

DEFAULT_CALLS, MOST_CALLS = 1, 50
FOLLOW_MS, LONGEST_FOLLOW_MS = 8 * 3600 * 1000, 24 * 3600 * 1000
# So many rings running that nobody answers, and it ends.
UNANSWERED = 2
FOLLOW_ENDS = ("calls", "until", "not_answered", "withdrawn", "forbidden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """What is known of a follow. Times are in milliseconds since the epoch.

    `calls` is how many it dials for, `until` when it ends at the latest. `passed` are the agent's calls that there were
    before it: it is for those that come. `dialled` are the calls that it dialled for, and `supervisions` what came of
    each. `scopes`, `agents` and `phones` are what its client might do when it was asked for.

    `how` says how it ended: `calls` dialled for, `until` reached, `not_answered`, `withdrawn` by `endedBy`, or
    `forbidden`, where its client may not do it any more.
    """

    id: str
    clientId: str
    to: PhoneNumber
    action: str
    calls: int
    until: int
    requestedBy: str
    requestedAt: int
    correlationId: str
    scopes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    dialled: tuple[str, ...] = ()
    supervisions: tuple[str, ...] = ()
    endedAt: int | None = None
    how: str | None = None
    endedBy: str | None = None
    version: int = 0

    def replace(self, **changes: Any) -> Self:
        """The same with these fields changed."""
        return dataclasses.replace(self, **changes)

    def with_dial(self, supervision: Supervision) -> Self:
        """The same with one call more that it dialled for."""
        return self.replace(
            dialled=(*self.dialled, id_key(supervision.confId)), supervisions=(*self.supervisions, supervision.id)
        )

    def without_dial(self, supervision_id: str) -> Self:
        """The same without a call for which nothing was sent after all."""
        kept = [pair for pair in zip(self.dialled, self.supervisions, strict=True) if pair[1] != supervision_id]
        return self.replace(dialled=tuple(call for call, _ in kept), supervisions=tuple(one for _, one in kept))

    def ended(self, how: str, now: int, by: str | None = None) -> Self:
        """The same, ended."""
        return self.replace(how=how, endedAt=now, endedBy=by)

    def is_due(self, now: int) -> str | None:
        """How it ends by itself now, if it does: its time is up, or it has dialled as often as it was to."""
        if now >= self.until:
            return "until"
        return "calls" if len(self.dialled) >= self.calls else None

    def may_dial(self, row: Call) -> bool:
        """Whether a call of the list is one to dial for, and the action is likely to be allowed on it as it stands."""
        key = id_key(row["confId"])
        if not same_id(row["clientId"] or "", self.clientId) or key in self.passed or key in self.dialled:
            return False
        if self.action in ("whisper", "takeover") and row["agentMatch"] not in ("channelName", "callerId"):
            return False
        somebody = row["contactMemberId"] or row["otherMemberIds"]
        return bool(somebody if self.action == "whisper" else row["agentNumber"])

    def to_json(self) -> dict[str, Any]:
        """The follow as the API and the events show it."""
        return {
            "id": self.id,
            "clientId": self.clientId,
            "to": self.to,
            "action": self.action,
            "calls": self.calls,
            "until": self.until,
            "supervisions": list(self.supervisions),
            "requestedBy": self.requestedBy,
            "requestedAt": self.requestedAt,
            "endedAt": self.endedAt,
            "how": self.how,
            "endedBy": self.endedBy,
        }

    def to_record(self) -> dict[str, Any]:
        """Every field, for the table."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """The follow that `to_record` described, by this version or another. Raises KeyError or TypeError if none."""
        known = {one.name for one in dataclasses.fields(cls)} & record.keys()
        values: dict[str, Any] = {name: record[name] for name in known}
        lists: dict[str, Any] = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **lists})


def is_busy(phone: PhoneNumber, under_way: list[Supervision], rows: list[Call]) -> bool:
    """Whether a phone rings for a call or is in one, as far as the supervisions and the rows of the list say."""
    if any(one.under_way and same(one.to, phone) for one in under_way):
        return True
    return any(same(str(row[end] or ""), phone) for row in rows for end in ("agentNumber", "from", "to"))
