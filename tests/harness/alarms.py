"""Which of the template's alarms ring, by the metrics of a run: as much of CloudWatch as they use."""

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any

from tests.harness.metrics import Metric, Metrics
from tests.harness.transformed import Stack

_STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
_KNOWN = {
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluationPeriods",
    "MetricName",
    "Metrics",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
}


class Alarms:
    """The alarms of a deployed stack, by their logical ids."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.all = {name: one["Properties"] for name, one in stack.resources("AWS::CloudWatch::Alarm").items()}

    def ringing(self, metrics: Metrics, since: float, until: float) -> set[str]:
        """Those that went off between two moments, in seconds, by what was measured between them alone."""
        return {name for name, alarm in self.all.items() if self._rings(alarm, metrics, since, until)}

    def _rings(self, alarm: Mapping[str, Any], metrics: Metrics, since: float, until: float) -> bool:
        if unknown := alarm.keys() - _KNOWN:
            raise NotImplementedError(f"an alarm says {', '.join(unknown)}, which is not known here")
        series = self._series(alarm)
        period = series[0][2]["Period"]
        missing_breaches = alarm["TreatMissingData"] == "breaching"
        # Where missing data rings, only a period that lies between the two moments as a whole lacks data.
        first = math.ceil(since / period) if missing_breaches else int(since // period)
        last = int(until // period) if missing_breaches else math.ceil(until / period)
        breaching = []
        for number in range(first, last):
            values = {
                id_: _measured(metrics, metric, one, max(since, number * period), min(until, (number + 1) * period))
                for id_, metric, one in series
            }
            value = self._value(alarm, values)
            compare = _COMPARISONS[alarm["ComparisonOperator"]]
            breaching.append(missing_breaches if value is None else compare(value, float(alarm["Threshold"])))
        needed = alarm["EvaluationPeriods"]
        wanted = alarm.get("DatapointsToAlarm", needed)
        return any(sum(breaching[start : start + needed]) >= wanted for start in range(len(breaching) - needed + 1))

    def _series(self, alarm: Mapping[str, Any]) -> list[tuple[str, Metric, Mapping[str, Any]]]:
        """What an alarm looks at: an id, the metric, and its statistic and period."""
        if "MetricName" in alarm:
            return [("one", self._metric(alarm), alarm)]
        return [
            (
                one["Id"],
                self._metric(one["MetricStat"]["Metric"]),
                {**one["MetricStat"], "Statistic": one["MetricStat"]["Stat"]},
            )
            for one in alarm["Metrics"]
            if "MetricStat" in one
        ]

    def _metric(self, one: Mapping[str, Any]) -> Metric:
        [dimension] = one["Dimensions"]
        # A reference is the logical id behind the stack's name; a queue's name is an attribute of it.
        name = str(dimension["Value"]).removeprefix(f"{self._stack.name}/").removesuffix(".QueueName")
        return Metric(one["Namespace"], one["MetricName"], name)

    def _value(self, alarm: Mapping[str, Any], values: dict[str, float | None]) -> float | None:
        if "MetricName" in alarm:
            return values["one"]
        [expression] = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
        return _computed(ast.parse(expression, mode="eval").body, values)


def _measured(metrics: Metrics, metric: Metric, one: Mapping[str, Any], since: float, until: float) -> float | None:
    values = [point.value for point in metrics.points(metric, since, until)]
    return _STATISTICS[one["Statistic"]](values) if values else None


def _computed(node: ast.expr, values: Mapping[str, float | None]) -> float | None:
    """A metric math expression, whose form is that of Python's. What is not there stays so."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=id_):
            return values[id_]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            first, second = _computed(left, values), _computed(right, values)
            if first is None or second is None:
                return None
            return first + second if isinstance(op, ast.Add) else first - second
        case ast.Call(func=ast.Name(id="FILL"), args=[inner, ast.Constant(value=int() | float() as otherwise)]):
            found = _computed(inner, values)
            return float(otherwise) if found is None else found
        case ast.Call(func=ast.Name(id="SUM"), args=[ast.Call(func=ast.Name(id="METRICS"), args=args)]):
            part = str(args[0].value) if args and isinstance(args[0], ast.Constant) else ""
            there = [value for id_, value in values.items() if part in id_ and value is not None]
            return sum(there) if there else None
    raise NotImplementedError(f"an alarm computes {ast.unparse(node)}, which is not known here")
