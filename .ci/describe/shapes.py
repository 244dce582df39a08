"""JSON Schema as pydantic makes it, made ready to be published."""

import hashlib
import json
from typing import Any

type Json = dict[str, Any]

# What clients may rely on. A change that they have to follow is another major version.
MAJOR_MINOR_PATCH = "1.0.0"


def versioned(document: Json) -> Json:
    """A description whose version tells it from every other: it changes whenever what is described does."""
    text = json.dumps({**document, "info": {**document["info"], "version": ""}}, sort_keys=True)
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return {**document, "info": {**document["info"], "version": f"{MAJOR_MINOR_PATCH}+{mark}"}}


def published(schema: Any) -> Any:
    """A schema without what is pydantic's, and open: who reads it must bear a member that is added later."""
    if isinstance(schema, list):
        return [published(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema:
        schema = {**schema, "properties": {name: {**one, "title": None} for name, one in schema["properties"].items()}}
    schema = _nullable(schema)
    own = ("additionalProperties", False), ("additionalProperties", True), ("default", None), ("title", None)
    return {
        name: value if name in ("examples", "required", "enum") else published(value)
        for name, value in schema.items()
        if not any(name == left_out and value is what for left_out, what in own)
    }


def _nullable(schema: Json) -> Json:
    """The short form of "this or null"."""
    match schema.get("anyOf"):
        case [{"type": str(kind)} as either, {"type": "null"}]:
            rest = {name: value for name, value in schema.items() if name != "anyOf"}
            values = {"enum": [*either["enum"], None]} if "enum" in either else {}
            return {**either, "type": [kind, "null"], **values, **rest}
    return schema
