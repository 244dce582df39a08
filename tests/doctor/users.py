"""Where the WebRTC users are listed, and what they are like."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from supervision.base.problems import Problem
from supervision.floor.anomalies import nameless_users
from supervision.rules.calls import client_id_of_user, users_by_id
from supervision.rules.legs import User
from supervision.ytel.client import ACCOUNT
from tests.doctor.asking import Asking, said
from tests.doctor.paging import Listed, look_at_list
from tests.doctor.report import Report

PATH = "/ams/v2/accounts/users/{accountId}/"
FOUR = ("clientId", "firstName", "lastName", "webrtcNumber")
SETTING = "YTEL_USERS_URL"


@dataclass(frozen=True)
class FoundUsers:
    """The URL that lists them, as a setting, and what it lists."""

    url: str
    listed: Listed
    by_id: dict[str, User]


def find_users(report: Report, asking: Asking, given: str | None, accounts: Sequence[str]) -> FoundUsers | None:
    """The users, at the URL that was given or at the first that lists some; `accounts` are the ids there are.

    The first of `accounts` is the one that the product puts in the place of {accountId}.
    """
    wanted = [given] if given else [asking.at_host(PATH)]
    if not given or ACCOUNT in given:
        wanted += [wanted[0].replace(ACCOUNT, quote(account, safe="")) for account in accounts[1:]]
        wanted += [one.rstrip("/") for one in wanted if one.endswith("/")]
    problem = None
    empty: FoundUsers | None = None
    for url in wanted:
        if ACCOUNT in url and not accounts:
            report.fail(f"{SETTING}: the account's id is not known: the token is no JWT of it, and no call is live")
            return None
        at = url.replace(ACCOUNT, quote(accounts[0], safe="")) if accounts else url
        try:
            listed = look_at_list(report, "users", partial(asking.get, at), repr)
        except Problem as failed:
            problem = problem or failed
            continue
        found = FoundUsers(url, listed, users_by_id(listed.rows))
        if listed.rows:
            return found
        empty = empty or found
    if empty is None and problem is not None:
        report.fail(f"{SETTING}: no list of users there. {said(problem)}")
    return empty


def look_at_users(report: Report, found: FoundUsers) -> None:
    """Says what they are like; which, of the product's needs, they do not meet."""
    rows, users = found.listed.rows, found.by_id.values()
    if not rows:
        return report.fail(f"{SETTING}: the account lists no users there, so no call has an agent")
    if not users:
        return report.fail(f"{SETTING}: none of the {len(rows)} users has a clientId, so no call has an agent")
    report.ok(f"users: {len(users)} with a clientId, {sum(one.active for one in users)} of them active")
    if nameless := nameless_users(rows):
        report.unlike(f"users: {len(nameless)} rows without a clientId are passed over")
    times = Counter(client_id_of_user(row) for row in rows)
    several = sum(often > 1 for client_id, often in times.items() if client_id)
    if several:
        report.unlike(f"{several} client ids have several users; the last of each counts")
    without = sum(not user.webrtcNumber for user in users)
    if without:
        report.unlike(f"{without} users have no webrtcNumber: on their calls every action but hang-up is refused")
    if any("\ufffd" in user.username for user in users):
        report.unlike("users: names hold bytes that are no UTF-8, and are shown with replacement marks")
    others = sorted({str(name) for row in rows if isinstance(row, dict) for name in row} - {*FOUR, "status"})
    report.ok(f"users: of no use and never kept: {', '.join(others)[:300] or 'no other field'}")
    return None


def has_the_four(rows: Sequence[Any]) -> bool | None:
    """Whether each user has the article's four fields."""
    users = [row for row in rows if isinstance(row, dict)]
    return all(name in user for user in users for name in FOUR) if users else None
