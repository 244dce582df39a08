"""The table of costs is what its command prints, and adds up."""

import pytest

from tests.bench import cost, writes
from tests.bench.floor_costs import FLOORS
from tests.harness.template import ROOT

README = (ROOT / "functions" / "README.md").read_text("utf-8")


def test_the_table_is_what_the_command_prints():
    assert f"<!-- python -m tests.bench.cost -->\n{cost.table()}\n<!-- -->" in README


@pytest.mark.parametrize("supervisors", FLOORS)
def test_more_supervisors_cost_more_and_the_watcher_the_same(supervisors):
    usd = {row.what: row.usd for row in cost.rows(supervisors)}
    assert usd["API Gateway"] == pytest.approx(supervisors * 22 * 8 * 3600 / 2 * 1e-6)
    assert usd["The watcher"] < 2
    assert all(one > 0 for one in usd.values())


def test_what_is_written_is_charged_by_the_kilobyte_and_twice_in_a_transaction():
    item = {"pk": {"S": "x" * 1500}, "data": {"B": "A" * 800}}
    assert writes.units("PutItem", {"Item": item}) == 3
    assert writes.units("BatchWriteItem", {"RequestItems": {"t": [{"PutRequest": {"Item": item}}] * 2}}) == 6
    assert writes.units("TransactWriteItems", {"TransactItems": [{"Put": {"Item": item}}, {"Delete": {}}]}) == 8
    assert writes.units("GetItem", {"Key": {}}) == 0
