"""The logger and the metrics; nobody else constructs Powertools objects.

A line carries the function, the correlation id and, where there is one, client, action and call. Never a token, a key,
a body, a name or a whole phone number: what is logged of a number is `masking.masked`.

Metrics are written to the log in CloudWatch's embedded format, with no dimension but the service, which is the stack:
what happened is in their names.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

CORRELATION = "X-Correlation-Id"

logger = Logger()
_warm = False


def add_metric(name: str, value: float = 1, unit: Literal["Count", "Milliseconds"] = "Count") -> None:
    """Adds a value to a metric of this invocation."""
    _metrics().add_metric(name=name, unit=unit, value=value)


def correlation_of(event: Mapping[str, Any]) -> str:
    """The correlation id that an HTTP API event came with, where it is a plain one, else the request's own."""
    given = (event.get("headers") or {}).get(CORRELATION.lower(), "")
    own: str = event["requestContext"]["requestId"]
    return given if re.fullmatch(r"[\w.:/-]{1,128}", given, re.ASCII) else own


@contextmanager
def invocation(context: Any, correlation_id: str | None = None) -> Iterator[None]:
    """Stands around each invocation of each function.

    Puts the correlation id (the invocation's own where none is given), the function and the invocation's id on every
    line that is logged meanwhile. Writes the invocation's metrics at its end.
    """
    global _warm
    logger.append_keys(
        correlation_id=correlation_id or context.aws_request_id,
        function_name=context.function_name,
        function_request_id=context.aws_request_id,
    )
    if not _warm:
        _warm = True
        add_metric("ColdStarts")
    try:
        yield
    finally:
        if _metrics().metric_set:
            _metrics().flush_metrics()
        logger.clear_state()


@cache
def _metrics() -> "Metrics":
    # Imported on first use: not every door counts.
    from aws_lambda_powertools import Metrics

    # The dimension `service` is POWERTOOLS_SERVICE_NAME, which the template sets to the stack's name.
    return Metrics(namespace="Supervision")
