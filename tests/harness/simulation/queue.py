"""A queue that is first in, first out, with one message group, and the way of its messages to a function."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.harness import queues
from tests.harness.parts import Source
from tests.harness.simulation import dynamodb
from tests.harness.simulation.functions import Functions, Invocation, Throttled
from tests.harness.simulation.mishaps import Mishaps
from tests.harness.simulation.scheduler import SECOND, Scheduler

REMEMBERED_SECONDS = 300  # for how long a deduplication id counts
ATTEMPTS = 3  # of botocore
DELIVERED_AGAIN_WITHIN = 15.0


@dataclass
class Message:
    """A message; `due` is when it may be delivered next, on the scheduler's clock."""

    id: str
    body: str
    due: int


@dataclass
class Queue:
    """SQS, as far as one queue goes, and Lambda's event source mapping on it.

    `invocation` makes what a message has its function do; `failed` is told where that raises. `off` delivers nothing.
    """

    source: Source
    scheduler: Scheduler
    functions: Functions
    mishaps: Mishaps
    invocation: Callable[[dict[str, Any]], Invocation]
    failed: Callable[[Invocation], None]
    off: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)
    _busy: bool = False

    def send_message(self, **asked: Any) -> dict[str, Any]:
        """Takes a message, but none that it has had within five minutes."""
        scheduler, dice, may = self.scheduler, self.scheduler.dice, self.mishaps
        self.functions.cross()
        for _ in range(ATTEMPTS):
            scheduler.sleep(0.004 + 0.01 * dice.random())
            if dice.random() < may.bus_failed:
                continue
            self._take(asked["MessageBody"], asked["MessageDeduplicationId"])
            if dice.random() < may.bus_lost:
                scheduler.sleep(3.0)
                continue
            self.functions.cross()
            return {"MessageId": "drawn"}
        raise dynamodb.error("InternalFailure", "drawn", "SendMessage")

    def purge(self) -> None:
        """Loses all its messages, which SQS never does by itself."""
        self.messages.clear()

    def _take(self, body: str, once: str) -> None:
        if self._taken.get(once, 0) > self.scheduler.now:
            return
        self._taken[once] = self.scheduler.now + REMEMBERED_SECONDS * SECOND
        message = Message(f"{once} at {self.scheduler.now}", body, self.scheduler.now + int(self.source.delay * SECOND))
        self.messages[message.id] = message
        self._look_at(message.due)

    def _look_at(self, when: int) -> None:
        # A poller has it a moment later.
        self.scheduler.at(when + int(self.scheduler.dice.uniform(0.01, 0.1) * SECOND), self._deliver)

    def _deliver(self) -> None:
        message = next(iter(self.messages.values()), None)
        if message is None or self._busy or self.off or message.due > self.scheduler.now:
            return
        self._busy = True
        # Nothing of the group is delivered before it is deleted, or visible again.
        message.due = self.scheduler.now + int(self.source.visibility * SECOND)
        self.scheduler.at(message.due, lambda: self._visible(message))
        self._hand_over(message)
        if self.scheduler.dice.random() < self.mishaps.twice:
            later = self.scheduler.dice.uniform(0.0, DELIVERED_AGAIN_WITHIN)
            self.scheduler.after(later, lambda: self._hand_over(message))

    def _hand_over(self, message: Message) -> None:
        raw = {"MessageId": message.id, "ReceiptHandle": message.id, "Body": message.body}

        def done(invocation: Invocation) -> None:
            if invocation.error is not None:
                self.failed(invocation)
            if invocation.dead or invocation.error or invocation.answer["batchItemFailures"]:
                return  # it comes again
            if self.messages.pop(message.id, None):
                self._free()

        with contextlib.suppress(Throttled):  # it comes again
            self.functions.invoke(self.invocation(queues.event(self.source.queue_arn, raw)), done)

    def _visible(self, message: Message) -> None:
        if message.id in self.messages:
            self._free()

    def _free(self) -> None:
        self._busy = False
        if self.messages:
            self._look_at(max(self.scheduler.now, next(iter(self.messages.values())).due))


class Queues:
    """SQS: messages go to the queue that they are for."""

    def __init__(self, queues: list[Queue]) -> None:
        self._queues = {one.source.queue_arn.rpartition(":")[2]: one for one in queues}

    def send_message(self, **asked: Any) -> dict[str, Any]:
        """Takes a message."""
        return self._queues[asked["QueueUrl"].rpartition("/")[2]].send_message(**asked)
