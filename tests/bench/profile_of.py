"""Where the time goes: `PYTHONPATH=shared python -m tests.bench.profile_of list|cold|whisper`.

Of a list of 10,000 calls, from Ytel's bytes to the items that are written, the functions that take the most time of
their own: where 1 % changed since the list before, or where nothing is held. Of a warm whisper, its requests to AWS.
"""

import cProfile
import pstats
import sys

from tests.bench.lists import Environment, Floors
from tests.bench.whispers import timeline
from tests.bench.writing import counted_table

RUNS, SHOWN = 20, 25


def lists(*, cold: bool) -> str:
    """The profile of many lists, each read by the function that read the one before, or by a new one."""
    floors = Floors(10_000, 100)
    profile = cProfile.Profile()
    with counted_table() as (_, move):
        function = Environment(floors)
        function.floor.held()
        for _, answer in zip(range(RUNS), floors.answers(), strict=False):
            move(2.1)
            function = Environment(floors) if cold else function
            function.answer = answer
            profile.enable()
            function.floor.held()
            profile.disable()
    pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(SHOWN)
    return f"of {RUNS} lists"


def main() -> None:
    """Print it."""
    match sys.argv[1:]:
        case ["list" | "cold" as what]:
            print(lists(cold=what == "cold"))
        case ["whisper"]:
            print(timeline())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
