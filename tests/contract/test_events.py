"""The events: what is on the bus is what the registry's schemas say, and the rules match it."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from supervision.api.openapi import event_models, incoming
from supervision.table.events import EVENT_SOURCE
from tests.contract.conformance import PHONE
from tests.harness.local_aws.put_events import matches
from tests.harness.template import ROOT, Template
from tests.harness.waiting import wait_until
from tests.harness.watching import look

ACTIONS = ("listen", "whisper", "barge", "takeover", "hangup")


@pytest.fixture(scope="session")
def registered():
    """The schemas of the template, by detail-type."""
    found = {}
    for properties in Template(ROOT / "template.yaml", {}).resources("AWS::EventSchemas::Schema").values():
        assert properties["Type"] == "JSONSchemaDraft4"
        schema = json.loads(properties["Content"])
        jsonschema.Draft4Validator.check_schema(schema)
        assert properties["SchemaName"] == f"{EVENT_SOURCE}@{schema['title']}"
        found[schema["x-amazon-events-detail-type"]] = jsonschema.Draft4Validator(schema)
    return found


@pytest.fixture(scope="session")
def in_asyncapi():
    """The same of `asyncapi.json`."""
    components = json.loads((ROOT / "functions/page/asyncapi.json").read_text())["components"]
    return {
        message["name"]: jsonschema.Draft7Validator({**message["payload"], "components": components})
        for message in components["messages"].values()
    }


def request(**detail):
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": incoming.REQUESTED,
        "source": "crm",
        "account": "123456789012",
        "time": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }


def test_every_event_is_registered(registered, describe):
    schemas = describe("event_schemas").schemas()
    assert {name: one.schema for name, one in registered.items()} == schemas
    assert registered.keys() == event_models.OUTGOING.keys() | event_models.INCOMING.keys()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "named", [{"confId": "c"}, {"clientId": "a", "requestId": "r"}, {"agentNumber": "+12125550100"}]
)
def test_one_rule_takes_each_request(registered, in_asyncapi, action, named):
    event = request(action=action, to=PHONE, **named)
    registered[incoming.REQUESTED].validate(event)
    in_asyncapi[incoming.REQUESTED].validate(event)
    incoming.RequestDetail.model_validate(event["detail"])
    rules = [rule for rule in Template(ROOT / "template.yaml", {}).rules if matches(dict(rule.pattern), event)]
    assert [rule.function.lower() for rule in rules] == [action]


@pytest.mark.parametrize("named", [{"clientId": "a"}, {"agentNumber": "+12125550100", "requestId": 7, "calls": 5}])
def test_one_rule_takes_a_request_to_follow(registered, named):
    event = {**request(to=PHONE, action="whisper", **named), "detail-type": incoming.FOLLOW_REQUESTED}
    registered[incoming.FOLLOW_REQUESTED].validate(event)
    incoming.FollowDetail.model_validate(event["detail"])
    rules = [rule for rule in Template(ROOT / "template.yaml", {}).rules if matches(dict(rule.pattern), event)]
    assert [rule.function for rule in rules] == ["Follow"]


def test_no_rule_takes_what_is_told():
    rules = Template(ROOT / "template.yaml", {}).rules
    for detail_type in event_models.OUTGOING:
        event = {**request(action="listen"), "detail-type": detail_type, "source": EVENT_SOURCE}
        assert not [rule.name for rule in rules if matches(dict(rule.pattern), event)]


@pytest.mark.parametrize(
    "detail", [{}, {"action": "shout"}, {"action": "listen", "confId": 5}, {"action": "listen", "to": None}]
)
def test_what_is_no_request(registered, detail):
    assert list(registered[incoming.REQUESTED].iter_errors(request(**detail)))


def test_what_is_told_is_what_is_registered(registered, in_asyncapi, system, api, floor, agent):
    """Every kind of event, each as it is delivered."""

    def told(detail_type, conf_id):
        def of_call():
            events = [one for one in system.outgoing(detail_type) if conf_id in json.dumps(one["detail"])]
            return events[0] if events else None

        return wait_until(of_call, what=f"{detail_type} of {conf_id}")

    def watch():
        system.move_clock(5)
        assert look(system).failure is None

    def whispered():
        call = floor.add_call(agent)
        assert api("POST", "/calls/{confId}/whisper", confId=call, body={"to": PHONE}).status_code == 202
        return call

    left, exposed, unanswered, taken_over = whispered(), whispered(), whispered(), floor.add_call(agent)
    assert api("POST", "/calls/{confId}/takeover", confId=taken_over, body={"to": PHONE}).status_code == 202
    for call in (left, exposed, taken_over):
        floor.answer(call, PHONE)
    watch()
    watch()
    told("Agent Released", taken_over)
    told("Call Started", left)
    told("Supervision Started", left)
    told("Supervision Joined", left)
    floor.join(exposed, "third")
    watch()
    told("Supervision Exposed", exposed)
    for method in ("PUT", "DELETE"):
        assert api(method, "/calls/{confId}/help", confId=exposed).status_code == 200
    body = {"to": "+12125550172", "action": "listen"}
    follow = api("POST", "/agents/{clientId}/follow", clientId=agent.client_id, body=body).json()["id"]
    assert api("DELETE", "/follows/{id}", id=follow).status_code == 200
    told("Follow Started", follow)
    told("Follow Ended", follow)
    told("Help Asked", exposed)
    told("Help Withdrawn", exposed)
    assert api("POST", "/calls/{confId}/hangup", confId=left).status_code == 200
    watch()
    system.move_clock(3)
    watch()
    told("Call Hung Up", left)
    told("Call Ended", left)
    told("Supervision Ended", left)
    system.move_clock(91)
    watch()
    told("Supervision Failed", unanswered)
    system.move_clock(1200)
    watch()
    told("Call Running Long", exposed)

    seen = set()
    for event in system.outgoing():
        detail_type = event["detail-type"]
        registered[detail_type].validate(event)
        in_asyncapi[detail_type].validate(event)
        # nothing beside what is described
        event_models.OUTGOING[detail_type][1].model_validate_json(json.dumps(event["detail"]))
        seen.add(detail_type)
    assert seen == event_models.OUTGOING.keys()


def test_a_request_that_can_never_work_is_told_as_described(registered, system):
    event = request(action="whisper", confId="nobody", to=PHONE, requestId=str(uuid.uuid4()), sideways=[1])
    assert system.invoke("whisper", event).failure is None
    told = [one for one in system.outgoing("Supervision Failed") if one["detail"]["data"]["request"] == event["detail"]]
    assert told[0]["detail"]["data"]["problem"]["code"] == "call_not_found"
    registered["Supervision Failed"].validate(told[0])
