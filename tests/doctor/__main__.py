"""`make doctor`: YTEL_API_URL, YTEL_USERS_URL and YTEL_TOKEN name the account; a report on standard output."""

import os
import sys
from collections import Counter
from collections.abc import Iterator

from supervision.base import clock
from supervision.base.problems import Problem
from supervision.base.settings import SettingError, YtelSettings, load
from supervision.rules.calls import users_by_id
from supervision.ytel.client import Ytel
from supervision.ytel.transport import Transport
from tests.doctor.calls import look_at_calls
from tests.doctor.paging import look_at_paging


class OneToken:
    """The token from the environment; there is no other."""

    def __init__(self, token: str) -> None:
        self._token = token

    def bearer(self) -> str:
        """The token."""
        return self._token

    def renew(self, rejected: str) -> str:
        """The token."""
        return self._token


def main() -> int:
    """0 where the account can be read, whatever it is like; 1 where it cannot, with one line that says why."""
    token = os.environ.get("YTEL_TOKEN", "").strip()
    if not token or token.startswith("{"):
        print("YTEL_TOKEN is missing: an API token of the account is wanted", file=sys.stderr)
        return 1
    try:
        settings = load(YtelSettings, {**os.environ, "YTEL_TOKEN_SECRET": "none"})
        for line in _look(settings, OneToken(token)):
            print(line, flush=True)
    except SettingError as error:
        print(error, file=sys.stderr)
        return 1
    except Problem as problem:
        print(f"FAILED  {problem.title}: {problem.detail}", file=sys.stderr)
        return 1
    return 0


def _look(settings: YtelSettings, bearer: OneToken) -> Iterator[str]:
    transport, ytel = Transport(bearer, settings.ytel_timeout_seconds), Ytel(settings, bearer)

    def conferences(offset: int | None) -> dict[str, object]:
        params = {"includeMembers": "true"} | ({} if offset is None else {"offset": str(offset)})
        answer: dict[str, object] = transport.read(f"{settings.ytel_api_url}/conference", params)
        return answer

    yield from look_at_paging(conferences)
    yield "ok      the token is good"
    began = clock.now_ms()
    listed = ytel.users().rows
    users = users_by_id(listed)
    yield f"ok      users: {len(listed)} listed, {len(users)} with a clientId, in {clock.now_ms() - began} ms"
    several = sum(times > 1 for times in Counter(str(user.get("clientId")) for user in listed).values())
    if several:
        yield f"unlike  {several} client ids have several users; the last of each counts"
    without = sum(not user.webrtcNumber for user in users.values())
    if without:
        yield f"unlike  {without} users have no webrtcNumber: on their calls every action but hang-up is refused"
    began = clock.now_ms()
    calls = ytel.active(lambda _: True)
    yield f"ok      active calls: {len(calls)}, in {clock.now_ms() - began} ms"
    yield from look_at_calls(calls, users, clock.now_ms())


if __name__ == "__main__":
    sys.exit(main())
