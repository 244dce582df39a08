"""`make bench`: every line of the table, each a ratio measured in this run, pair by pair, with its yardstick.

    python -m tests.bench [--keep] [mapping] [writing] [cold] [running] [slow] [appearing] [whispers] [cost]

Without names, all. Says what became slower than what was kept last; with `--keep`, this run is kept in its place.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from tests.harness.template import ROOT

sys.path.insert(0, str(ROOT / "shared"))

from tests.bench import appearing, cold, cost, mapping, running, slow, whispers, writing
from tests.bench.lines import HEAD, Line, compared, keep, read_kept

PARTS: dict[str, Callable[[], Iterator[Line]]] = {
    "mapping": mapping.lines,
    "writing": writing.lines,
    "cold": cold.lines,
    "running": running.lines,
    "slow": slow.lines,
    "appearing": appearing.lines,
    "whispers": whispers.lines,
    "cost": cost.lines,
}


def main() -> None:
    """Print the table, a line as soon as it is known, and what became slower."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which; without, all")
    parser.add_argument("--keep", action="store_true", help="keep what is reached, to compare the next run with")
    asked = parser.parse_args()
    print(HEAD, flush=True)
    lines = []
    for name in asked.parts or PARTS:
        for line in PARTS[name]():
            lines.append(line)
            print(line.row(), flush=True)
    slower = compared(lines, read_kept())
    print("\n".join(["", *(slower or ["nothing is slower than what was kept"])]))
    if asked.keep:
        keep(lines)


if __name__ == "__main__":
    main()
