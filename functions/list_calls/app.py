"""The active calls, and one of them: GET /calls, GET /calls/{confId}. Served from what is held of the floor."""

from hashlib import blake2b
from typing import Any

from answers import answer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from supervision import http
from supervision.listing import Listing, Query, one_call
from supervision.problems import CallNotFound
from supervision.settings import load
from supervision.start import at_start
from supervision.wiring import FloorNeeds, Parts

# What a function needs to read the floor itself, should another's reading not come.
OWN_READING_SECONDS = 9.0
LONGEST_WAIT_SECONDS = 9.0

app = APIGatewayHttpResolver()
http.prepare(app)
listing = Listing()


@at_start
def parts() -> Parts:
    """What this function works with."""
    return Parts(load(FloorNeeds))


@app.get("/calls", summary="The active calls", description="Oldest first; in pages of `limit`, from `cursor` on.")
def list_calls() -> Response[str | bytes]:
    """The page that was asked for, of what is held."""
    query = Query.of(app.current_event.query_string_parameters)
    held = parts().floor.held(_patience())
    page = listing.page(held, query)
    return answer(page.body(held.as_of, stale=held.stale), page.tag(stale=held.stale), app.current_event.headers)


@app.get("/calls/<confId>", summary="One active call", description="With its conference as Ytel gives it.")
def get_call(confId: str) -> Response[str | bytes]:  # noqa: N803 - the route's own name for it
    """The call's row, and `userConference`."""
    found = parts().floor.call(app.current_event.path_parameters.get("confId", confId), _patience())
    if found is None:
        raise CallNotFound("There is no such active call.")
    body = one_call(*found)
    return answer(body, f'W/"{blake2b(body, digest_size=12).hexdigest()}"', app.current_event.headers)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """API Gateway's event in, its answer out."""
    return http.serve(app, event, context)


def _patience() -> float:
    left = app.lambda_context.get_remaining_time_in_millis() / 1000
    return max(0.0, min(LONGEST_WAIT_SECONDS, left - OWN_READING_SECONDS))
