import time

import boto3
from moto import mock_aws

from tests.harness.local_aws.tables import drop_expired


def test_what_is_past_its_time_is_dropped():
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        client.update_time_to_live(
            TableName="t", TimeToLiveSpecification={"AttributeName": "expiration", "Enabled": True}
        )
        now = int(time.time())
        client.put_item(TableName="t", Item={"pk": {"S": "for ever"}})
        for name, expires in (("past", now - 1), ("to come", now + 60)):
            client.put_item(TableName="t", Item={"pk": {"S": name}, "expiration": {"N": str(expires)}})
        drop_expired()
        assert {item["pk"]["S"] for item in client.scan(TableName="t")["Items"]} == {"for ever", "to come"}
