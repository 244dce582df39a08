"""The events' description: AsyncAPI 3, of every event there is, and true of each as it is delivered."""

import json

import jsonschema
import pytest

from supervision.api.openapi import event_models
from tests.harness.template import ROOT

DOCUMENT = json.loads((ROOT / "functions/page/asyncapi.json").read_text())
# https://www.npmjs.com/package/@asyncapi/specs, 6.11.1: schemas/3.0.0-without-$id.json, less its bindings, the other
# formats of schemas, and what it says to a reader.
ASYNCAPI = json.loads((ROOT / "tests/contract/samples/asyncapi-3.0.0.json").read_text())
TYPES = [*event_models.INCOMING, *event_models.OUTGOING]


def payload_of(detail_type):
    [message] = [one for one in DOCUMENT["components"]["messages"].values() if one["name"] == detail_type]
    return {**message["payload"], "components": DOCUMENT["components"]}


def test_it_is_asyncapi_3():
    jsonschema.Draft7Validator(ASYNCAPI).validate(DOCUMENT)
    assert not jsonschema.Draft7Validator(ASYNCAPI).is_valid({**DOCUMENT, "channels": []})


def test_every_reference_in_it_leads_somewhere():
    def references(node):
        if isinstance(node, list):
            return [found for one in node for found in references(one)]
        if not isinstance(node, dict):
            return []
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for one in node.values() for found in references(one)]

    for reference in references(DOCUMENT):
        node = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert isinstance(node, dict)


def test_it_has_every_event_once_where_it_belongs():
    assert sorted(one["name"] for one in DOCUMENT["components"]["messages"].values()) == sorted(TYPES)
    sent = {
        name: [one["$ref"].rpartition("/")[2] for one in operation["messages"]]
        for name, operation in DOCUMENT["operations"].items()
    }
    assert sent["ask"] == [name.replace(" ", "") for name in event_models.INCOMING]
    assert sent["tell"] == [name.replace(" ", "") for name in event_models.OUTGOING]


def test_the_version_of_a_description_changes_with_what_it_describes(describe):
    versioned = describe("shapes").versioned
    document = {"info": {"version": "", "title": "x"}, "paths": {"/a": 1}}
    once, again = versioned(document), versioned(versioned(document))
    assert once == again
    assert once["info"]["version"] != versioned({**document, "paths": {"/a": 2}})["info"]["version"]
    for name in ("openapi", "asyncapi"):
        served = json.loads((ROOT / f"functions/page/{name}.json").read_text())
        assert versioned(served) == served


@pytest.mark.parametrize("detail_type", TYPES)
def test_each_payload_is_a_schema(detail_type):
    jsonschema.Draft7Validator.check_schema(payload_of(detail_type))
