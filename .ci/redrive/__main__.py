"""Puts the requests that wait in a queue back on the bus: each is shown, put, and then removed from the queue.

    make redrive QUEUE=<url> [BUS=supervision]

A request keeps its source and its time, so one that waited for longer than RequestMaxAgeSeconds is answered as too old.
One without a `requestId` gets the id of the event that first brought it: it is done once, however often it is put back.
What the bus does not take, and what is no request, stays in the queue.
"""

import json
import sys
from datetime import datetime
from typing import Any

import boto3


def main(queue: str, bus: str) -> int:
    """Empties `queue` onto `bus`; the exit status is 1 where something stays."""
    # …/<account>/<name>; the region stands in the queue's host, where it is AWS's own
    host = queue.split("/")[2].split(".") if queue.count("/") >= 3 else []
    region = host[1] if len(host) > 2 and host[0] == "sqs" else None
    sqs, events = boto3.client("sqs", region_name=region), boto3.client("events", region_name=region)
    put = left = 0
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=120).get(
        "Messages"
    ):
        for message in messages:
            event = event_of(message["Body"])
            print(json.dumps(event or {"no request": message["Body"]}, ensure_ascii=False))  # noqa: T201 - a command
            if event is None or not _taken(events, bus, event):
                left += 1
                continue
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            put += 1
    print(f"{put} put back, {left} left in the queue", file=sys.stderr)  # noqa: T201 - a command
    return 1 if left else 0


def event_of(body: str) -> dict[str, Any] | None:
    """The event in a message: of a rule's dead letters it is the body, of a function's failures it stands within."""
    try:
        event = json.loads(body)
    except ValueError:
        return None
    if isinstance(event, dict) and "requestPayload" in event:
        event = event["requestPayload"]
    known = isinstance(event, dict) and {"id", "source", "detail-type", "detail", "time"} <= event.keys()
    if not known or not isinstance(event["detail"], dict):
        return None
    event["detail"].setdefault("requestId", event["id"])
    return event  # type: ignore[no-any-return]


def _taken(events: Any, bus: str, event: dict[str, Any]) -> bool:
    entry = {
        "EventBusName": bus,
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Time": datetime.fromisoformat(event["time"]),
    }
    return not events.put_events(Entries=[entry])["FailedEntryCount"]


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1]:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
