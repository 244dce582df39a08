"""Follows the first five calls of each new agent, and tells their trainer when one of them asks for help.

`python training.py +12125550142 CLIENT_ID…`: the trainer's phone, and the agents by their client ids.
"""

import json
import sys

import boto3

BUS, NAME = "supervision", "training"
trainer, *agents = sys.argv[1:]
events, sqs = boto3.client("events"), boto3.client("sqs")


def follow(agent: str, calls: int, request_id: str) -> None:
    """Asks for it. The request's id makes it one follow, however often this is run."""
    asked = {"clientId": agent, "to": trainer, "action": "listen", "calls": calls, "requestId": request_id}
    detail_type, detail = "Follow Requested", json.dumps(asked)
    events.put_events(Entries=[{"EventBusName": BUS, "Source": NAME, "DetailType": detail_type, "Detail": detail}])


# A rule of one's own on the bus, and a queue that it fills. In the cloud its policy must let events.amazonaws.com send.
queue = sqs.create_queue(QueueName=NAME)["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
pattern = {"source": ["ytel.supervision"], "detail-type": ["Help Asked", "Follow Ended"]}
events.put_rule(Name=NAME, EventBusName=BUS, EventPattern=json.dumps(pattern))
events.put_targets(Rule=NAME, EventBusName=BUS, Targets=[{"Id": NAME, "Arn": arn}])

for agent in agents:
    follow(agent, 5, f"first five {agent}")

while True:
    for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20).get("Messages", []):
        event = json.loads(message["Body"])
        told = event["detail"]["data"]
        if told["clientId"] in agents and event["detail-type"] == "Help Asked":
            sys.stdout.write(f"{told['username']} asks for help: {told['help']['reason'] or 'no reason given'}\n")
            sys.stdout.flush()
        elif told["clientId"] in agents and told["how"] == "until":  # the day is over: the rest is for the next one
            follow(told["clientId"], told["calls"] - len(told["supervisions"]), f"after {told['id']}")
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
