"""`make bench`: every line of the table, each a ratio measured in this run, with its yardstick."""

import sys
from collections.abc import Callable, Iterator

from tests.harness.template import ROOT

sys.path.insert(0, str(ROOT / "shared"))

from tests.bench import cold, mapping, running
from tests.bench.lines import HEAD, Line

PARTS: tuple[Callable[[], Iterator[Line]], ...] = (mapping.lines, cold.lines, running.lines)


def main() -> None:
    """Print the table, a line as soon as it is known."""
    print(HEAD, flush=True)
    for part in PARTS:
        for line in part():
            print(line.row(), flush=True)


if __name__ == "__main__":
    main()
