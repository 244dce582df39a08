"""The routes that take no key."""

from supervision.api.openapi.parts import IF_NONE_MATCH, NOT_MODIFIED, route, text

_HTML = "text/html; charset=utf-8"

PAGE = route(
    "page",
    "Page",
    "The active calls page",
    "For a browser, on its own or embedded in a CRM.",
    text(200, "The page.", _HTML),
    NOT_MODIFIED,
    parameters=(IF_NONE_MATCH,),
)

OPENAPI = route(
    "openapi",
    "Page",
    "The API, described",
    "This document.",
    text(200, "OpenAPI 3.1.", "application/json"),
    NOT_MODIFIED,
    parameters=(IF_NONE_MATCH,),
)

ASYNCAPI = route(
    "asyncapi",
    "Page",
    "The events, described",
    "What may be asked for over the bus, and what is told on it.",
    text(200, "AsyncAPI 3.", "application/json"),
    NOT_MODIFIED,
    parameters=(IF_NONE_MATCH,),
)

DOCS = route(
    "docs",
    "Page",
    "The API, to read and to try",
    "A page that needs no network but this API.",
    text(200, "The page.", _HTML),
    NOT_MODIFIED,
    parameters=(IF_NONE_MATCH,),
)
