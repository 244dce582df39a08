"""How many dials a client may ask for in a minute, counted in the project's table."""

from supervision.base import aws
from supervision.base.problems import TooManyDials

_MINUTE_MS = 60_000


def count(table: str, client: str, limit: int, now_ms: int) -> None:
    """Count one dial of `client` in the minute of `now_ms`.

    Raises TooManyDials once `limit` were counted; a refused one is not counted. Any other failure to count is raised
    as it is: what cannot be counted is not dialled.
    """
    dynamodb = aws.client("dynamodb")
    minute, into = divmod(now_ms, _MINUTE_MS)
    try:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": f"DIALS#{client}"}, "sk": {"S": str(minute)}},
            UpdateExpression="ADD dials :one SET expiration = :expiration",
            ConditionExpression="attribute_not_exists(dials) OR dials < :limit",
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":limit": {"N": str(limit)},
                ":expiration": {"N": str((minute + 10) * 60)},
            },
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        raise TooManyDials(
            f"{limit} dials a minute are allowed; ask again in the next",
            retry_after=max(1, -(-(_MINUTE_MS - into) // 1000)),
        ) from None
