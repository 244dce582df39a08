"""The write units of what is written to DynamoDB, as it would charge for them."""

import json
from math import ceil
from typing import Any

UNIT = 1024  # bytes


def units(operation: str, asked: Any, answered: Any = None) -> float:
    """The write units of one request; of a change by the item as it then is, where the answer gives it."""
    if operation == "PutItem":
        return _written(asked["Item"])
    if operation == "UpdateItem" and answered and "Attributes" in answered:
        return _written(answered["Attributes"])
    if operation in ("UpdateItem", "DeleteItem"):
        return _written(asked.get("ExpressionAttributeValues", {}))
    if operation == "BatchWriteItem":
        every = [one for ones in asked["RequestItems"].values() for one in ones]
        return sum(_written(one["PutRequest"]["Item"] if "PutRequest" in one else {}) for one in every)
    if operation == "TransactWriteItems":
        return 2 * sum(_written(one.get("Put", {}).get("Item", {})) for one in asked["TransactItems"])
    return 0.0


def _written(item: dict[str, Any]) -> int:
    """By the size of the names and the values; bytes come as Base64, which is a third longer than they are."""
    size = 0
    for name, value in item.items():
        [(kind, held)] = value.items()
        size += len(name) + (len(held) * 3 // 4 if kind == "B" else len(held if kind == "S" else json.dumps(held)))
    return max(1, ceil(size / UNIT))
