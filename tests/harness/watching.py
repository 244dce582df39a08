"""The watcher, looking when a test wants it to."""

from itertools import count
from typing import Any

from tests.harness import queues
from tests.harness.runtime import Result
from tests.harness.system import System

_numbers = count(1)


def look_event(system: System) -> dict[str, Any]:
    """What has the watcher take the next look."""
    template = system.template
    source = template.source_of(template.functions["WatchCalls"].environment["LOOKS_QUEUE_URL"])
    return queues.made_up(source.queue_arn, str(next(_numbers)))


def look(system: System) -> Result:
    """One look of the watcher, and what comes of it."""
    return system.invoke("watch_calls", look_event(system))
