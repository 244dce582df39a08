"""What it means that a reading of a list does not show something. Pure."""

from enum import StrEnum


class Absence(StrEnum):
    """How much a reading says of what is not in it.

    PROVEN: the whole list stood on one page, so what is not there is over. SUGGESTED: the pages add up, but were
    several, and while one call ends and another begins a third can slip from a page that is still to be read onto one
    that was; or Ytel does not say where the list ends. UNKNOWN: the pages do not add up.
    """

    PROVEN = "proven"
    SUGGESTED = "suggested"
    UNKNOWN = "unknown"

    @property
    def complete(self) -> bool:
        """Whether the reading may be taken for the whole list."""
        return self is not Absence.UNKNOWN
