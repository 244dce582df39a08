"""The stack as CloudFormation gets it: the template after SAM's transform."""

import json
import re

import pytest

from supervision.actions.hang_up import DISCONNECTS_WITHIN
from tests.harness.transformed import Stack, transformed

OTHER = {
    "String": "other",
    "Number": "77",
    "Architecture": "x86_64",
    "EventBusName": "other-bus",
    "YtelApiUrl": "https://other.example",
}
DEFAULT = transformed()
AS_IT_IS = Stack(DEFAULT)
PARAMETERS = DEFAULT["Parameters"]
FUNCTIONS = [name for name, one in DEFAULT["Resources"].items() if one["Type"] == "AWS::Lambda::Function"]
# What of a function is no part of a version that is published of it.
NOT_PUBLISHED = {"ReservedConcurrentExecutions", "Tags", "Role"}
KEPT = (
    "AWS::DynamoDB::Table",
    "AWS::SecretsManager::Secret",
    "AWS::Logs::LogGroup",
)
# What CloudFormation gives a resource as its name in the account, where the template says it.
NAMES = {
    "AWS::AppConfig::Application": ("Name",),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::CloudWatch::Dashboard": ("DashboardName",),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::Events::Archive": ("ArchiveName",),
    "AWS::Events::EventBus": ("Name",),
    "AWS::Events::Rule": ("Name",),
    "AWS::EventSchemas::Registry": ("RegistryName",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Scheduler::Schedule": ("Name",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
}


# What has functions called.
CALLERS = {
    "AWS::ApiGatewayV2::Api",
    "AWS::Events::Rule",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::Scheduler::Schedule",
}


def deployed(changed=None, code=None):
    return Stack(transformed(changed, code), changed)


def configuration(stack, function):
    properties = stack.resources("AWS::Lambda::Function")[function]["Properties"]
    kept = {name: value for name, value in properties.items() if name not in NOT_PUBLISHED}
    variables = dict(kept["Environment"]["Variables"])
    variables.pop("SETTINGS_VERSION")
    return json.dumps({**kept, "Environment": variables}, sort_keys=True, default=str)


def version(stack, function):
    [found] = [
        (name, json.dumps(one["Properties"]))
        for name, one in stack.resources("AWS::Lambda::Version").items()
        if re.fullmatch(rf"{function}Version\w{{10}}", name)
    ]
    return found


# ---------------------------------------------------------------- what is changed takes effect


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_that_reaches_a_function_publishes_it_anew(parameter):
    one = PARAMETERS[parameter]
    allowed = [value for value in one.get("AllowedValues", ()) if value != one.get("Default")]
    value = str(allowed[0]) if allowed else OTHER.get(parameter, OTHER[one["Type"]])
    before, after = AS_IT_IS, deployed({parameter: value})
    reached = {name for name in FUNCTIONS if configuration(before, name) != configuration(after, name)}
    if parameter == "EventBusName":
        reached = set(FUNCTIONS)  # by the bus, whose name it is
    published = {name for name in FUNCTIONS if version(before, name) != version(after, name)}
    # A version is not published of a function that is as it was: its environment must differ as well.
    assert published in (set(), set(FUNCTIONS))
    assert reached <= published
    if published:
        assert reached, f"{parameter} reaches no function, and publishes them all"


def test_a_change_in_the_layer_alone_publishes_every_function():
    before, after = AS_IT_IS, deployed(code={"Layer": "other"})
    assert all(version(before, name) != version(after, name) for name in FUNCTIONS)


def test_the_number_of_the_settings_is_in_each_environment_and_each_versions_description():
    stack = AS_IT_IS
    for name in FUNCTIONS:
        number = stack.resources("AWS::Lambda::Function")[name]["Properties"]["Environment"]["Variables"]
        assert json.loads(version(stack, name)[1])["Description"] == f"settings {number['SETTINGS_VERSION']}"


def test_every_environment_fits_into_lambda():
    for one in AS_IT_IS.resources("AWS::Lambda::Function").values():
        assert len(json.dumps(one["Properties"]["Environment"]["Variables"])) < 3500


# ---------------------------------------------------------------- two stages, and the end of one


def test_two_stages_in_one_account_share_no_name():
    def names(stack):
        return {
            (one["Type"], one["Properties"][name])
            for one in stack.resources().values()
            for name in NAMES.get(one["Type"], ())
            if name in one.get("Properties", {})
        }

    dev, prod = (
        names(Stack(transformed(values), values, f"call-floor-{values['EventBusName']}"))
        for values in ({"EventBusName": "dev"}, {"EventBusName": "prod"})
    )
    assert dev
    assert not dev & prod


def test_what_nobody_can_make_again_outlives_the_stack():
    kept = [one for one in DEFAULT["Resources"].values() if one["Type"] in KEPT]
    assert len(kept) >= 5
    for one in kept:
        assert (one.get("DeletionPolicy"), one.get("UpdateReplacePolicy")) == ("Retain", "Retain"), one
        # A name that outlives its stack would be in the way of the next of that name.
        assert not {"TableName", "LogGroupName", "Name"} & one.get("Properties", {}).keys()
    [table] = [one for one in kept if one["Type"] == "AWS::DynamoDB::Table"]
    assert table["Properties"]["DeletionProtectionEnabled"] is True


def test_an_update_of_the_template_writes_no_secret_anew():
    for one in AS_IT_IS.resources("AWS::SecretsManager::Secret").values():
        # A text that says nothing needs no change; a generated one is generated anew when its terms change.
        assert one["Properties"].get("SecretString", "{}") == "{}"
        assert "GenerateSecretString" not in one["Properties"]


# ---------------------------------------------------------------- who is called, and how late


def test_every_function_is_called_through_its_alias():
    text = json.dumps([one for one in DEFAULT["Resources"].values() if one["Type"] in CALLERS])
    for name in FUNCTIONS:
        assert not re.search(rf'\${{{name}\.Arn}}|"Fn::GetAtt": \["{name}", "Arn"\]', text), name
    assert "${__FunctionArn__}" not in text or '"AuthorizeAliaslive"' in text


def test_a_function_that_writes_to_its_own_queue_may_do_so_for_ever():
    """Lambda takes it for a mistake, and stops it after the 16th turn, unless it is told."""

    def queues(node):
        return set(re.findall(r'"Fn::GetAtt": \["(\w+)", "Arn"\]', json.dumps(node)))

    resources = {name: (one["Type"], one["Properties"]) for name, one in DEFAULT["Resources"].items()}
    functions = {name: one for name, (kind, one) in resources.items() if kind == "AWS::Lambda::Function"}
    looping = set()
    for name, function in functions.items():
        [role] = [one for one in resources if one == function["Role"]["Fn::GetAtt"][0]]
        policies = [policy["PolicyDocument"] for policy in resources[role][1].get("Policies", ())]
        allowed = [one for policy in policies for one in policy["Statement"] if "sqs:SendMessage" in one["Action"]]
        fed = [
            one["EventSourceArn"]
            for kind, one in resources.values()
            if kind == "AWS::Lambda::EventSourceMapping" and f'"{name}Alias' in json.dumps(one["FunctionName"])
        ]
        if queues([one["Resource"] for one in allowed]) & queues(fed):
            looping.add(name)
    assert looping == {"WatchCalls"} == {name for name, one in functions.items() if one.get("RecursiveLoop") == "Allow"}


def test_what_comes_again_anyway_does_not_queue_up():
    schedules = [
        one["Properties"] for one in DEFAULT["Resources"].values() if one["Type"] == "AWS::Scheduler::Schedule"
    ]
    assert len(schedules) == 2
    assert all(one["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0 for one in schedules)
    configs = {
        json.dumps(one["Properties"]["FunctionName"]): one["Properties"]
        for one in DEFAULT["Resources"].values()
        if one["Type"] == "AWS::Lambda::EventInvokeConfig"
    }
    for name in ("WatchCalls", "RefreshUsers"):
        [config] = [config for function, config in configs.items() if name in function]
        assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)


def test_no_resource_waits_for_itself():
    def referred(node):
        if isinstance(node, list):
            return set().union(*map(referred, node))
        if not isinstance(node, dict):
            return set()
        found = set().union(*map(referred, node.values()))
        if "Ref" in node:
            found.add(node["Ref"])
        if "Fn::GetAtt" in node:
            found.add(str(node["Fn::GetAtt"][0]).split(".")[0])
        if "Fn::Sub" in node:
            text = node["Fn::Sub"] if isinstance(node["Fn::Sub"], str) else node["Fn::Sub"][0]
            found |= {name.split(".")[0] for name in re.findall(r"\$\{([^}]+)}", text)}
        return found

    left = {name: referred(one) & DEFAULT["Resources"].keys() for name, one in DEFAULT["Resources"].items()}
    while free := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}


def test_a_hang_up_that_looks_for_as_long_as_it_may_ends_before_its_function_is_stopped():
    """A reading, the disconnects, the looks, those until a call that is missing is believed over, a last reading."""
    most = {name: one.get("MaxValue", one["Default"]) for name, one in PARAMETERS.items()}
    longest = 2 * int(most["YtelTimeoutSeconds"]) + DISCONNECTS_WITHIN
    longest += int(most["ConfirmSeconds"]) + int(PARAMETERS["CallsMaxAgeSeconds"]["Default"])
    assert longest <= DEFAULT["Resources"]["Hangup"]["Properties"]["Timeout"]


# ---------------------------------------------------------------- what wakes somebody

# Under a name that stands nowhere in the template.
STACK = Stack(DEFAULT, name="a-stage-of-its-own")
ALARMS = {name: one["Properties"] for name, one in STACK.resources("AWS::CloudWatch::Alarm").items()}


def metrics(alarm):
    """What an alarm looks at: each metric's namespace, name and dimensions."""
    stats = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", ()) if "MetricStat" in one] or [alarm]
    return [(one["Namespace"], one["MetricName"], one["Dimensions"]) for one in stats]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_looks_at_its_own_stack_and_tells_somebody(name):
    alarm = ALARMS[name]
    assert alarm["AlarmActions"] == [f"{STACK.name}/Alarms"]
    for namespace, _, dimensions in metrics(alarm):
        [dimension] = dimensions
        value = str(dimension["Value"])
        assert value == STACK.name if namespace == "Supervision" else value.startswith(f"{STACK.name}/"), dimension
    assert len(metrics(alarm)) <= 10  # CloudWatch takes no more


def test_the_functions_count_under_the_name_of_their_stack():
    for one in STACK.resources("AWS::Lambda::Function").values():
        assert one["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == STACK.name


def test_errors_and_throttles_of_every_function_wake_somebody():
    for metric in ("Errors", "Throttles"):
        seen = [
            dimension["Value"].split("/")[1]
            for alarm in ALARMS.values()
            for _, name, dimensions in metrics(alarm)
            if name == metric
            for dimension in dimensions
        ]
        assert sorted(seen) == sorted(FUNCTIONS)


def counted():
    """The names of what the functions count."""
    from supervision.rules.actions import ACTIONS, DIALLED
    from tests.harness.template import ROOT

    code = "".join(path.read_text() for path in (ROOT / "shared/supervision").rglob("*.py"))
    return {*re.findall(r'add_metric\("(\w+)"', code), *(ACTIONS[action].started_metric for action in DIALLED)}


def shown():
    """What the dashboard shows: the namespace and name of each metric, its shorthand written out."""
    [dashboard] = STACK.resources("AWS::CloudWatch::Dashboard").values()
    for widget in json.loads(dashboard["Properties"]["DashboardBody"])["widgets"]:
        row: list[str] = []
        for metric in widget["properties"]["metrics"]:
            names = [one for one in metric if isinstance(one, str)]
            if names[0] == "...":
                names = row[: len(row) - len(names) + 1] + names[1:]
            row = [row[at] if name == "." else name for at, name in enumerate(names)]
            yield row[0], row[1]


def test_what_is_looked_at_is_counted_and_what_is_counted_is_looked_at():
    seen = [*shown(), *((namespace, name) for alarm in ALARMS.values() for namespace, name, _ in metrics(alarm))]
    assert {name for namespace, name in seen if namespace == "Supervision"} == counted()
