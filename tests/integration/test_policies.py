"""Each function does all its work under its own policies, and may do nothing else under them."""

import json
from functools import cache

import botocore.session
import pytest
import requests
from botocore.exceptions import ClientError
from moto.core.authorization import enable_iam_authentication

from tests.harness.cloudformation import REGION
from tests.harness.fake_ytel import FakeYtel
from tests.harness.local_aws.permissions import access_key, permissions
from tests.harness.system import LOCAL_KEY, System
from tests.harness.template import Template
from tests.harness.waiting import wait_until
from tests.harness.watching import look

TEMPLATE = Template()
SAMPLE_CALL = "5555776a-564f-4805-ada6-e770c66d7368"

SESSION = botocore.session.get_session()
CREDENTIALS = {"username": "supervisor@example.com", "password": "fake-ytel-password"}

SNAPSHOT = {"GetItem", "UpdateItem", "BatchGetItem", "BatchWriteItem"}
ITEM = {"GetItem", "PutItem", "UpdateItem", "DeleteItem"}
REQUEST = {"PutItem", "UpdateItem", "DeleteItem"}
WAITING = {"Query", "PutItem", "DeleteItem"}
YTEL = {"TOKEN": ITEM, "SNAPSHOT#users": SNAPSHOT, "SNAPSHOT#users#7": SNAPSHOT}
FLOOR = {
    **YTEL,
    "SNAPSHOT#floor": SNAPSHOT,
    "SNAPSHOT#floor#15": SNAPSHOT,
    "OPEN": {"Query", "PutItem", "DeleteItem"},
    "SUPERVISION#1": {"GetItem", "PutItem"},
    "OUTBOX": WAITING,
    "ASIDE": {"PutItem"},
    "READS#crm": {"UpdateItem"},
    "SWEEP": {"UpdateItem"},
    "HELP": {"Query"},
    "FOLLOW": {"Query"},
    "CONTACT#1": {"BatchGetItem"},
}
DIAL = {**FLOOR, "REQUEST#1": REQUEST, "DIALS#crm": {"UpdateItem"}}
WATCHED = {"Query", "PutItem", "UpdateItem", "DeleteItem"}
FOLLOW = {**DIAL, "FOLLOW": {"Query", "PutItem", "DeleteItem"}, "LINE#1": {"UpdateItem"}}
LOOKS = {"GetItem", "UpdateItem"}
# What each function may do to the items of each partition.
ITEMS = {
    "ListCalls": FLOOR,
    "Listen": DIAL,
    "Whisper": DIAL,
    "Barge": DIAL,
    "Takeover": DIAL,
    "Hangup": {**FLOOR, "REQUEST#1": REQUEST},
    "Switch": DIAL,
    "Supervisions": {**FLOOR, "REQUEST#1": REQUEST},
    "Help": {**FLOOR, "REQUEST#1": REQUEST, "HELP": {"Query", "GetItem", "PutItem", "DeleteItem"}},
    "Follow": FOLLOW,
    "WatchCalls": {
        **FOLLOW,
        "HELP": {"Query", "DeleteItem"},
        "WATCHED": WATCHED,
        "LOOKS": LOOKS,
        "CONTACT#1": {"BatchGetItem", "PutItem"},
    },
    "RefreshUsers": YTEL,
    "Authorize": {},
    "Page": {},
}
FOLLOWERS = {name for name, items in ITEMS.items() if "LINE#1" in items}
DIALLERS = {name for name, items in ITEMS.items() if "DIALS#crm" in items}
BUS_DOORS = {name for name, items in ITEMS.items() if "REQUEST#1" in items}
READERS = {name for name, items in ITEMS.items() if "OPEN" in items}
ASKS_YTEL = {name for name, items in ITEMS.items() if "TOKEN" in items}
PARTITIONS = [*FOLLOW, "WATCHED", "LOOKS", "SUPERVISION", "SNAPSHOT#floors", "DIALS", "READS", "REQUEST", "ELSE"]

[TABLE] = TEMPLATE.resources("AWS::DynamoDB::Table")
[BUS] = TEMPLATE.resources("AWS::Events::EventBus")
ENVIRONMENT = TEMPLATE.functions["Whisper"].environment
QUEUE = TEMPLATE.functions["WatchCalls"].environment["LOOKS_QUEUE_URL"]
FOLLOW_NOW = TEMPLATE.functions["ListCalls"].environment["FOLLOW_QUEUE_URL"]
YTEL_TOKEN, API_CLIENTS = ENVIRONMENT["YTEL_TOKEN_SECRET"], ENVIRONMENT["API_CLIENTS_SECRET"]
YTEL_SESSION = ENVIRONMENT["YTEL_SESSION_SECRET"]


def on_items(partition):
    """Every request there is on the items of a partition, by its name."""
    key = {"pk": {"S": partition}, "sk": {"S": "1"}}
    one = {"TableName": TABLE, "Key": key}
    return {
        "GetItem": one,
        "PutItem": {"TableName": TABLE, "Item": key},
        "UpdateItem": {**one, "UpdateExpression": "SET x = :x", "ExpressionAttributeValues": {":x": {"S": "1"}}},
        "DeleteItem": one,
        "Query": {
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": partition}},
        },
        "BatchGetItem": {"RequestItems": {TABLE: {"Keys": [key]}}},
        "BatchWriteItem": {"RequestItems": {TABLE: [{"PutRequest": {"Item": key}}]}},
    }


def by_index(index, attribute):
    return {
        "TableName": TABLE,
        "IndexName": index,
        "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": attribute},
        "ExpressionAttributeValues": {":key": {"S": "x"}},
    }


def put_events(source, bus=BUS):
    return {"Entries": [{"EventBusName": bus, "Source": source, "DetailType": "Try", "Detail": "{}"}]}


def in_a_transaction(*partitions, checked=None):
    """A transaction that puts an item into each of these, and checks one of `checked` besides."""
    writes = [{"Put": {"TableName": TABLE, "Item": _key(partition)}} for partition in partitions]
    if checked is not None:
        check = {"TableName": TABLE, "Key": _key(checked), "ConditionExpression": "attribute_exists(pk)"}
        writes.append({"ConditionCheck": check})
    return {"TransactItems": writes}


def _key(partition):
    return {"pk": {"S": partition}, "sk": {"S": "1"}}


# Requests that are not on one partition's items, and who may make them.
OTHERS = [
    ("dynamodb", "Scan", {"TableName": TABLE}, set()),
    ("dynamodb", "DescribeTable", {"TableName": TABLE}, set()),
    ("dynamodb", "DeleteTable", {"TableName": TABLE}, set()),
    ("dynamodb", "Query", by_index("by_call", "confId"), {"Supervisions"}),
    ("dynamodb", "Query", by_index("by_client", "requestedBy"), {"Supervisions"}),
    ("dynamodb", "Query", by_index("by_time", "kind"), {"Supervisions"}),
    ("dynamodb", "TransactWriteItems", in_a_transaction("OPEN", "SUPERVISION#1", "OUTBOX"), READERS),
    ("dynamodb", "TransactWriteItems", in_a_transaction("OPEN", "SUPERVISION#1", "DIALS#crm", "REQUEST#1"), DIALLERS),
    ("dynamodb", "TransactWriteItems", in_a_transaction("OPEN", "SUPERVISION#2", checked="SUPERVISION#1"), READERS),
    (
        "dynamodb",
        "TransactWriteItems",
        in_a_transaction("FOLLOW", "OUTBOX", "ASIDE", "REQUEST#1", "DIALS#crm"),
        FOLLOWERS,
    ),
    ("dynamodb", "TransactWriteItems", in_a_transaction("WATCHED", "OUTBOX", "ASIDE", "HELP"), {"WatchCalls"}),
    ("dynamodb", "TransactWriteItems", in_a_transaction("HELP", "OUTBOX", "ASIDE"), {"Help", "WatchCalls"}),
    ("dynamodb", "TransactWriteItems", in_a_transaction("OPEN", "ELSE"), set()),
    ("secretsmanager", "GetSecretValue", {"SecretId": YTEL_TOKEN}, ASKS_YTEL),
    ("secretsmanager", "GetSecretValue", {"SecretId": YTEL_SESSION}, ASKS_YTEL),
    ("secretsmanager", "PutSecretValue", {"SecretId": YTEL_SESSION, "SecretString": "x"}, ASKS_YTEL),
    ("secretsmanager", "GetSecretValue", {"SecretId": API_CLIENTS}, {"Authorize", *BUS_DOORS}),
    ("secretsmanager", "PutSecretValue", {"SecretId": YTEL_TOKEN, "SecretString": "x"}, set()),
    ("secretsmanager", "PutSecretValue", {"SecretId": API_CLIENTS, "SecretString": "{}"}, set()),
    ("secretsmanager", "ListSecrets", {}, set()),
    ("events", "PutEvents", put_events("ytel.supervision"), READERS),
    ("events", "PutEvents", put_events("someone.else"), set()),
    ("events", "PutEvents", put_events("ytel.supervision", "default"), set()),
    ("events", "ListRules", {"EventBusName": BUS}, set()),
    ("sqs", "SendMessage", {"QueueUrl": QUEUE, "MessageGroupId": "looks", "MessageBody": "try"}, {"WatchCalls"}),
    ("sqs", "ReceiveMessage", {"QueueUrl": QUEUE}, set()),
    (
        "sqs",
        "SendMessage",
        {"QueueUrl": FOLLOW_NOW, "MessageGroupId": "follow", "MessageBody": "follow"},
        {"ListCalls"},
    ),
    ("sqs", "ListQueues", {}, set()),
]


@pytest.fixture(scope="module")
def local_aws():
    with System() as one:
        yield one.aws_url


@pytest.fixture
def system():
    fake = FakeYtel.with_samples(**CREDENTIALS, auto_answer_after=0)
    with System({"YTEL_TOKEN": json.dumps(CREDENTIALS)}, fake) as one:
        yield one


@cache
def client(service, key, endpoint=None, secret="local", token=None):
    return SESSION.create_client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )


def is_allowed(one, operation, parameters):
    try:
        one._make_api_call(operation, parameters)
    except ClientError as error:
        return "AccessDenied" not in str(error)  # moto says it in XML, whatever the protocol
    return True


def test_the_tables_below_are_of_every_function():
    assert ITEMS.keys() == TEMPLATE.functions.keys()


@pytest.mark.parametrize("function", ITEMS)
def test_a_function_may_do_to_items_what_it_does_and_nothing_else(local_aws, function):
    dynamodb = client("dynamodb", access_key(function), local_aws)
    may = {
        partition: {name for name, parameters in on_items(partition).items() if is_allowed(dynamodb, name, parameters)}
        for partition in PARTITIONS
    }
    assert {partition: names for partition, names in may.items() if names} == ITEMS[function]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "who"), OTHERS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_whatever_else_is_asked_is_allowed_to_those_alone_who_need_it(local_aws, service, operation, parameters, who):
    may = {
        function
        for function in ITEMS
        if is_allowed(client(service, access_key(function), local_aws), operation, parameters)
    }
    assert may == who


# ---------------------------------------------------------------- moto's own IAM, which knows actions alone

ACTIONS = [
    *(("dynamodb", name, parameters) for name, parameters in on_items("OPEN").items()),
    ("dynamodb", "Scan", {"TableName": TABLE}),
    ("dynamodb", "DescribeTable", {"TableName": TABLE}),
    ("secretsmanager", "GetSecretValue", {"SecretId": YTEL_TOKEN}),
    ("secretsmanager", "PutSecretValue", {"SecretId": YTEL_TOKEN, "SecretString": "x"}),
    ("events", "PutEvents", put_events("ytel.supervision")),
]


def on_anything(document):
    """The document without what moto does not look at: resources and conditions."""
    statements = [{"Effect": one["Effect"], "Action": one["Action"], "Resource": "*"} for one in document["Statement"]]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.mark.parametrize("function", ITEMS)
def test_motos_iam_says_the_same_of_every_action(function, made_up_aws):
    iam = client("iam", "testing")
    role = iam.create_role(RoleName=function, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    for number, document in enumerate(permissions(TEMPLATE)[access_key(function)]):
        iam.put_role_policy(RoleName=function, PolicyName=str(number), PolicyDocument=on_anything(document))
    session = client("sts", "testing").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]

    def may(service, operation, parameters):
        one = client(service, session["AccessKeyId"], None, session["SecretAccessKey"], session["SessionToken"])
        return is_allowed(one, operation, parameters)

    with enable_iam_authentication():
        allowed = {operation for service, operation, parameters in ACTIONS if may(service, operation, parameters)}
    expected = set().union(*ITEMS[function].values()) | ({"Query"} if function == "Supervisions" else set())
    expected |= {"GetSecretValue"} if function in ASKS_YTEL | {"Authorize"} else set()
    expected |= {"PutSecretValue"} if function in ASKS_YTEL else set()
    expected |= {"PutEvents"} if function in READERS else set()
    assert allowed == expected


# ---------------------------------------------------------------- the work itself


def test_all_the_work_is_done_under_the_functions_own_policies(system):
    def ask(method, path, body=None, **headers):
        return requests.request(
            method,
            system.url + path,
            json=body,
            headers={"Authorization": f"Bearer {LOCAL_KEY}", **headers},
            timeout=30,
        )

    call = f"/calls/{SAMPLE_CALL}"
    answers = [ask("GET", path) for path in ("/calls", call, f"{call}/plan?action=whisper", "/", "/supervisions")]
    answers += [ask("PUT", f"{call}/help"), ask("DELETE", f"{call}/help"), ask("GET", "/follows")]
    for number, action in enumerate(("listen", "whisper", "barge", "takeover")):
        to = {"to": f"+1212555014{number}"}
        answers.append(ask("POST", f"{call}/{action}", to, **{"Idempotency-Key": f"key-{action}"}))
    joined = wait_until(
        lambda: [one for one in ask("GET", "/supervisions").json()["supervisions"] if one["state"] == "joined"]
    )
    answers.append(ask("DELETE", f"/supervisions/{joined[0]['id']}"))
    answers += [ask("GET", f"/supervisions?{query}") for query in (f"confId={SAMPLE_CALL}", "state=joined", "limit=1")]
    for action, told in (("listen", "Supervision Started"), ("hangup", "Call Hung Up")):
        before = len(system.outgoing(told))
        request = {"action": action, "confId": SAMPLE_CALL, "to": "+12125550149", "requestId": f"of-{action}"}
        event = {"EventBusName": BUS, "Source": "crm", "DetailType": "Supervision Requested"}
        bus = client("events", "somebody", system.aws_url)
        bus.put_events(Entries=[{**event, "Detail": json.dumps(request)}])
        wait_until(lambda told=told, before=before: system.outgoing(told)[before:])  # type: ignore[misc]
    system.ytel.tokens.withdraw()
    system.move_clock(40)
    for function in ("refresh_users", "watch_calls"):
        system.invoke(function, {})
    look(system)
    assert [answer.status_code for answer in answers if answer.status_code >= 300] == []
    assert system.failures == []
    assert [line for line in system.logs if "AccessDenied" in line or '"level":"ERROR"' in line] == []
    assert system.ytel.requests.count("POST", "/auth/v3/token") == 2
