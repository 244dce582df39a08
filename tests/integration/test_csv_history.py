"""The history as CSV: the same as the JSON, whole over as many answers as it takes, and no cell runs as a formula."""

import csv
import io
from urllib.parse import parse_qsl, urlsplit

import pytest

from supervision.api import csv_history
from tests.integration.doors import get, loaded
from tests.integration.test_supervisions import NOW, supervision

CSV = {"Accept": "text/csv"}


@pytest.fixture
def door(desk, monkeypatch):
    for name, value in {
        "TABLE_NAME": desk.table,
        "EVENT_BUS_NAME": "supervision",
        "YTEL_TOKEN_SECRET": "unused",
        "YTEL_SESSION_SECRET": "unused",
        "API_CLIENTS_SECRET": "clients",
    }.items():
        monkeypatch.setenv(name, value)
    with loaded("supervisions") as app:
        monkeypatch.setattr(app, "services", lambda: desk.services)

        def ask(query="", headers=CSV):
            return get(app, "/supervisions", f"/supervisions?{query}" if query else "/supervisions", headers)

        yield ask


def rows(answer):
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text.decode(), newline="")))


def record(desk, n, **fields):
    one = supervision(id=f"{n:08}-0000-4000-8000-000000000000", to=f"+1212555{n:04}", requestedAt=NOW + n, **fields)
    desk.services.supervisions.begin(one)
    closed = one.replace(state="ended", how="hung_up", watched=False)
    return desk.services.supervisions.save(closed)


def test_it_says_what_the_json_says_and_who_heard(desk, door):
    one = record(desk, 1, exposed=True, exposedBy=("505", "506"), joinedAt=NOW + 5)
    [row] = rows(door())
    assert row.keys() == set(csv_history.COLUMNS)
    shown = {**one.to_json(), "hears": ["504"]}
    for name, cell in row.items():
        value = shown[name]
        text = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        assert cell.removeprefix("'") == (text.lower() if isinstance(value, bool) else text)
    assert (row["hears"], row["exposedBy"], row["to"]) == ("504", "505 506", "'+12125550001")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_no_cell_runs_as_a_formula(desk, door, text):
    record(desk, 1, requestedBy=text, clientId=f'a,"{text}')
    [row] = rows(door())
    assert row["requestedBy"] == f"'{text}"
    assert row["clientId"] == f'a,"{text}'


def test_the_whole_history_in_one_answer_however_many_pages_it_is(desk, door, monkeypatch):
    monkeypatch.setattr(csv_history, "ROWS_A_PAGE", 3)
    made = [record(desk, n, requestedBy="crm" if n % 2 else "wall").id for n in range(10)]
    answer = door()
    assert [row["id"] for row in rows(answer)] == made[::-1]
    assert "link" not in answer.headers
    assert [row["id"] for row in rows(door("requestedBy=wall"))] == made[::2][::-1]


@pytest.mark.parametrize("limit", ["", "limit=4"])
def test_what_one_answer_does_not_hold_is_behind_its_link(desk, door, monkeypatch, limit):
    made = [record(desk, n).id for n in range(10)]
    if not limit:
        monkeypatch.setattr(csv_history, "LARGEST_BODY", 2_000)
    found, query = [], "&".join(filter(None, ["state=ended", limit]))
    for _ in range(20):
        answer = door(query)
        found += [row["id"] for row in rows(answer)]
        link = answer.headers.get("link")
        if link is None:
            break
        target, _, rel = link.partition("; ")
        assert rel == 'rel="next"'
        query = urlsplit(target.strip("<>")).query
        assert dict(parse_qsl(query))["state"] == "ended"
    assert found == made[::-1]


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("text/csv", True),
        ("text/csv, application/json;q=0.5", True),
        ("Text/CSV; charset=utf-8", True),
        ("application/json, text/csv;q=0.5", False),
        ("text/csv;q=0", False),
        ("text/csv;q=x", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_who_wants_csv(accept, wanted):
    assert csv_history.is_wanted(accept) is wanted


def test_a_query_that_is_malformed_is_refused_as_json(door):
    assert door("limit=0").json["code"] == "invalid_request"


def test_json_is_what_others_get(desk, door):
    record(desk, 1)
    assert door(headers={}).json["count"] == 1
