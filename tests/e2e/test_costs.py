"""What the table of costs is worked out from is what the running system does."""

import json

import pytest

from tests.bench.floor_costs import FILE, FLOORS, measure


def test_a_poll_and_a_list_take_what_was_counted():
    counted = json.loads(FILE.read_text())["50"]
    assert measure(FLOORS[50]) == {name: pytest.approx(value, rel=0.25) for name, value in counted.items()}
