"""Brings a supervisor to the agent of every call that runs long: `python automation.py +12125550142`."""

import json
import sys

import boto3

BUS, NAME = "supervision", "long-calls"
events, sqs = boto3.client("events"), boto3.client("sqs")

# A rule of one's own on the bus, and a queue that it fills. In the cloud its policy must let events.amazonaws.com send.
queue = sqs.create_queue(QueueName=NAME)["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
pattern = {"source": ["ytel.supervision"], "detail-type": ["Call Running Long"]}
events.put_rule(Name=NAME, EventBusName=BUS, EventPattern=json.dumps(pattern))
events.put_targets(Rule=NAME, EventBusName=BUS, Targets=[{"Id": NAME, "Arn": arn}])

while True:
    for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20).get("Messages", []):
        call = json.loads(message["Body"])["detail"]["data"]
        # Events come at least once. The request's id makes it one whisper, however often it is asked for.
        whisper = {
            "action": "whisper",
            "confId": call["confId"],
            "to": sys.argv[1],
            "requestId": f"long {call['confId']}",
        }
        asked, detail = "Supervision Requested", json.dumps(whisper)
        events.put_events(Entries=[{"EventBusName": BUS, "Source": NAME, "DetailType": asked, "Detail": detail}])
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
