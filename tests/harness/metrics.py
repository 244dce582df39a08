"""The metrics that CloudWatch would have of a run: those that functions write, and AWS's own of what the harness does.

A metric is known by its namespace, its name and the value of its one dimension.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple


class Metric(NamedTuple):
    """`of` is the dimension's value: a function's or a queue's logical id, or the stack's name."""

    namespace: str
    name: str
    of: str


@dataclass(frozen=True)
class Point:
    """A value, and when it was measured, in seconds."""

    at: float
    value: float


class Metrics:
    """All that was measured; `now` is the clock that what is measured is dated by."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._points: dict[Metric, list[Point]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(self, namespace: str, name: str, of: str, value: float) -> None:
        """Measures something now."""
        with self._lock:
            self._points[Metric(namespace, name, of)].append(Point(self._now(), value))

    def read(self, line: str) -> None:
        """Takes in what a function measures in a line of its log, in CloudWatch's embedded format."""
        if '"_aws"' not in line:
            return
        said: dict[str, Any] = json.loads(line)
        for directive in said["_aws"]["CloudWatchMetrics"]:
            [[dimension]] = directive["Dimensions"]
            for metric in directive["Metrics"]:
                values = said[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    self.add(directive["Namespace"], metric["Name"], said[dimension], value)

    def points(self, metric: Metric, since: float, until: float) -> list[Point]:
        """What was measured in that time."""
        with self._lock:
            return [point for point in self._points[metric] if since <= point.at < until]
