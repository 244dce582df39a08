"""The project's table on made-up AWS, made as the template says."""

from supervision import aws
from tests.harness.template import Template


def make_table(template: Template | None = None) -> str:
    """Make it and return its name."""
    [(name, properties)] = (template or Template()).resources("AWS::DynamoDB::Table").items()
    kept = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
    aws.client("dynamodb").create_table(TableName=name, **{key: properties[key] for key in kept})
    return name
