"""Has a follow's dial be made as soon as a list shows what it waits for, not only at the watcher's next look.

Whoever has read a list that shows a followed agent's call, new or changed, puts a message into a queue, and the watcher
makes what its look would make of the follows. A message that is lost costs no more than the wait for that look; one too
many finds nothing to do, as each call is dialled for once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from supervision.base import aws
from supervision.base.observability import logger
from supervision.rules.calls import Call
from supervision.table.follows import Follows

# What a message says. There is one kind: who gets it reads the list and the follows as they are by then.
FOLLOW_NOW = "follow"


@dataclass(frozen=True, slots=True)
class Nudge:
    """Puts the messages into the queue. `follows` gives those that run."""

    follows: Callable[[], Follows]
    queue_url: str

    def changed(self, calls: Sequence[Call], read_at: int) -> None:
        """Takes in the `calls` that are new or changed on the list read at `read_at`. Raises nothing."""
        try:
            if calls and any(follow.may_dial(call) for follow in self.follows().running() for call in calls):
                aws.client("sqs").send_message(
                    QueueUrl=self.queue_url,
                    MessageBody=FOLLOW_NOW,
                    MessageGroupId=FOLLOW_NOW,
                    MessageDeduplicationId=str(read_at),
                )
        except Exception:
            logger.exception("the watcher could not be told of a followed agent's call")
