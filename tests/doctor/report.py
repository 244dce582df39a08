"""The report: a line for each finding, and whether the product would work."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Report:
    """Says each finding at once. Nothing in it may name a person, or hold a whole number or a token."""

    say: Callable[[str], object]
    failures: list[str] = field(default_factory=list)

    def ok(self, text: str) -> None:
        """As it should be."""
        self.say(f"ok      {text}")

    def unlike(self, text: str) -> None:
        """Otherwise than is assumed; the product copes."""
        self.say(f"unlike  {text}")

    def unseen(self, text: str) -> None:
        """Not to be seen just now."""
        self.say(f"unseen  {text}")

    def fail(self, text: str) -> None:
        """The product would not work."""
        self.failures.append(text)
        self.say(f"FAILED  {text}")
