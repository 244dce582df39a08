"""The same request is answered once: what was answered is kept in the project's table, and given again.

Stands on Powertools' idempotency. What `work` returns is kept; where it raises, nothing is, and the request may be made
again. A function that dies in the middle leaves the request "in progress" until its own time was up.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from supervision.base import aws
from supervision.base.observability import logger
from supervision.base.problems import InProgress, InvalidRequest

KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


class Answered(NamedTuple):
    """What `work` answered, and whether it did so for an earlier request."""

    answer: dict[str, Any]
    replayed: bool


def once(
    table: str,
    context: Any,
    *,
    key: str,
    owner: str,
    request: Mapping[str, Any],
    work: Callable[[], dict[str, Any]],
) -> Answered:
    """What `work` answers to `request`, or answered when `owner` first made it under this `key`.

    `context` is the Lambda context, for its remaining time. Raises InvalidRequest where the key stood for another
    request or is too long, InProgress where the first is being worked on, and whatever `work` raises.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise InvalidRequest(f"Idempotency-Key must have 1 to {LONGEST_KEY} characters.")
    config = IdempotencyConfig(
        event_key_jmespath="[owner, key]",
        payload_validation_jmespath="request",
        expires_after_seconds=KEPT_SECONDS,
        hash_function="sha256",
    )
    config.register_lambda_context(context)
    worked: list[dict[str, Any]] = []
    raised: list[Exception] = []

    @idempotent_function(  # type: ignore[untyped-decorator]
        data_keyword_argument="asked", persistence_store=_store(table), config=config, key_prefix="ONCE"
    )
    def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
        try:
            worked.append(work())
        except Exception as error:
            raised.append(error)
            raise
        return worked[0]

    try:
        answered = answer(asked={"owner": owner, "key": key, "request": dict(request)})
    except IdempotencyAlreadyInProgressError:
        raise InProgress("The same request is being worked on; ask again in a moment.") from None
    except IdempotencyValidationError:
        raise InvalidRequest("This Idempotency-Key was used for another request.") from None
    except IdempotencyPersistenceLayerError:
        if raised:
            raise raised[0] from None  # what went wrong with the work says more than that it could not be forgotten
        if not worked:
            raise
        # It was done: that its answer could not be kept does not undo it.
        logger.exception("an answer could not be kept")
        answered = worked[0]
    return Answered(answered, not worked)


@cache
def _store(table: str) -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(
        table_name=table,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value="IDEMPOTENCY",
        boto3_client=aws.client("dynamodb"),
    )
