"""Whether what was asked of Ytel has happened: looked at again and again, until it is seen or the time is up."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from supervision.rules.lifecycle import Patience, is_over

FIRST_PAUSE, LONGEST_PAUSE, SHORTEST_PAUSE = 0.1, 1.0, 0.001


@dataclass(frozen=True, slots=True)
class Confirming:
    """For how many `seconds` is looked, and with how much `patience` a call that is not shown is taken for over."""

    seconds: float
    patience: Patience
    sleep: Callable[[float], object] = time.sleep
    now: Callable[[], float] = time.monotonic

    def looks(self) -> Iterator["Looking"]:
        """One for each look that is due: the first at once, then ever less often, the last when the time is up.

        A call that is not shown by then is looked for until that can be believed, for as long again at most.
        """
        look, pause = Looking(self.patience, self.now), FIRST_PAUSE
        end = self.now() + self.seconds
        while True:
            look.began = self.now()
            yield look
            left = max(end, min(look.believed_from, end + self.seconds)) - self.now()
            if left < SHORTEST_PAUSE:
                return
            self.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)


@dataclass(slots=True)
class Looking:
    """The looks at one call so far. `began`: when the last did, in seconds by a clock that only goes forward."""

    patience: Patience
    now: Callable[[], float]
    began: float = 0.0
    missing_since: float | None = None

    @property
    def believed_from(self) -> float:
        """From when on a look that does not show the call ends it; long ago where the last one showed it."""
        return 0.0 if self.missing_since is None else self.missing_since + self.patience.apart / 1000

    def missing(self) -> bool:
        """Takes in that this look does not show the call. Whether it is over, as far as all of them tell.

        The first to miss it counts from its end on: what it read may have been asked for several times before.
        """
        if self.missing_since is None:
            self.missing_since = self.now()
        return is_over(round(1000 * self.missing_since), round(1000 * self.began), self.patience)

    def listed(self) -> None:
        """Takes in that this look shows the call."""
        self.missing_since = None
