"""On a schedule: tells the bus what began, ended and ran long, has the guard look, and dials for the follows."""

from dataclasses import dataclass
from typing import Any

from supervision.actions.watcher import Watcher
from supervision.base.cold_start import at_start
from supervision.base.observability import invocation
from supervision.base.settings import WatchSettings, load
from supervision.wiring import FloorNeeds, Parts

# The schedule comes every minute; a look that begins later belongs to the next invocation.
MINUTE_SECONDS = 60.0
SPARE_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Needs(FloorNeeds, WatchSettings):
    """The settings of this function."""


def _build() -> Watcher:
    settings = load(Needs)
    parts = Parts(settings)
    max_age = settings.calls_max_age_seconds
    return Watcher(
        parts.gateway,
        parts.floor,
        parts.outbox,
        settings,
        max_age,
        parts.patience,
        contacts=parts.contacts,
        follower=parts.follower,
    )


watcher = at_start(_build)


def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """A scheduled event; takes its minute."""
    spare = context.get_remaining_time_in_millis() / 1000 - MINUTE_SECONDS
    late = max(spare, SPARE_SECONDS)
    with invocation(context):
        watcher().watch(lambda: context.get_remaining_time_in_millis() / 1000 - late, context.aws_request_id)
