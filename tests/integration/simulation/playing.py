"""How floors are played: so many of a world, from a seed."""

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.harness.simulation.worlds import World
from tests.integration.simulation.floors import Floors

STEPS = 35


def played(world: World, floors: int, number: int, *, shrink: bool = True, count: list[int] | None = None) -> None:
    """Plays floors of a world. Raises the first that breaks, shrunk; `count` holds how many were begun."""
    begun = count if count is not None else [0]

    class OfWorld(Floors):
        def __init__(self) -> None:
            super().__init__()
            begun[0] += 1

    OfWorld.world = world
    OfWorld.__name__ = f"Floors_{world.name.replace(' ', '_')}"
    as_drawn = settings(
        max_examples=floors,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(OfWorld), settings=as_drawn)
