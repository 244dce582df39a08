"""The routes of the supervisions."""

from supervision.api.openapi.parts import YTEL, json_of, json_or_csv, paging, query, refusals, route, shape
from supervision.base.problems import InProgress, InvalidRequest, SupervisionNotFound
from supervision.rules.actions import ACTIONS

_NAME = {"type": "string", "minLength": 1, "maxLength": 255}
_TIME = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}

LIST_SUPERVISIONS = route(
    "listSupervisions",
    "Supervisions",
    "The supervisions",
    "Newest first; those under way and the history. With `Accept: text/csv` the same as CSV: all that match or `limit` "
    "of them, and `Link` to what follows where one answer does not hold them. A cell that a spreadsheet would run as a "
    "formula has an apostrophe before it.",
    json_or_csv("One page of the supervisions.", "SupervisionList"),
    refusals(InvalidRequest),
    parameters=(
        query("confId", "Those of one call.", _NAME),
        query("clientId", "Those of one agent, by client id.", _NAME),
        query("to", "Those of one supervisor's phone, however it is written.", _NAME),
        query("requestedBy", "Those one client asked for.", _NAME),
        query(
            "state",
            "Those in one state.",
            shape("SupervisionState"),
        ),
        query("from", "Those asked for at this time or later, in ms.", _TIME),
        query("until", "Those asked for at this time or earlier, in ms.", _TIME),
        *paging(100),
    ),
)

GET_SUPERVISION = route(
    "getSupervision",
    "Supervisions",
    "One supervision",
    "As Ytel was last seen to show it, for as long as its record is kept.",
    json_of(200, "The supervision.", "Supervision"),
    refusals(InvalidRequest, SupervisionNotFound),
)

ME = route(
    "me",
    "Supervisions",
    "What this key may do",
    "For any key.",
    json_of(200, "Whose key it is, and what it may do.", "Me"),
    refusals(InvalidRequest),
)

LEAVE = route(
    "leave",
    "Supervisions",
    ACTIONS["leave"].summary,
    ACTIONS["leave"].description,
    json_of(202, "The leg is being dropped, or was gone already.", "Supervision"),
    refusals(InvalidRequest, SupervisionNotFound, InProgress, *YTEL),
)
