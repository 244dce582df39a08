"""Looks at the floor again and again: tells what began and ended, has the guard look, dials for the follows.

Each look is one message of a queue, which sends the next. The schedule only sees to it that there is a next one. A
message of another queue has the follows looked after between two looks.
"""

from typing import Any

from supervision.actions.looks import Looks
from supervision.actions.nudge import FOLLOW_NOW
from supervision.actions.watcher import Watcher
from supervision.base.cold_start import built_once
from supervision.base.observability import invocation, logger
from supervision.base.settings import LooksSettings, WatchSettings, load, settings_class
from supervision.wiring import Services, ServiceSettings


@settings_class
class Needs(ServiceSettings, WatchSettings, LooksSettings):
    """The settings of this function."""


def _build() -> Watcher:
    settings = load(Needs)
    services = Services(settings)
    looks = Looks(services.gateway, settings.looks_queue_url, int(settings.watch_interval_seconds * 1000))
    max_age = settings.calls_max_age_seconds
    return Watcher(
        services.gateway,
        services.floor,
        services.outbox,
        settings,
        max_age,
        services.patience,
        looks,
        contacts=services.contacts,
        follower=services.follower,
    )


watcher = built_once(_build)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A message of the queue of looks is one look; it comes again where it stands among the failures of the answer.

    One of the other queue never does: the next look makes up for it. Any other event is the schedule's.
    """
    with invocation(context):
        failures = [one["messageId"] for one in event.get("Records", ()) if not _looked(one["body"], context)]
        if "Records" not in event:
            watcher().looks.mend()
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _looked(body: str, context: Any) -> bool:
    if body == FOLLOW_NOW:
        watcher().follow()
        return True
    number = Looks.number_of(body)
    if number is None:
        logger.error("a message is no look", body=body[:100])
        return True
    return watcher().watch(number, context.aws_request_id, context.get_remaining_time_in_millis())
