"""One line of the table: what was measured, against what, and whether that is enough; and what was kept of it."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

KEPT = Path(__file__).with_name("kept.json")
# What is slower by less than this, or within its own spread, is chance.
SLOWER = 1.1


@dataclass(frozen=True)
class Line:
    """A measurement. `reached` and `limit` are in `unit`; `spread` the least and the most of what was measured.

    `reached` is None where it could not be measured, and `how` says why; otherwise `how` shows the figures behind it.
    """

    what: str
    yardstick: str
    reached: float | None
    limit: float
    how: str
    unit: str = "x"
    spread: tuple[float, float] | None = None

    @property
    def passed(self) -> bool | None:
        """Whether the target is reached; None where it was not measured."""
        return None if self.reached is None else self.reached <= self.limit

    def row(self) -> str:
        """The line as Markdown."""
        reached = "-" if self.reached is None else self._text(self.reached)
        if self.spread is not None:
            reached += f" ({self._bare(self.spread[0])} to {self._bare(self.spread[1])})"
        verdict = {True: "pass", False: "**fail**", None: "not measured"}[self.passed]
        return f"| {self.what} | {self.yardstick} | ≤ {self._text(self.limit)} | {reached} | {verdict} | {self.how} |"

    def _text(self, value: float) -> str:
        return f"{self._bare(value)} {self.unit}".strip()

    def _bare(self, value: float) -> str:
        return f"{value:.2f}" if self.unit else f"{value:.0f}"


HEAD = "| what | yardstick | target | reached (least to most) | | how |\n| --- | --- | --- | --- | --- | --- |"


@dataclass(frozen=True)
class Pairs:
    """Two things timed in turn, pair by pair: the milliseconds of each."""

    ours: list[float]
    others: list[float]

    def line(self, what: str, yardstick: str, limit: float) -> Line:
        """The line of their ratio: the median of the pairs', with the least and the most."""
        ratios = sorted(one / other for one, other in zip(self.ours, self.others, strict=True))
        how = f"{median(self.ours):.3g} / {median(self.others):.3g} ms, {len(ratios)} pairs"
        return Line(what, yardstick, median(ratios), limit, how, spread=(ratios[0], ratios[-1]))


def pairs(ours: Callable[[], float], other: Callable[[], float], rounds: int) -> Pairs:
    """Times both in turn, and which comes first in turn too; a first round, which warms, is left out."""
    found = Pairs([], [])
    for turn in range(rounds + 1):
        if turn % 2:
            one, two = ours(), other()
        else:
            two, one = other(), ours()
        if turn:
            found.ours.append(one)
            found.others.append(two)
    return found


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """What gives the milliseconds that one run of `work` takes."""

    def run() -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) * 1000

    return run


def keep(lines: Iterable[Line]) -> None:
    """Writes what these lines reached into kept.json, in the place of what was kept of them."""
    kept = read_kept() | {_name(line): line.reached for line in lines if line.reached is not None}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def read_kept() -> dict[str, float]:
    """What was kept last, by line."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def compared(lines: Iterable[Line], kept: Mapping[str, float]) -> list[str]:
    """What became slower, or dearer, than what was kept: a sentence each."""
    said = []
    for line in lines:
        before = kept.get(_name(line))
        if before is None or line.reached is None:
            continue
        least = line.spread[0] if line.spread else line.reached
        if line.reached > SLOWER * before and least > before:
            said.append(f"slower: {line.what}: {line.reached:.2f}, was {before:.2f} {line.unit}".strip())
    return said


def _name(line: Line) -> str:
    return f"{line.what} | {line.yardstick}"
