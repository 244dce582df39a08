"""Requests that are inferred, tried where a GET can try them; and what an error looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from supervision.base.fast_json import loads
from supervision.base.problems import YtelInvalid
from supervision.rules.conferences import Conference
from supervision.rules.fresh import FreshConference
from supervision.ytel.answers import NotThere
from supervision.ytel.list_page import one_of, rows_of
from supervision.ytel.one import object_of
from tests.doctor.asking import Asking, said
from tests.doctor.report import Report

NOBODYS = "00000000-0000-4000-8000-000000000000"
CONFERENCE, CONTACT = "GET /conference/{confId}", "GET /contact/{contactId}/"
TRIED = 3


@dataclass(frozen=True)
class FoundRoutes:
    """Whether each exists; None: it could not be seen. `error` is the error that Ytel answered."""

    conference: bool | None
    contact: bool | None
    contacts: bool | None
    callbacks: bool | None
    error: Any


def look_at_routes(report: Report, asking: Asking, calls: Sequence[FreshConference]) -> FoundRoutes:
    """Tries each."""
    error = asking.get(f"/conference/{NOBODYS}", {"includeMembers": "true"}).document
    conference = _one_conference(report, asking, calls)
    contacts = asking.get("/contact/")
    listed = contacts.problem is None
    (report.ok if listed else report.unlike)(f"GET /contact/ {'exists' if listed else 'does not answer a list'}")
    contact = _one_contact(report, asking, calls, contacts.document if listed else None)
    return FoundRoutes(conference, contact, listed, _callbacks(report, asking), error)


def _one_conference(report: Report, asking: Asking, calls: Sequence[FreshConference]) -> bool | None:
    """Whether one conference can be read alone, with the same members as in the list."""
    for call in calls[:TRIED]:
        answer = asking.get(f"/conference/{quote(call.conf_id, safe='')}", {"includeMembers": "true"})
        one = object_of(answer.document, "confId", call.conf_id) if answer.problem is None else None
        if one is None and isinstance(answer.problem, NotThere):
            report.ok(f"{CONFERENCE} does not exist; an action walks the list")
            return False
        if one is not None and _members(one) == _members(loads(call.content.line())):
            report.ok(f"{CONFERENCE} exists, with the same members: an action can read one conference alone")
            return True
    if calls:
        report.unlike(f"{CONFERENCE} answers, but not the conference as the list has it; an action walks the list")
        return False
    report.unseen(f"{CONFERENCE}: no call is live")
    return None


def _members(conference: dict[str, Any]) -> Any:
    members = conference.get("memberData")
    return set(members) if isinstance(members, dict) else None


def _one_contact(report: Report, asking: Asking, calls: Sequence[FreshConference], contacts: Any) -> bool | None:
    ids = [one for call in calls if (one := _contact_id(call.content))] + _listed_contacts(contacts)
    for contact_id in ids[:TRIED]:
        answer = asking.get(f"/contact/{quote(contact_id, safe='')}/")
        if answer.problem is None and object_of(answer.document, "contactId", contact_id):
            report.ok(f"{CONTACT} exists: calls can show their customers' names")
            return True
        if answer.problem is not None and not isinstance(answer.problem, NotThere):
            report.unlike(f"{CONTACT}: {said(answer.problem)}")
            return False
    if ids:
        report.unlike(f"{CONTACT} gives no contact; customers' names cannot be shown")
        return False
    report.unseen(f"{CONTACT}: no contact is known")
    return None


def _contact_id(conference: Conference) -> str | None:
    found = conference.details.contact_id if conference.details else None
    return found if isinstance(found, str) and found.strip(".") else None


def _listed_contacts(document: Any) -> list[str]:
    try:
        rows = rows_of(document)
    except YtelInvalid:
        return []
    return [one for row in rows if isinstance(row, dict) and isinstance(one := row.get("contactId"), str) and one]


def _callbacks(report: Report, asking: Asking) -> bool | None:
    answer = asking.get("/callback/configuration/")
    if answer.problem is not None:
        report.unlike(f"GET /callback/configuration/: {said(answer.problem)}")
        return False
    try:
        rows = rows_of(answer.document)
    except YtelInvalid:
        rows = [one_of(answer.document)]
    types = sorted({str(row.get("eventType")) for row in rows if isinstance(row, dict)})
    report.ok(f"callbacks: {len(types)} event types: {', '.join(types)[:300] or 'none'}")
    return True
