"""The events on the bus as AsyncAPI 3 describes them, from the same models as their schemas in the registry."""

from event_schemas import schemas
from shapes import Json, versioned

from supervision.api.openapi import event_models


def asyncapi() -> Json:
    """The events described."""
    shapes: Json = {}
    messages = {schema["title"]: _message(schema, shapes) for schema in schemas().values()}
    of_bus = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    incoming = [one.replace(" ", "") for one in event_models.INCOMING]
    outgoing = [one.replace(" ", "") for one in event_models.OUTGOING]
    return versioned(
        {
            "asyncapi": "3.0.0",
            "info": {
                "title": "The call floor's events",
                "version": "",
                "description": "What may be asked for over the bus, and what is told on it. Each event is delivered at "
                "least once, with the same `detail.metadata.id` each time; each request is acted on once.",
            },
            "defaultContentType": "application/json",
            "servers": {
                "bus": {
                    "host": "events.{region}.amazonaws.com",
                    "protocol": "eventbridge",
                    "description": "Amazon EventBridge, in the account of the installation.",
                    "variables": {"region": {"default": "us-east-1", "description": "Where the stack is deployed."}},
                }
            },
            "channels": {
                "bus": {
                    "address": "{busName}",
                    "description": "The event bus.",
                    "servers": [{"$ref": "#/servers/bus"}],
                    "parameters": {
                        "busName": {"default": "supervision", "description": "The parameter EventBusName of the stack."}
                    },
                    "messages": of_bus,
                }
            },
            "operations": {
                "ask": _operation("receive", "Asks: put it on the bus under a source of your own.", incoming),
                "tell": _operation("send", "Tells what happened: take it off by a rule of your own.", outgoing),
            },
            "components": {"messages": messages, "schemas": dict(sorted(shapes.items()))},
        }
    )


def _operation(action: str, summary: str, names: list[str]) -> Json:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": "#/channels/bus"},
        "messages": [{"$ref": f"#/channels/bus/messages/{name}"} for name in names],
    }


def _message(schema: Json, shapes: Json) -> Json:
    """A message whose payload is the whole event; what its schema defines goes to `shapes`, which all share."""
    for name, shape in schema["definitions"].items():
        shape = _in_components(shape)
        if shapes.setdefault(name, shape) != shape:
            raise ValueError(f"two shapes are called {name}")
    payload = {"type": "object", "required": schema["required"], "properties": _in_components(schema["properties"])}
    return {
        "name": schema["x-amazon-events-detail-type"],
        "title": schema["x-amazon-events-detail-type"],
        "summary": schema["description"],
        "contentType": "application/json",
        "payload": payload,
    }


def _in_components(schema: object) -> object:
    if isinstance(schema, list):
        return [_in_components(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: str(value).replace("#/definitions/", "#/components/schemas/") if name == "$ref" else _in_components(value)
        for name, value in schema.items()
    }
