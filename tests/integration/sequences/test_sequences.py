"""Over random floors and random sequences: the contact and third parties never hear an accepted whisper or listen."""

from unittest.mock import patch

import pytest

from supervision.base import aws
from tests.harness.fake_ytel.timeline import ManualClock
from tests.integration.sequences.play import play
from tests.integration.sequences.world import World
from tests.integration.tables import make_table

A_FEW = range(300)
MANY = range(1_000, 11_000)


@pytest.fixture
def one_table(made_up_aws: None) -> str:
    aws.client("events").create_event_bus(Name="supervision")
    return make_table()


def _play(table: str, seeds: range) -> None:
    clock = ManualClock()
    with patch("supervision.base.clock.now_ms", clock):
        for seed in seeds:
            # Open supervisions of the sequence before this are of calls that this floor does not have.
            clock.move(3600)
            world = World(table, clock, seed)
            world.look()
            try:
                play(world)
            except BaseException as error:
                error.add_note("\n".join([f"seed {seed}", *world.steps]))
                raise


@pytest.mark.parametrize("start", range(A_FEW.start, A_FEW.stop, 50))
def test_a_few_hundred_sequences(one_table: str, start: int) -> None:
    _play(one_table, range(start, start + 50))


@pytest.mark.long
@pytest.mark.parametrize("start", range(MANY.start, MANY.stop, 500))
def test_ten_thousand_sequences(one_table: str, start: int) -> None:
    _play(one_table, range(start, start + 500))
