"""The schemas of the events, read from the registry of the local AWS as from the one in the cloud."""

import json

import pytest
from botocore.exceptions import ClientError
from jsonschema import Draft4Validator

from supervision.api.openapi import event_models
from supervision.table.events import EVENT_SOURCE
from tests.harness.waiting import wait_until

BUS = "supervision"


@pytest.fixture
def schemas(scene):
    return scene.aws("schemas")


def name_of(detail_type):
    return f"{EVENT_SOURCE}@{detail_type.replace(' ', '')}"


def test_the_registry_is_named_like_the_bus_and_holds_every_event(schemas):
    assert BUS in [one["RegistryName"] for one in schemas.list_registries()["Registries"]]
    assert schemas.describe_registry(RegistryName=BUS)["RegistryName"] == BUS
    pages = schemas.get_paginator("list_schemas").paginate(RegistryName=BUS)
    listed = {one["SchemaName"] for page in pages for one in page["Schemas"]}
    assert listed == {name_of(one) for one in event_models.INCOMING | event_models.OUTGOING}
    found = schemas.search_schemas(RegistryName=BUS, Keywords="gapMs")["Schemas"]
    assert [one["SchemaName"] for one in found] == [name_of("Supervision Started")]


def test_an_event_is_what_its_schema_says(scene, schemas):
    call = scene.call()
    scene.ask("whisper", call, scene.phone())

    def started():
        events = scene.system.outgoing("Supervision Started")
        return next((one for one in events if one["detail"]["data"]["confId"] == call), None)

    event = wait_until(started, what="the event")
    described = schemas.describe_schema(RegistryName=BUS, SchemaName=name_of("Supervision Started"))
    exported = schemas.export_schema(
        RegistryName=BUS, SchemaName=name_of("Supervision Started"), Type="JSONSchemaDraft4"
    )
    assert described["Content"] == exported["Content"]
    schema = json.loads(described["Content"])
    Draft4Validator(schema).validate(event)
    assert not Draft4Validator(schema).is_valid({**event, "detail-type": "Another"})
    versions = schemas.list_schema_versions(RegistryName=BUS, SchemaName=name_of("Supervision Started"))
    assert [one["SchemaVersion"] for one in versions["SchemaVersions"]] == [described["SchemaVersion"]]


@pytest.mark.parametrize(
    ("operation", "asked", "code"),
    [
        ("describe_schema", {"RegistryName": BUS, "SchemaName": "none"}, "NotFoundException"),
        ("list_schemas", {"RegistryName": "none"}, "NotFoundException"),
        ("delete_registry", {"RegistryName": BUS}, "BadRequestException"),
        ("create_registry", {"RegistryName": "mine"}, "BadRequestException"),
        (
            "create_schema",
            {"RegistryName": BUS, "SchemaName": "mine", "Content": "{}", "Type": "JSONSchemaDraft4"},
            "BadRequestException",
        ),
    ],
)
def test_what_is_not_there_or_not_to_be_had_is_refused_by_name(schemas, operation, asked, code):
    with pytest.raises(ClientError) as refused:
        getattr(schemas, operation)(**asked)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["Error"]["Message"]
