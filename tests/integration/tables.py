"""The project's table on made-up AWS, made as the template says."""

import contextlib
from functools import cache
from typing import Any

from supervision.base import aws
from tests.harness.template import Template


def make_table() -> str:
    """Make it and return its name."""
    name, properties = as_the_template_says()
    client = aws.client("dynamodb")
    # Where the machine is so busy that the answer is late, the SDK asks again.
    with contextlib.suppress(client.exceptions.ResourceInUseException):
        client.create_table(TableName=name, **properties)
    return name


@cache
def as_the_template_says() -> tuple[str, dict[str, Any]]:
    """The name and the properties of the one table of the template."""
    [(name, properties)] = Template().resources("AWS::DynamoDB::Table").items()
    kept = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
    return name, {key: properties[key] for key in kept}
