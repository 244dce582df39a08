import pytest

from supervision.rules.clocks import AHEAD_MS, believed, latest_believed

NOW = 1_709_849_242_672


@pytest.mark.parametrize("time", [0, 1, NOW - 1, NOW, NOW + 1, NOW + AHEAD_MS])
def test_what_was_and_what_lies_a_few_seconds_ahead_is_believed(time):
    assert believed(time, NOW) == time


@pytest.mark.parametrize("time", [NOW + AHEAD_MS + 1, 2 * NOW])
def test_what_lies_further_ahead_counts_as_never(time):
    assert believed(time, NOW) == 0


def test_a_few_seconds_are_few():
    assert latest_believed(NOW) == NOW + AHEAD_MS
    assert 1_000 <= AHEAD_MS <= 10_000
