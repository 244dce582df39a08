"""The API's description, from the doors' own routes and `supervision.api.openapi.models`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from aws_lambda_powertools.event_handler.openapi import OpenAPIMerge
from pydantic import TypeAdapter
from reference import REMEDIES, limits
from shapes import Json, published, versioned

from supervision.api.openapi import models, values
from supervision.base import problems
from supervision.rules import scopes

# Powertools' own, which nothing here answers.
NOT_OURS = ("HTTPValidationError", "ResponseValidationError", "ValidationError")


class ClashError(Exception):
    """Two shapes have one name."""


def openapi(functions: Path) -> Json:
    """The API's description."""
    merge = OpenAPIMerge(
        title="The call floor",
        version="1",
        openapi_version="3.1.0",
        description="Supervise the active calls of a call centre that runs on Ytel: listen, whisper, barge, take over, "
        "hang up. Field names are Ytel's own where Ytel has one; times are milliseconds since the epoch.",
        tags=["Calls", "Agents", "Actions", "Supervisions", "Page"],
        on_conflict="error",
    )
    components = _components()
    for part in map(_of_door, sorted(functions.glob("*/app.py"))):
        _no_clash(components, part.pop("components", {}).get("schemas", {}))
        merge.add_schema(part)
    document = merge.get_openapi_schema()
    document["components"] = {
        "schemas": components,
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key, or a JWT."}},
    }
    document["x-problems"] = sorted(_problems(), key=lambda one: (one["status"], one["code"]))
    document["x-limits"] = limits(functions.parent / "template.yaml") if functions.name == "functions" else []
    document["paths"] = dict(sorted(document["paths"].items()))
    for path, item in document["paths"].items():
        for method, operation in item.items():
            _complete(operation, f"{method.upper()} {path}")
            if "requestBody" in operation:
                _close(components, operation["requestBody"])
    return versioned(document)


def _of_door(app: Path) -> Json:
    """The routes of one function, which is imported as in Lambda: with its own folder first on the path."""
    before = set(sys.modules)
    part = OpenAPIMerge()
    part.discover(app.parent, app.name)
    document = part.get_openapi_schema()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(app.parent)):
            del sys.modules[name]
    return {"paths": _plain(document.get("paths", {})), "components": _plain(document.get("components", {}))}


def _plain(value: Any) -> Any:
    """JSON's own types, with statuses as text."""
    return json.loads(json.dumps(value, default=lambda member: member.value))


def _components() -> Json:
    """The shapes that the routes name, and no others."""
    adapters: list[tuple[int, Literal["validation"], TypeAdapter[Any]]] = [
        (number, "validation", TypeAdapter(one)) for number, one in enumerate(models.SHAPES)
    ]
    _, schema = TypeAdapter.json_schemas(adapters, ref_template="#/components/schemas/{model}")
    return {name: published(one) for name, one in sorted(schema["$defs"].items())}


def _close(components: Json, body: Json) -> None:
    """What comes in bears no member that is not described: one misspelt would be a wish that nobody hears."""
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    components[name]["additionalProperties"] = False


def _no_clash(components: Json, of_door: Json) -> None:
    """What a door's own models are called must not be called so already: the merge would drop one in silence."""
    for name, schema in of_door.items():
        if name in NOT_OURS:
            continue
        if components.setdefault(name, schema) != schema:
            raise ClashError(f"two shapes are called {name}")


def _complete(operation: Json, route: str) -> None:
    """What is the same at every door, because it is the gateway's or `supervision.api.http_api`'s."""
    operation["parameters"] = [_of_path(one, route) for one in operation.get("parameters", [])]
    operation["parameters"] += operation.pop("x-parameters")
    for answer in operation["responses"].values():
        if not answer.get("content"):
            answer.pop("content", None)
    responses = operation["responses"]
    # Scopes in one requirement are all needed; any one requirement will do.
    scoped = [{"key": [scope]} for scope in sorted(scopes.ROUTES.get(route, ()))] or [{"key": []}]
    operation["security"] = scoped if route in scopes.ROUTES else []
    if operation["security"]:
        operation["parameters"].append(_CORRELATION)
        for answer in responses.values():
            answer.setdefault("headers", {})["X-Correlation-Id"] = _CORRELATED
    responses.setdefault("500", {"description": "", "content": {"application/problem+json": {"schema": _PROBLEM}}})
    for status, text in _GATEWAY.items():
        if _may_answer(operation, status):
            answer = responses.setdefault(status, {"description": "", "content": {}})
            answer["description"] = f"{answer['description']} {text}".strip()
            answer["content"] = _with_the_gateways(answer["content"])
    operation["responses"] = dict(sorted(responses.items()))


def _may_answer(operation: Json, status: str) -> bool:
    """Whether the gateway may answer this operation so: not every one needs a key, or takes a body."""
    if status in ("401", "403"):
        return bool(operation["security"])
    return status != "413" or "requestBody" in operation


def _with_the_gateways(content: Json) -> Json:
    """What an answer may hold, where the gateway may answer with that status as well.

    Many generated clients read what comes first, whatever the answer's type: so that is either.
    """
    schema = {"anyOf": [_PROBLEM, _MESSAGE]} if content else _MESSAGE
    return {"application/json": {"schema": schema}, **content}


def _of_path(parameter: Json, route: str) -> Json:
    name = parameter["name"]
    whose = "The follow." if "/follows/" in route else "The supervision."
    about = {"confId": "The call.", "clientId": "The agent's client id.", "id": whose}[name]
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": about,
        "schema": {"type": "string", "minLength": 1},
    }


_CORRELATION = {
    "name": "X-Correlation-Id",
    "in": "header",
    "required": False,
    "description": "Comes back in the answer, and stands in the logs and the events. One is made where there is none, "
    "or none of 1 to 128 letters, digits and `_.:/-`.",
    "schema": {"type": "string"},
}
_CORRELATED = {"description": "Names the request in the logs and the events.", "schema": {"type": "string"}}
_PROBLEM, _MESSAGE = ({"$ref": f"#/components/schemas/{name}"} for name in ("Problem", "Message"))
_GATEWAY = {
    "401": "No key.",
    "403": "An unknown key, or one that may not do this.",
    "404": "The gateway knows no such route.",
    "413": "The body is larger than the gateway takes: 10 MB.",
    "429": "The gateway asks to slow down.",
    "500": "Something went wrong here.",
    "503": "The gateway has no function free.",
    "504": "The function did not answer the gateway in time.",
}


def _problems() -> Iterator[Json]:
    """Every problem's code, for the table that its `type` leads to."""
    for kind in values.kinds(problems.Problem):
        if kind is not problems.Forbidden:
            said = {"title": kind.title, "description": kind.__doc__, "remedy": REMEDIES[kind.code]}
            yield {"code": kind.code, "status": kind.status, **said}
    yield {
        "code": values.INTERNAL_ERROR,
        "status": 500,
        "title": "Something went wrong here",
        "description": "It is logged under the correlation id of the answer.",
        "remedy": REMEDIES[values.INTERNAL_ERROR],
    }
