"""The evaluator of alarms, against what CloudWatch documents."""

import json

import pytest

from tests.harness.alarms import Alarms
from tests.harness.metrics import Metric, Metrics
from tests.harness.transformed import Stack

NOW = [0.0]
OWN = {
    "Namespace": "Own",
    "MetricName": "Failures",
    "Dimensions": [{"Name": "service", "Value": "floor"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 2,
    "Threshold": 2,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
}


def rings(points, until=600.0, **alarm):
    metrics = Metrics(lambda: NOW[0])
    for at, name, value in points:
        NOW[0] = at
        metrics.add("Own", name, "floor", value)
    stack = Stack({"Parameters": {}, "Resources": {"It": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}}})
    return Alarms(stack).ringing(metrics, 0.0, until) == {"It"}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], False),
        ([(5, "Failures", 2), (65, "Failures", 2)], True),
        ([(5, "Failures", 1), (59, "Failures", 1), (60, "Failures", 1), (100, "Failures", 1)], True),
        ([(5, "Failures", 2), (65, "Failures", 1)], False),
        ([(5, "Failures", 2), (125, "Failures", 2)], False),
        ([(5, "Others", 9), (65, "Others", 9)], False),
    ],
)
def test_a_sum_over_periods_that_follow_each_other(points, expected):
    assert rings(points, **OWN) is expected


@pytest.mark.parametrize(
    ("points", "until", "expected"),
    [([], 100, False), ([], 120, True), ([(70, "Failures", 3)], 180, False), ([(70, "Failures", 3)], 240, True)],
)
def test_where_missing_data_rings_it_takes_whole_periods(points, until, expected):
    alarm = OWN | {"TreatMissingData": "breaching", "ComparisonOperator": "LessThanThreshold"}
    assert rings(points, until, **alarm) is expected


def computed(expression):
    stats = [
        {"Id": f"errors{name}", "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": {**metric(name)}}}
        for name in ("A", "B")
    ]
    retried = {"Id": "retried", "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": {**metric("R")}}}
    alarm = {name: OWN[name] for name in ("Threshold", "ComparisonOperator", "TreatMissingData")}
    return alarm | {"EvaluationPeriods": 1, "Metrics": [{"Id": "sum", "Expression": expression}, *stats, retried]}


def metric(name):
    return {"Namespace": "Own", "MetricName": name, "Dimensions": OWN["Dimensions"]}


@pytest.mark.parametrize(
    ("expression", "points", "expected"),
    [
        ("SUM(METRICS())", [(1, "A", 1), (2, "R", 1)], True),
        ('SUM(METRICS("errors"))', [(1, "A", 1), (2, "R", 1)], False),
        ('SUM(METRICS("errors")) - FILL(retried, 0)', [(1, "A", 1), (2, "B", 1)], True),
        ('SUM(METRICS("errors")) - FILL(retried, 0)', [(1, "A", 2), (2, "R", 1)], False),
        ('SUM(METRICS("errors")) - retried', [(1, "A", 5)], False),
        ('SUM(METRICS("errors")) - FILL(retried, 0)', [(1, "R", -5)], False),
    ],
)
def test_an_expression_over_several(expression, points, expected):
    assert rings(points, **computed(expression)) is expected


@pytest.mark.parametrize("alarm", [OWN | {"ExtendedStatistic": "p99"}, computed("RATE(retried)")])
def test_what_is_not_known_is_said(alarm):
    with pytest.raises(NotImplementedError):
        rings([], **alarm)


def test_the_embedded_format_is_read():
    metrics = Metrics(lambda: 7.0)
    directive = {"Namespace": "Own", "Dimensions": [["service"]], "Metrics": [{"Name": "Failures"}, {"Name": "Ms"}]}
    metrics.read('{"level": "INFO", "message": "nothing of it"}')
    said = {"_aws": {"CloudWatchMetrics": [directive]}, "service": "floor", "Failures": 2, "Ms": [1, 2]}
    metrics.read(json.dumps(said))
    found = {name: metrics.points(Metric("Own", name, "floor"), 0, 10) for name in ("Failures", "Ms", "message")}
    assert {name: [point.value for point in points] for name, points in found.items()} == {
        "Failures": [2],
        "Ms": [1, 2],
        "message": [],
    }
