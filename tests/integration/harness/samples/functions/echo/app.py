"""Answers what it was given; does what `?do=` says."""

import json
import os
import sys
import time

from supervision.base import clock

sys.stdout.write("echo starts\n")


def lambda_handler(event, context):
    query = event.get("queryStringParameters", {})
    match query.get("do"):
        case "crash":
            raise ValueError("what only a log may say")
        case "exit":
            os._exit(3)
        case "sleep":
            time.sleep(float(query["seconds"]))
        case "large":
            return {"statusCode": 200, "body": "x" * 7_000_000}
        case "unserialisable":
            return {"statusCode": 200, "body": object()}
    about = {
        "event": event,
        "left": context.get_remaining_time_in_millis(),
        "function": context.function_name,
        "now": clock.now_ms(),
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "path": sys.path,
        "folder": os.getcwd(),
    }
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(about)}
