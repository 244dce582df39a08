"""`make doctor`: YTEL_TOKEN names the account; YTEL_API_URL and YTEL_USERS_URL, where they are set, say where it is."""

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from supervision.base import clock
from supervision.base.problems import Problem
from supervision.base.settings import SettingError, YtelSettings, load
from supervision.rules.calls import is_active
from supervision.rules.conferences import of_plain
from supervision.rules.fresh import FreshConference
from supervision.ytel.answers import TokenRefused
from supervision.ytel.tokens import NoTokenInSecret, read_token
from tests.doctor.asking import Answer, Asking, OneToken, said
from tests.doctor.calls import look_at_calls
from tests.doctor.paging import Listed, look_at_list
from tests.doctor.parameters import parameters
from tests.doctor.report import Report
from tests.doctor.routes import look_at_routes
from tests.doctor.rows import Seen, look_at_rows
from tests.doctor.token import look_at_token
from tests.doctor.users import find_users, look_at_users


def main() -> int:
    """0 where the product would work, whatever the account is like; 1 where not, with one line that says why."""
    try:
        token = read_token(os.environ.get("YTEL_TOKEN", ""))
    except NoTokenInSecret:
        token = ""
    if not isinstance(token, str) or not token:
        print("YTEL_TOKEN is missing: an API token of the account is wanted, not what makes one", file=sys.stderr)
        return 1
    try:
        settings = load(YtelSettings, {**os.environ, "YTEL_TOKEN_SECRET": "none", "YTEL_SESSION_SECRET": "none"})
    except SettingError as error:
        print(error, file=sys.stderr)
        return 1
    report = Report(lambda line: print(line, flush=True))
    try:
        _look(report, settings, token)
    except Problem as problem:
        setting = "YTEL_TOKEN" if isinstance(problem, TokenRefused) else "YTEL_API_URL"
        report.failures.append(f"{setting}: {said(problem)}")
    for failure in report.failures:
        print(f"FAILED  {failure}", file=sys.stderr)
    return 1 if report.failures else 0


def _look(report: Report, settings: YtelSettings, token: str) -> None:
    asking = Asking(OneToken(token), settings.ytel_api_url, settings.ytel_timeout_seconds)
    claims = look_at_token(report, token, clock.now_ms())
    conferences = _conferences(report, asking)
    report.ok("the token is good")
    read_at = clock.now_ms()
    documents = [row for row in conferences.rows if isinstance(row, dict)]
    found = {str(row.get("confId")): of_plain(row) for row in documents}
    if len(found) < len(documents):
        report.unlike("conferences: some are listed twice; the later one counts")
    calls = [FreshConference(one.confId, one, read_at) for one in found.values() if is_active(one)]
    statuses = {str(one.status)[:32] for one in found.values()}
    report.ok(f"active calls: {len(calls)}; statuses: {', '.join(sorted(statuses)) or 'none'}")
    users = find_users(
        report, asking, os.environ.get("YTEL_USERS_URL", "").strip() or None, _accounts(claims, documents)
    )
    if users is not None:
        look_at_users(report, users)
    for line in look_at_calls(calls, users.by_id if users else {}, read_at):
        report.say(line)
    routes = look_at_routes(report, asking, calls)
    report.say("")
    for line in look_at_rows(Seen(claims, conferences, users, calls, routes)):
        report.say(line)
    if users is not None and not report.failures:
        report.say("")
        for line in parameters(settings, users, routes):
            report.say(line)


def _conferences(report: Report, asking: Asking) -> Listed:
    def get(query: Mapping[str, str]) -> Answer:
        return asking.get("/conference", {"includeMembers": "true", **query})

    return look_at_list(report, "conferences", get, lambda row: row.get("confId") if isinstance(row, dict) else None)


def _accounts(claims: Mapping[str, Any], conferences: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids that may be the account's, first the one that the product takes."""
    sids = Counter(sid for one in conferences if isinstance(sid := one.get("accountSid"), str) and sid)
    found = [claims.get("acct"), *(sid for sid, _ in sids.most_common()), claims.get("pAcct")]
    return list(dict.fromkeys(str(one) for one in found if one))


if __name__ == "__main__":
    sys.exit(main())
