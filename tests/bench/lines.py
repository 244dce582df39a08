"""One line of the table: what was measured, against what, and whether that is enough."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A measurement. `reached` and `limit` are in `unit`; with `exactly`, more than the limit is as bad as less.

    `reached` is None where it could not be measured, and `how` says why; otherwise `how` shows the figures behind it.
    """

    what: str
    yardstick: str
    reached: float | None
    limit: float
    how: str
    unit: str = "x"
    exactly: bool = False

    @property
    def passed(self) -> bool | None:
        """Whether the target is reached; None where it was not measured."""
        if self.reached is None:
            return None
        return self.reached == self.limit if self.exactly else self.reached <= self.limit

    def row(self) -> str:
        """The line as Markdown."""
        target = f"{'=' if self.exactly else '≤'} {self._text(self.limit)}"
        reached = "-" if self.reached is None else self._text(self.reached)
        verdict = {True: "pass", False: "**fail**", None: "not measured"}[self.passed]
        return f"| {self.what} | {self.yardstick} | {target} | {reached} | {verdict} | {self.how} |"

    def _text(self, value: float) -> str:
        return f"{value:.0f}" if self.exactly else f"{value:.2f} {self.unit}"


HEAD = "| what | yardstick | target | reached | | how |\n| --- | --- | --- | --- | --- | --- |"
