"""The events' schemas for EventBridge's registry, from `event_models`, and their place in template.yaml."""

import json
from typing import Any

from pydantic import BaseModel
from shapes import Json, published

from supervision.api.openapi import event_models
from supervision.table.events import EVENT_SOURCE

BEGIN, END = "  # >>> made by `make describe`\n", "  # <<< made by `make describe`\n"


def schemas() -> dict[str, Json]:
    """The schema of each event as EventBridge delivers it, by detail-type, in the registry's JSON Schema draft 4."""
    outgoing = {
        name: _event(name, *one, {"type": "string", "enum": [EVENT_SOURCE]})
        for name, one in event_models.OUTGOING.items()
    }
    incoming = {name: _event(name, *one, {"type": "string"}) for name, one in event_models.INCOMING.items()}
    return incoming | outgoing


def _event(detail_type: str, description: str, detail: type[BaseModel], source: Json) -> Json:
    schema = draft4(detail.model_json_schema())
    definitions = schema.pop("definitions", {})
    text = {"type": "string"}
    properties = {
        "version": text,
        "id": text,
        "detail-type": {"type": "string", "enum": [detail_type]},
        "source": source,
        "account": text,
        "time": {"type": "string", "format": "date-time"},
        "region": text,
        "resources": {"type": "array", "items": text},
        "detail": schema,
    }
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": detail_type.replace(" ", ""),
        "description": description,
        "x-amazon-events-detail-type": detail_type,
        "x-amazon-events-source": EVENT_SOURCE if "enum" in source else "any",
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "definitions": definitions,
    }


def draft4(schema: Any) -> Any:
    """A schema of 2020-12, as pydantic makes it, in draft 4; without what is said of its parts, to be short."""
    if isinstance(schema, list):
        return [draft4(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#/$defs/", "#/definitions/")}
    changed: Json = {}
    for name, value in published(schema).items():
        if name in ("properties", "$defs"):
            changed["definitions" if name == "$defs" else name] = {key: draft4(one) for key, one in value.items()}
        elif name == "const":
            changed["enum"] = [value]
        elif name not in ("title", "description", "examples"):
            changed[name] = value if name in ("required", "enum") else draft4(value)
    return changed


def in_template(text: str) -> str:
    """The text of template.yaml with the events' schemas in their place."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise ValueError(f"template.yaml has no place for the schemas:\n{BEGIN}{END}")
    return before + BEGIN + "".join(_resource(name, one) for name, one in schemas().items()) + END + after


def _resource(detail_type: str, schema: Json) -> str:
    name = detail_type.replace(" ", "")
    content = json.dumps(schema, separators=(",", ":")).replace("'", "''")
    return f"""\
  {name}Schema:
    Type: AWS::EventSchemas::Schema
    Properties:
      RegistryName: !GetAtt Schemas.RegistryName
      SchemaName: {EVENT_SOURCE}@{name}
      Type: JSONSchemaDraft4
      Content: '{content}'
"""
