"""What goes wrong with AWS, scripted."""

from concurrent.futures import ThreadPoolExecutor

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

KEY = {"pk": {"S": "a key"}}


@pytest.fixture
def table(system):
    yield system.template.functions["Echo"].environment["TABLE_NAME"]
    system.aws.faults.clear()


@pytest.fixture
def function(system):
    """The client that a function has."""
    return boto3.client(
        "dynamodb",
        endpoint_url=system.aws_url,
        region_name="us-east-1",
        aws_access_key_id="FUNCTIONNobody",
        aws_secret_access_key="thing",
        config=Config(retries={"total_max_attempts": 1}),
    )


def is_there(client, table):
    return "Item" in client.aws("dynamodb").get_item(TableName=table, Key=KEY)


@pytest.mark.parametrize("processed", [True, False])
def test_requests_of_functions_fail_and_no_others(client, system, table, function, processed):
    client.aws("dynamodb").delete_item(TableName=table, Key=KEY)
    system.aws.faults.fail("PutItem", "ThrottlingException", text="a key", processed=processed)
    client.aws("dynamodb").put_item(TableName=table, Item={"pk": {"S": "a key of somebody's"}})
    function.put_item(TableName=table, Item={"pk": {"S": "another"}})
    with pytest.raises(botocore.exceptions.ClientError, match="ThrottlingException"):
        function.put_item(TableName=table, Item=KEY)
    assert is_there(client, table) is processed
    function.put_item(TableName=table, Item=KEY)


@pytest.mark.parametrize("processed", [True, False])
@pytest.mark.parametrize("dropped", [True, False])
def test_a_request_is_held_and_let_go_or_dropped(client, system, table, function, processed, dropped):
    client.aws("dynamodb").delete_item(TableName=table, Key=KEY)
    with system.aws.faults.held("PutItem", processed=processed) as hold, ThreadPoolExecutor(1) as pool:
        put = pool.submit(function.put_item, TableName=table, Item=KEY)
        hold.wait()
        assert is_there(client, table) is processed
        if dropped:
            hold.drop()
        else:
            hold.let_go()
        failed = put.exception(timeout=10)
    assert bool(failed) is (dropped and not processed)
    assert is_there(client, table) is (processed or not dropped)


def test_what_never_comes_is_not_waited_for_for_ever(system, table):
    with system.aws.faults.held("PutItem") as hold, pytest.raises(AssertionError, match="no request"):
        hold.wait(0.01)
