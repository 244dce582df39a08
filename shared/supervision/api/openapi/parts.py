"""What the descriptions are made of: answers, problems, parameters."""

from collections.abc import Mapping
from typing import Any

from supervision.base.problems import (
    AlreadySupervising,
    InProgress,
    InvalidRequest,
    NumberNotAllowed,
    Problem,
    TooManyDials,
    TooManyRequests,
    YtelInvalid,
    YtelRateLimited,
    YtelRejected,
    YtelUnavailable,
)

type Part = dict[str, Any]

YTEL = (YtelRateLimited, YtelRejected, YtelInvalid, YtelUnavailable)
# What is answered to whoever asks for a phone to be dialled, now or later.
DIALLING = (
    AlreadySupervising,
    InProgress,
    InvalidRequest,
    NumberNotAllowed,
    TooManyDials,
    TooManyRequests,
    *YTEL,
)
SAMPLE_ID = "7b0f6a52-2f0e-4f5d-9f57-0c2f4f0d8a11"
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}}
LINK = {"Link": {"description": 'Of CSV: where what follows is, with `rel="next"`.', "schema": {"type": "string"}}}
TAG = {"ETag": {"description": "Stands for what is answered, but for `asOf`.", "schema": {"type": "string"}}}


def route(
    operation_id: str,
    tag: str,
    summary: str,
    description: str,
    *responses: Mapping[int, Part],
    parameters: tuple[Part, ...] = (),
    body: Part | None = None,
) -> dict[str, Any]:
    """The keywords of a door's decorator. `parameters` are those beside the path's own."""
    extensions: Part = {"x-parameters": list(parameters)}
    if body is not None:
        extensions["requestBody"] = body
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "responses": {status: answer for some in responses for status, answer in some.items()},
        "openapi_extensions": extensions,
    }


def shape(name: str) -> Part:
    """The schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(status: int, description: str, name: str, headers: Part | None = None) -> dict[int, Part]:
    """JSON of the shape named."""
    content = {"application/json": {"schema": shape(name)}}
    return {status: {"description": description, "content": content, **({"headers": headers} if headers else {})}}


def json_or_csv(description: str, name: str) -> dict[int, Part]:
    """JSON of the shape named, or the same as CSV."""
    part = json_of(200, description, name, LINK)
    part[200]["content"]["text/csv; charset=utf-8"] = {"schema": {"type": "string"}}
    return part


def json_body(name: str, *, required: bool = True) -> Part:
    """A body of the shape named."""
    return {
        "required": required,
        "content": {"application/json": {"schema": shape(name)}},
    }


def json_of_any(status: int, description: str, names: tuple[str, ...], headers: Part) -> dict[int, Part]:
    """JSON of one of the shapes named."""
    schema = {"anyOf": [shape(name) for name in names]}
    return {
        status: {"description": description, "content": {"application/json": {"schema": schema}}, "headers": headers}
    }


def text(status: int, description: str, media_type: str) -> dict[int, Part]:
    """Something that is not JSON of a shape of ours."""
    schema: Part = {"type": "object"} if media_type == "application/json" else {"type": "string"}
    return {status: {"description": description, "headers": TAG, "content": {media_type: {"schema": schema}}}}


NOT_MODIFIED: dict[int, Part] = {
    304: {"description": "What the client holds is what there is.", "headers": TAG, "content": {}}
}


def refusals(*problems: type[Problem], **extra: Part) -> dict[int, Part]:
    """The problems a route answers, by status; `extra` are further members of the problem of that code."""
    found: dict[int, Part] = {}
    for kind in problems:
        one = found.setdefault(kind.status, {"description": "", "content": {"application/problem+json": {}}})
        content = one["content"]["application/problem+json"]
        content["schema"] = shape("Problem")
        value = kind(kind.title + ".", extra=extra.get(kind.code)).as_dict()
        content.setdefault("examples", {})[kind.code] = {"summary": kind.title, "value": value}
        codes = content["examples"]
        one["description"] = " · ".join(f"`{code}`: {example['summary']}." for code, example in codes.items())
        if kind.status in (429, 503, 504):
            one["headers"] = RETRY_AFTER
    return found


def query(name: str, description: str, schema: Part, *, required: bool = False) -> Part:
    """A query parameter."""
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}


def header(name: str, description: str, schema: Part) -> Part:
    """A header that the client may send."""
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


IF_NONE_MATCH = header(
    "If-None-Match", "The `ETag` of an earlier answer: 304 where nothing changed since.", {"type": "string"}
)
IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    "Names this request, for a day: with the same key it is answered as it was the first time, and nothing is done.",
    {"type": "string", "minLength": 1, "maxLength": 255},
)
REPLAYED = {
    "Idempotent-Replayed": {
        "description": "`true` where this is the answer to an earlier request of the same Idempotency-Key.",
        "schema": {"type": "string"},
    }
}


def paging(default: int) -> tuple[Part, Part]:
    """`limit` and `cursor`."""
    limit = {"type": "integer", "minimum": 1, "maximum": 1000, "default": default}
    return (
        query("limit", "How many at most.", limit),
        query("cursor", "The `next` of the page before this one.", {"type": "string"}),
    )
