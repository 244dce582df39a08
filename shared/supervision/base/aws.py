"""AWS clients: one a service and environment, made on first use, with short timeouts.

Made through botocore itself: what boto3 adds costs a cold start and is not used.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_secretsmanager import SecretsManagerClient


@overload
def client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["events"]) -> "EventBridgeClient": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def client(service: Literal["sqs"]) -> Any: ...
@cache
def client(service: str) -> Any:
    """The client of `service`, in the function's own region; AWS_ENDPOINT_URL points it elsewhere."""
    from botocore.config import Config

    config = Config(
        connect_timeout=1,
        read_timeout=3,
        retries={"mode": "standard", "max_attempts": 3},
        max_pool_connections=10,
        user_agent="call-floor",  # in CloudTrail; without a text botocore puts one together for every request
    )
    return _session().create_client(service, config=config)


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()
