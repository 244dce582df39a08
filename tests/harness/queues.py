"""The template's queues whose messages functions get, as Lambda's event source mappings hand them over."""

import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from tests.harness.cloudformation import REGION
from tests.harness.parts import Source
from tests.harness.runtime import Result

ASK_AGAIN_SECONDS = 0.1

type Ask = Callable[..., dict[str, Any]]
"""Asks SQS: an operation, a queue's ARN, parameters by name."""


class Consumers:
    """Hands each message of an enabled source to its function, and deletes it once the function is done with it."""

    def __init__(self, sources: Iterable[Source], ask: Ask, invoke: Callable[[str, Any], Result]) -> None:
        self._ask, self._invoke = ask, invoke
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(one,), daemon=True) for one in sources if one.enabled]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Hand over no more."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, source: Source) -> None:
        while not self._stop.is_set():
            try:
                if not self._consume(source):
                    self._stop.wait(ASK_AGAIN_SECONDS)
            except OSError:  # the local AWS has ended
                return

    def _consume(self, source: Source) -> bool:
        asked = {"MaxNumberOfMessages": 1, "AttributeNames": ["All"]}
        messages = self._ask("ReceiveMessage", source.queue_arn, **asked).get("Messages", [])
        for message in messages:
            if self._stop.wait(source.delay % 1):
                return True
            result = self._invoke(source.function, event(source.queue_arn, message))
            if done(result):
                self._ask("DeleteMessage", source.queue_arn, ReceiptHandle=message["ReceiptHandle"])
        return bool(messages)


def done(result: Result) -> bool:
    """Whether a function is done with its message, and did not ask for it to come again."""
    return result.failure is None and not (result.payload or {}).get("batchItemFailures")


def event(queue_arn: str, message: dict[str, Any]) -> dict[str, Any]:
    """What the function gets of a message."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "md5OfBody": message.get("MD5OfBody", ""),
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": REGION,
            }
        ]
    }


def made_up(queue_arn: str, body: str) -> dict[str, Any]:
    """What a function gets of a message that no queue has held."""
    handle = str(uuid.uuid4())
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))}
    return event(queue_arn, {"MessageId": handle, "ReceiptHandle": handle, "Body": body, "Attributes": attributes})
