import pytest

from supervision.rules.actions import ACTIONS, ON_BUS
from tests.harness.local_aws.permissions import permissions
from tests.harness.local_aws.policies import Asked, allowed, asked_by
from tests.harness.template import Template

TEMPLATE = Template()
FUNCTIONS = TEMPLATE.resources("AWS::Serverless::Function")
COMMON = TEMPLATE._resolve(TEMPLATE._globals["Function"])
BUS_FUNCTIONS = {rule.function for rule in TEMPLATE.rules}


def listed(value):
    return value if isinstance(value, list) else [value]


def statements():
    for documents in permissions(TEMPLATE).values():
        for document in documents:
            yield from listed(document["Statement"])


def test_every_function_logs_to_the_one_group_that_forgets_in_time():
    [group] = [name for name in TEMPLATE.resources("AWS::Logs::LogGroup") if name.endswith("-Logs")]
    assert COMMON["LoggingConfig"]["LogGroup"] == group
    assert all("LoggingConfig" not in function for function in FUNCTIONS.values())
    assert all(one["RetentionInDays"] for one in TEMPLATE.resources("AWS::Logs::LogGroup").values())


def test_no_policy_names_everything():
    for statement in statements():
        assert all("*" not in action for action in listed(statement["Action"]))
        assert all("*" not in resource for resource in listed(statement["Resource"]))
        assert not {"dynamodb:Scan", "dynamodb:PartiQLSelect"} & set(listed(statement["Action"]))


def test_what_is_done_to_items_is_bound_to_their_partitions():
    for statement in statements():
        if any(":table/" in one and "/index/" not in one for one in map(str, listed(statement["Resource"]))):
            keys = next(value for name, value in statement["Condition"].items() if name.startswith("ForAllValues"))
            assert statement["Condition"]["Null"] == {"dynamodb:LeadingKeys": "false"}  # ForAllValues of none is true
            assert keys["dynamodb:LeadingKeys"]


def test_what_the_bus_asks_for_is_kept_wherever_it_fails():
    queues = {f"arn:aws:sqs:us-east-1:123456789012:{name}" for name in TEMPLATE.resources("AWS::SQS::Queue")}
    assert {"Listen", "Whisper", "Barge", "Takeover", "Hangup", "Supervisions", "Switch", "Follow"} == BUS_FUNCTIONS
    assert {rule.dead_letters for rule in TEMPLATE.rules} < queues
    assert {TEMPLATE.functions[name].on_failure for name in BUS_FUNCTIONS} < queues


def test_an_action_that_no_function_answers_to_is_answered_all_the_same():
    asked = [rule.pattern["detail"]["action"] for rule in TEMPLATE.rules if "detail" in rule.pattern]
    named = {action for actions in asked for action in actions if isinstance(action, str)}
    assert [action for actions in asked for action in actions if not isinstance(action, str)] == [
        {"anything-but": sorted(named, key=[*ACTIONS].index)},
        {"exists": False},
    ]
    assert named == set(ON_BUS)


def test_secrets_stand_in_no_environment():
    for function in TEMPLATE.functions.values():
        assert not [name for name in function.environment if name.endswith(("_TOKEN", "_KEY", "_PASSWORD", "CLIENTS"))]


# ---------------------------------------------------------------- the decision itself


def document(**statement):
    allow = {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": "arn:t", **statement}
    return {"Version": "2012-10-17", "Statement": [allow]}


def asked(action="dynamodb:GetItem", resource="arn:t", **context):
    return Asked(action, resource, {name.replace("_", ":"): value for name, value in context.items()})


KEYS = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["A", "B#*"]}}


@pytest.mark.parametrize(
    ("documents", "request_", "expected"),
    [
        ([], asked(), False),
        ([document()], asked(), True),
        ([document()], asked(resource="arn:t2"), False),
        ([document()], asked(action="dynamodb:GetItems"), False),
        ([document(Action="dynamodb:Get*", Resource="arn:*")], asked(), True),
        ([document(), document(Effect="Deny")], asked(), False),
        ([document(Condition=KEYS)], asked(dynamodb_LeadingKeys=["A", "B#1"]), True),
        ([document(Condition=KEYS)], asked(dynamodb_LeadingKeys=["A", "C"]), False),
        ([document(Condition=KEYS)], asked(), True),
        ([document(Condition={**KEYS, "Null": {"dynamodb:LeadingKeys": "false"}})], asked(), False),
        ([document(Condition={"Null": {"dynamodb:LeadingKeys": "false"}})], asked(dynamodb_LeadingKeys=["A"]), True),
        ([document(Condition={"StringEquals": {"events:source": "a"}})], asked(events_source=["a"]), True),
        ([document(Condition={"StringEquals": {"events:source": "a"}})], asked(events_source=["a*"]), False),
        ([document(Condition={"StringEquals": {"events:source": "a"}})], asked(), False),
    ],
)
def test_a_request_is_allowed_as_iam_would(documents, request_, expected):
    assert allowed(documents, request_) is expected


@pytest.mark.parametrize("statement", [{"NotAction": "x"}, {"Condition": {"Bool": {"a": "b"}}}])
def test_what_is_not_known_of_iam_is_said(statement):
    with pytest.raises(NotImplementedError):
        allowed([document(**statement)], asked())


def test_a_transaction_asks_for_each_of_its_items():
    items = [
        {"Put": {"TableName": "t", "Item": {"pk": {"S": "A"}}}},
        {"Delete": {"TableName": "t", "Key": {"pk": {"S": "B"}}}},
    ]
    found = list(asked_by("dynamodb", "TransactWriteItems", {"TransactItems": items}))
    assert [(one.action, one.context["dynamodb:LeadingKeys"]) for one in found] == [
        ("dynamodb:PutItem", ["A"]),
        ("dynamodb:PutItem", ["A", "B"]),  # how AWS decides is not documented: either must be allowed
        ("dynamodb:DeleteItem", ["B"]),
        ("dynamodb:DeleteItem", ["A", "B"]),
    ]
    assert {one.context["dynamodb:EnclosingOperation"][0] for one in found} == {"TransactWriteItems"}
