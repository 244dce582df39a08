"""The logger and the metrics; nobody else constructs Powertools objects.

A line carries the function, the correlation id and, where there is one, client, action and call. Never a token, a key,
a body, a name or a whole phone number: what is logged of a number is `masking.masked`.
"""

from functools import cache
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

logger = Logger()


@cache
def metrics() -> "Metrics":
    """The business metrics, in CloudWatch's embedded format. Imported on first use: not every door counts."""
    from aws_lambda_powertools import Metrics

    return Metrics()
