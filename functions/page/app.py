"""The active calls page, its assets, and the API's description. Nothing here needs a key or reads what is kept."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from elsewhere import Described
from files import Assets, File

from supervision.api.openapi import page as described
from supervision.base.cold_start import built_once
from supervision.base.observability import invocation
from supervision.base.settings import DialSettings, FloorSettings, PageSettings, WatchSettings, load

HERE = Path(__file__).parent
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Strict-Transport-Security": "max-age=31536000",
    "Vary": "Accept-Encoding",
}
assets = Assets(HERE / "assets")


@dataclass(frozen=True, slots=True)
class Site:
    """The page and the policy it is under, as the settings have it."""

    page: File
    policy: str


def _reading(region: str) -> str:
    """How a number is read that is typed without its country: the calling code of `region` and its trunk prefix."""
    if region in ("US", "CA"):
        return "1 1"
    import phonenumbers  # most accounts are read without it

    return f"{phonenumbers.country_code_for_region(region)} {phonenumbers.ndd_prefix_for_region(region, True) or '-'}"


@built_once
def site() -> Site:
    """The page loads nothing from elsewhere, runs nothing inline, and asks nobody but the API it came from."""
    embedders = " ".join(load(PageSettings).embedded_by)
    languages = sorted(path.stem for path in (HERE / "assets").glob("words-*.js"))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        f"frame-ancestors {embedders or "'none'"}; base-uri 'none'; form-action 'none'"
    )
    page = assets.document(
        HERE / "index.html",
        embedded_by=escape(embedders),
        script=assets.script(*languages, "main"),
        styles=assets.styles("page.css", "air.css", "list.css", "narrow.css", "wall.css"),
        long_call_seconds=f"{load(WatchSettings).long_call_seconds:g}",
        ring_seconds=f"{load(FloorSettings).ring_seconds:g}",
        numbers=_reading(load(DialSettings).dial_regions[0]),
    )
    return Site(page, policy)


app = APIGatewayHttpResolver()


@app.get("/", **described.PAGE)
def page() -> Response[str]:
    """The page is asked for each time; what it names is kept for ever."""
    return _document(site().page)


@app.get("/assets/<file>", include_in_schema=False)
def asset(file: str) -> Response[str]:
    """A name nobody serves any more belongs to a page that is older than this function."""
    if file not in assets.served:
        raise NotFoundError
    found = assets.served[file]
    headers = HEADERS | {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(200, found.media_type, found.text, headers, compress=True)


@app.get("/embed.js", include_in_schema=False)
def embed() -> Response[str]:
    """The custom element <call-floor>: a script for the pages of other sites."""
    return _for_others("call-floor.js", "text/javascript; charset=utf-8")


@app.get("/embed.d.ts", include_in_schema=False)
def embed_types() -> Response[str]:
    """Its types."""
    return _for_others("call-floor.d.ts", "text/plain; charset=utf-8")


def _for_others(name: str, media_type: str) -> Response[str]:
    made = assets.document(HERE / "embed" / name)
    answer = _document(File(made.text, media_type, made.tag))
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@app.get("/openapi.json", **described.OPENAPI)
def openapi() -> Response[str]:
    """The document is made from the functions' routes and kept beside this file."""
    return _described("openapi.json", "application/json")


@app.get("/asyncapi.json", **described.ASYNCAPI)
def asyncapi() -> Response[str]:
    """The same of the events."""
    return _described("asyncapi.json", "application/json")


@app.get("/docs", **described.DOCS)
def docs() -> Response[str]:
    """Served under the same policy as the page."""
    return _described("docs.html", "text/html; charset=utf-8")


def _described(name: str, media_type: str) -> Response[str]:
    path = HERE / name
    if not path.is_file():
        raise NotFoundError
    made = assets.document(path)
    return _document(File(made.text, media_type, made.tag))


@built_once
def elsewhere() -> Described:
    """What is asked for elsewhere is rare, so the description is read when it is."""
    return Described(HERE / "openapi.json")


@app.not_found
def unrouted(_: NotFoundError) -> Response[str]:
    """What no route takes: 404 as API Gateway has it, or 405 where the path takes another method (RFC 9110, 15.5.6)."""
    asked = app.current_event
    methods = elsewhere().methods(asked.path)
    if not methods or asked.http_method in methods:
        return Response(404, "application/json", '{"message": "Not Found"}', HEADERS)
    allowed = HEADERS | {"Allow": ", ".join(methods)}
    return Response(405, "application/json", '{"message": "Method Not Allowed"}', allowed)


def _document(file: File) -> Response[str]:
    """Asked for anew each time, and answered with 304 where the browser holds this very text."""
    own = {"Content-Security-Policy": site().policy, "Cache-Control": "no-cache", "ETag": f'W/"{file.tag}"'}
    headers = HEADERS | own
    held = app.current_event.headers.get("if-none-match", "")
    if any(tag.strip().removeprefix("W/") == f'"{file.tag}"' for tag in held.split(",")):
        return Response(304, headers=headers)
    return Response(200, file.media_type, file.text, headers, compress=True)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """API Gateway's event in, its answer out."""
    with invocation(context):
        return app.resolve(event, context)
