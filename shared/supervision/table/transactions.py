"""Writes that are made together or not at all."""

import random
import time
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from supervision.base import aws

ATTEMPTS = 4


def written(items: Sequence[Any]) -> bool:
    """Whether `items` were written together; False where a condition of theirs does not hold: then none was.

    One that merely met another transaction, or a busy table, is made again. Raises what else goes wrong.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=items)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            reasons = error.response.get("CancellationReasons", [])
            if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
                return False
            if attempt == ATTEMPTS:
                raise
            time.sleep(0.02 * 2**attempt * (0.5 + random.random()))  # noqa: S311 - jitter, no secret
        else:
            return True
    raise AssertionError("the last attempt raises or returns")
