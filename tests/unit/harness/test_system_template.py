from pathlib import Path

import pytest

from tests.harness.cloudformation import Resolver, TemplateError
from tests.harness.template import ROOT, Template

SAMPLE = Path(__file__).parents[2] / "integration/harness/samples/template.yaml"


@pytest.fixture
def sample():
    return Template(SAMPLE)


def test_a_functions_environment_is_the_globals_and_its_own(sample):
    environment = sample.functions["Echo"].environment
    assert environment["GREETING"] == "hello"
    assert environment["PLAIN"] == "as it is"
    assert environment["OWN"] == "1"
    assert "OWN" not in sample.functions["Open"].environment
    assert environment["TABLE_NAME"] in sample.resources("AWS::DynamoDB::Table")
    assert environment["SUB"] == "hello-arn:aws:dynamodb:us-east-1:123456789012:table/call-floor-Table-us-east-1"


def test_a_setting_becomes_the_value_of_the_parameter_behind_it():
    template = Template(SAMPLE, settings={"GREETING": "hi"})
    assert template.functions["Echo"].environment["GREETING"] == "hi"
    assert template.functions["Echo"].environment["SUB"].startswith("hi-")


def test_a_setting_becomes_the_name_of_the_resource_behind_it():
    template = Template(SAMPLE, settings={"TABLE_NAME": "mine", "EVENT_BUS_NAME": "my-bus"})
    assert list(template.resources("AWS::DynamoDB::Table")) == ["mine"]
    assert {rule.bus for rule in template.rules} == {"my-bus"}
    assert "table/mine" in template.functions["Echo"].environment["SUB"]


def test_a_setting_replaces_a_plain_value_and_an_empty_one_nothing():
    template = Template(SAMPLE, settings={"PLAIN": "other", "GREETING": "", "UNDECLARED": "x"})
    environment = template.functions["Echo"].environment
    assert environment["PLAIN"] == "other"
    assert environment["GREETING"] == "hello"
    assert "UNDECLARED" not in environment


def test_a_parameter_without_a_value_leaves_the_setting_empty(sample):
    assert sample.functions["Echo"].environment["NEEDED"] == ""


def test_a_resource_whose_condition_fails_is_not_there():
    assert "Broken" not in Template(SAMPLE, parameters={"Queues": "false"}).functions


def test_routes_have_their_authorizer_unless_they_are_open(sample):
    assert {route.key: route.authorizer for route in sample.routes} == {
        "GET /echo": "Keys",
        "ANY /echo/{id}": "Keys",
        "GET /brief": "Keys",
        "ANY /open": None,
        "ANY /broken": None,
    }
    keys = sample.authorizers["Keys"]
    assert (keys.function, keys.ttl) == ("Allow", 60)
    assert keys.identity_sources == ("$request.header.Authorization", "$context.routeKey")


def test_rules_schedules_and_dead_letters_are_read(sample):
    (rule,) = sample.rules
    assert (rule.function, rule.bus, rule.pattern["detail-type"]) == ("Consume", "sample-bus", ["Wanted"])
    assert [(one.every, one.enabled) for one in sample.schedules] == [(120, True), (3600, False)]
    assert sample.functions["Consume"].on_failure == "arn:aws:sqs:us-east-1:123456789012:call-floor-Failed"
    assert sample.functions["Consume"].retries == 2


def test_a_function_is_found_by_folder_or_logical_id(sample):
    assert sample.function("echo") is sample.function("Echo")
    with pytest.raises(TemplateError, match="no function nobody"):
        sample.function("nobody")


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Fn::Join": ["-", ["a", {"Ref": "P"}]]}, "a-p"),
        ({"Fn::Sub": ["${X}/${P}/${!Raw}", {"X": "x"}]}, "x/p/${Raw}"),
        ({"Fn::If": ["Yes", "a", "b"]}, "a"),
        ({"Fn::If": ["No", "a", "b"]}, "b"),
        ({"k": {"Ref": "AWS::NoValue"}, "l": [{"Ref": "AWS::NoValue"}, 1]}, {"l": [1]}),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::FindInMap": ["M", "k", "v"]}, 7),
        ({"Fn::GetAtt": ["R", "Arn"]}, "R.Arn"),
    ],
)
def test_intrinsic_functions_are_resolved(node, value):
    document = {
        "Conditions": {
            "Yes": {"Fn::Equals": [{"Ref": "P"}, "p"]},
            "No": {"Fn::And": [{"Condition": "Yes"}, {"Fn::Not": [{"Condition": "Yes"}]}]},
        },
        "Mappings": {"M": {"k": {"v": 7}}},
    }
    assert Resolver(document, {"P": "p"}, {}, lambda name, attribute: f"{name}.{attribute}")(node) == value


@pytest.mark.parametrize("node", [{"Fn::ImportValue": "x"}, {"Ref": "Nothing"}, {"Fn::Sub": "${Nothing}"}])
def test_what_cannot_be_resolved_is_named(node):
    with pytest.raises(TemplateError, match=r"ImportValue|Nothing"):
        Resolver({}, {}, {}, lambda *_: "")(node)


def test_the_projects_own_template_is_read_whole():
    template = Template(ROOT / "template.yaml")
    assert {route.function for route in template.routes} <= template.functions.keys()
    assert {rule.function for rule in template.rules} <= template.functions.keys()
    assert {one.function for one in template.schedules} <= template.functions.keys()
    assert all(one.folder.is_dir() for one in template.functions.values())
    assert template.authorizers
