"""The agents' calls for a supervisor that stand: one item a call, in one partition, which each reading has whole."""

from typing import Any, NamedTuple

from supervision.base import clock
from supervision.rules.ids import id_key, stored_id
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key, each_readable, readable
from supervision.table.writes import Delete, Put, When, Write

HELP = "HELP"
# Long after any call is over, should nobody have seen its end.
HELP_KEPT_MS = 7 * 24 * 3600 * 1000


class Help(NamedTuple):
    """A call for a supervisor: why, since when (ms since the epoch), and by which client."""

    reason: str | None
    asked_at: int
    asked_by: str

    def to_json(self) -> dict[str, Any]:
        """As it stands on the call's row."""
        return {"reason": self.reason, "askedAt": self.asked_at, "askedBy": self.asked_by}


class Helps:
    """What agents ask for, in the table."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def standing(self) -> dict[str, dict[str, Any]]:
        """Each that stands, by the `id_key` of its call, as its row has it."""
        return dict(
            each_readable(self._gateway.partition(HELP), lambda item: (str(item["call"]), _read(item).to_json()))
        )

    def get(self, conf_id: str) -> Help | None:
        """What stands on a call."""
        item = self._gateway.get(Key(HELP, stored_id(conf_id)))
        return readable(item, _read) if item else None

    def put(self, conf_id: str, new: Help, instead_of: Help | None) -> Write:
        """What has `new` stand on the call, if what stands there is `instead_of`."""
        item: Item = {
            "pk": HELP,
            "sk": stored_id(conf_id),
            "call": id_key(conf_id),
            "askedAt": new.asked_at,
            "askedBy": new.asked_by,
            "expiration": (clock.now_ms() + HELP_KEPT_MS) // 1000,
        }
        if new.reason is not None:
            item["reason"] = new.reason
        return Put(item, When("attribute_not_exists(pk)") if instead_of is None else _still(instead_of))

    def removed(self, conf_id: str, standing: Help) -> Write:
        """What takes `standing` from the call, if it stands there yet."""
        return Delete(Key(HELP, stored_id(conf_id)), _still(standing))


def over(conf_id: str) -> Write:
    """What takes from a call that is over whatever stands on it."""
    return Delete(Key(HELP, stored_id(conf_id)))


def _still(standing: Help) -> When:
    if standing.reason is None:
        return When("askedAt = :at AND attribute_not_exists(reason)", {":at": standing.asked_at})
    return When("askedAt = :at AND reason = :reason", {":at": standing.asked_at, ":reason": standing.reason})


def _read(item: Item) -> Help:
    reason = item.get("reason")
    return Help(reason if isinstance(reason, str) else None, int(item["askedAt"]), str(item["askedBy"]))
