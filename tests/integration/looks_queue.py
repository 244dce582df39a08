"""The queue of looks, as a test sees it."""

from typing import Any

from supervision.actions.looks import Looks
from supervision.base import aws
from supervision.wiring import Services


def looks_queue(delay: int = 0) -> str:
    """Makes the queue if it is not there; its URL."""
    attributes = {"FifoQueue": "true", "DelaySeconds": str(delay), "VisibilityTimeout": "20"}
    return str(aws.client("sqs").create_queue(QueueName="looks.fifo", Attributes=attributes)["QueueUrl"])


class LooksQueue:
    """The queue of looks."""

    def __init__(self) -> None:
        self.url = looks_queue()

    def take(self) -> list[Any]:
        """Takes the message that is to be delivered next, if there is one. It stays with the one who took it."""
        return [*aws.client("sqs").receive_message(QueueUrl=self.url).get("Messages", [])]

    def bodies(self) -> list[str]:
        """Takes and deletes all that can be delivered now; what they say."""
        found = []
        while messages := self.take():
            for message in messages:
                found.append(message["Body"])
                aws.client("sqs").delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found


def looks_of(services: Services) -> Looks:
    """The chain of looks, for a watcher whose looks the test makes by itself."""
    return Looks(services.gateway, looks_queue(), 10_000)
