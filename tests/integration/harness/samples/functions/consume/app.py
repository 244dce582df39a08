import json
import sys


def lambda_handler(event, context):
    detail = event.get("detail", {})
    sys.stdout.write(json.dumps({"consumed": detail.get("name"), "id": event.get("id")}) + "\n")
    if detail.get("fail"):
        raise ValueError("cannot")
