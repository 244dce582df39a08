"""What a month costs, as a table: `python -m tests.bench.cost`.

Worked out from what floor_costs counted, what `make bench` times, what the template has, and AWS's list prices for
us-east-1 and arm64, without free tiers.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from supervision.rules.actions import DIALLED
from tests.bench.floor_costs import FILE, FLOORS, POLL_SECONDS
from tests.bench.lines import Line
from tests.harness.template import ROOT, Template

DAYS, HOURS = 22, 8  # of work, with the page open
MONTH_SECONDS = 30 * 86_400
# USD. https://aws.amazon.com/{api-gateway,lambda,dynamodb,sqs,cloudwatch,secrets-manager,ec2}/pricing
REQUEST, INVOCATION, GB_SECOND, SQS_REQUEST = 1.00e-6, 0.20e-6, 0.0000133334, 0.50e-6
READ_UNIT, WRITE_UNIT = 0.125e-6, 0.625e-6
GB_OUT, GB_LOGGED = 0.09, 0.50
SECRET, ALARM_METRIC, METRIC, DASHBOARD = 0.40, 0.10, 0.30, 3.00
# By `make bench`, on two x86 cores: seconds of a poll, of a list and of a look; the memory of each function is in GB.
POLL_TAKES, LIST_TAKES, LOOK_TAKES = 0.005, 0.3, 0.4
LIST_SECONDS, READ_UNITS_A_POLL = 1.8, 0.5  # lists are asked for once in this time, for all pages together
SQS_REQUESTS_A_LOOK, WRITE_UNITS_A_LOOK = 5.5, 2
AUTHORIZED_SECONDS = 60  # ReauthorizeEvery: a page asks for three routes
GB = 1e9
# A metric is charged by the hour in which something is sent to it: https://aws.amazon.com/cloudwatch/pricing. These are
# the watcher's, who never rests; the others are counted while somebody works.
AT_ALL_HOURS = {"Looks", "LooksLate", "LooksFailed", "ActiveCalls", "YtelLatency", "TokenDaysLeft", "ColdStarts"}
# 101 as it was worked out then, when a poll took 10 ms, and each metric was charged for every hour, which 5 USD were.
MONTH_BEFORE = 96


@dataclass(frozen=True)
class Row:
    """One line of the table: what it is, how much of it there is, and what that costs a month in USD."""

    what: str
    how_much: str
    usd: float


def rows(supervisors: int) -> Iterator[Row]:
    """The month of that many supervisors."""
    counted = json.loads(FILE.read_text())[str(supervisors)]
    template = Template()
    work = DAYS * HOURS * 3600
    polls = supervisors * work / POLL_SECONDS
    lists = work / LIST_SECONDS
    looks = MONTH_SECONDS / 10
    [access] = (one for one in template.resources("AWS::Serverless::HttpApi").values())
    logged = polls * (len(access["AccessLogSettings"]["Format"]) + 26) + lists * counted["logBytesOfAList"]
    authorized = 3 * supervisors * work / AUTHORIZED_SECONDS
    alarms = template.resources("AWS::CloudWatch::Alarm").values()
    metrics = sum(sum("MetricStat" in metric for metric in one.get("Metrics", [])) or 1 for one in alarms)
    counts = _metrics()
    metric_months = len(counts & AT_ALL_HOURS) + len(counts - AT_ALL_HOURS) * work / MONTH_SECONDS
    secrets = len(template.resources("AWS::SecretsManager::Secret"))

    yield Row("API Gateway", f"{polls / 1e6:.1f} million requests", polls * REQUEST)
    took = f"{polls / 1e6:.1f} million x {POLL_TAKES * 1000:.0f} ms at 1 GB"
    yield Row("Lambda, polls", took, polls * (INVOCATION + POLL_TAKES * GB_SECOND))
    took = f"{authorized / 1e6:.1f} million x 5 ms at 1 GB"
    yield Row("Lambda, the authorizer", took, authorized * (INVOCATION + 0.005 * GB_SECOND))
    read = polls * READ_UNITS_A_POLL
    yield Row("DynamoDB, polls", f"{read / 1e6:.1f} million read units", read * READ_UNIT)
    written = counted["writeUnitsOfAList"]
    how = f"{lists:,.0f} x ({LIST_TAKES} s at 1 GB + {written} write units)"
    yield Row("Lambda and DynamoDB, lists of Ytel's", how, lists * (LIST_TAKES * GB_SECOND + written * WRITE_UNIT))
    out = polls * counted["bytesOfAPoll"] / GB
    yield Row("Data out", f"{out:.0f} GB: {counted['bytesOfAPoll']:,} bytes a poll", out * GB_OUT)
    a_look = LOOK_TAKES * 0.5 * GB_SECOND + INVOCATION + SQS_REQUESTS_A_LOOK * SQS_REQUEST
    a_look += WRITE_UNITS_A_LOOK * WRITE_UNIT
    how = f"{looks:,.0f} looks x ({LOOK_TAKES} s at 0.5 GB, {SQS_REQUESTS_A_LOOK} SQS requests, 2 write units)"
    yield Row("The watcher", how, looks * a_look)
    yield Row("Logs", f"{logged / GB:.0f} GB", logged / GB * GB_LOGGED)
    always = len(counts & AT_ALL_HOURS)
    how = f"{secrets}; {metrics} alarm metrics; {len(counts)} metrics, {always} at all hours; a dashboard"
    usd = secrets * SECRET + metrics * ALARM_METRIC + metric_months * METRIC + DASHBOARD
    yield Row("Secrets, alarms, metrics", how, usd)


def lines() -> Iterator[Line]:
    """The line of the costs: against what the same month was before lists and pages cost by what changes."""
    few = next(iter(FLOORS))
    month = sum(row.usd for row in rows(few))
    how = f"{month:.0f} / {MONTH_BEFORE} USD"
    yield Line(f"a month for {few} supervisors", f"{MONTH_BEFORE} USD", month / MONTH_BEFORE, 0.45, how)


def _metrics() -> set[str]:
    """The names that the functions count under."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "shared" / "supervision").rglob("*.py"))
    return {*re.findall(r'add_metric\(\s*"(\w+)"', sources), *DIALLED}


def table() -> str:
    """The table, as Markdown."""
    few, many = FLOORS
    head = f"| what | {few} supervisors, {FLOORS[few]} calls | USD | {many:,}, {FLOORS[many]:,} calls | USD |"
    lines = [head, "| --- | --- | --- | --- | --- |"]
    both = list(zip(rows(few), rows(many), strict=True))
    lines += [f"| {one.what} | {one.how_much} | {one.usd:.2f} | {two.how_much} | {two.usd:.2f} |" for one, two in both]
    total, of_many = (sum(pair[nth].usd for pair in both) for nth in range(2))
    return "\n".join([*lines, f"| **a month** | | **{total:.0f}** | | **{of_many:.0f}** |"])


if __name__ == "__main__":
    print(table())
