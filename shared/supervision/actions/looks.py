"""When the watcher looks: a queue that holds one message, and each look sends the message of the next.

The queue delivers a message after its delay, which is the interval between two looks. Look `n` sends the message of
look `n + 1` before it does anything else. So looks follow each other at that interval however long one takes, and
nobody pays for the time in between.

    queue, one message group       item of the table
    ------------------------       -----------------------------
    look 7 is delivered            number 7, lease of its holder
      look 8 is sent, delayed
      ... looks at the floor
      is done, and deleted         number 7, no lease
    look 8 is delivered            number 8, lease of its holder

What can go wrong, and what becomes of it:

- A look fails. It is done all the same; the next one is on its way.
- A look dies with its function. The queue keeps its message, and delivers it again once its visibility timeout is
  over, before any later one of the group. By then the lease is over too, as nobody has it for longer than a function
  may run, and the look is made again.
- A message is delivered twice, or sent twice. Its number is in the table: a look that was made is not made again.
- The message is lost. The schedule, which comes every minute, finds that nobody has looked, and sends the next.
"""

import re
from dataclasses import dataclass
from enum import Enum

from supervision.base import aws, clock
from supervision.base.observability import add_metric, logger
from supervision.rules.clocks import believed
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key
from supervision.table.lease import Lease, LeaseTerms

CHAIN = Key("LOOKS", "CHAIN")
GROUP = "looks"

# The longest that a look may take: the function's Timeout in the template.
LONGEST_LOOK_MS = 18_000
# How much later than its interval a look may begin before it counts as late.
LATE_MS = 2_000
# After this, beyond the interval, there is no next message: two functions in a row may have died.
LOST_AFTER_MS = 60_000

_LATER = "attribute_not_exists(#number) OR #number < :number"


class Turn(Enum):
    """Whose a look is."""

    OURS = "to be made by the one who asks"
    PAST = "made already"
    ANOTHERS = "being made by another function"


@dataclass(frozen=True, slots=True)
class Looks:
    """The chain of looks. Every method but `number_of` raises what the table or the queue raises."""

    gateway: Gateway
    queue_url: str
    interval_ms: int

    def begin(self, number: int, holder: str, left_ms: int) -> Turn:
        """Takes look `number` for the invocation `holder`, which has `left_ms` to live."""
        now = clock.now_ms()
        taken, item = self._lease(left_ms).acquire(
            holder,
            now,
            LeaseTerms(
                only=f"({_LATER} OR (#number = :number AND attribute_exists(leaseHolder)))",
                unless=_LATER,  # the queue delivers the next only once the last is done
                then=", #number = :number, lastBegan = if_not_exists(began, :now), began = :now",
                values={":number": number},
            ),
        )
        if taken:
            self._measure(number, item, now)
            return Turn.OURS
        return Turn.ANOTHERS if item.get("number") == number and "leaseHolder" in item else Turn.PAST

    def end(self, holder: str) -> None:
        """The look that `holder` took is made, and is not made again."""
        self._lease(0).give_back(holder)

    def send(self, number: int) -> None:
        """Has look `number` be made one interval from now; once, however often it is sent within five minutes."""
        self._send(number, str(number))

    def mend(self) -> bool:
        """Sends the next look where nobody has looked for so long that there can be none; whether it did."""
        item = self.gateway.get(CHAIN) or {}
        now, began = clock.now_ms(), _whole(item, "began")
        if now - self.interval_ms - LOST_AFTER_MS < believed(began, now):
            return False
        number = _whole(item, "number") + 1
        # Under an id of its own: the queue may remember for five minutes that it had this look, and take no second.
        self._send(number, f"{number}.{now // LOST_AFTER_MS}")
        logger.warning("the looks begin anew", number=number)
        return True

    @staticmethod
    def number_of(body: str) -> int | None:
        """The look that a message stands for; None where it is no message of ours."""
        return int(body) if re.fullmatch(r"[1-9]\d{0,14}", body, re.ASCII) else None

    def _measure(self, number: int, item: Item, now: int) -> None:
        gap = now - _whole(item, "lastBegan")
        if gap > self.interval_ms + LATE_MS:
            add_metric("LooksLate")
            logger.warning("a look is late", number=number, ms=gap)

    def _lease(self, length_ms: int) -> Lease:
        return Lease(self.gateway, CHAIN, length_ms)

    def _send(self, number: int, once: str) -> None:
        aws.client("sqs").send_message(
            QueueUrl=self.queue_url, MessageBody=str(number), MessageGroupId=GROUP, MessageDeduplicationId=once
        )


def _whole(item: Item, name: str) -> int:
    value = item.get(name, 0)
    return value if isinstance(value, int) else 0
