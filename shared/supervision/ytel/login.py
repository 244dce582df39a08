"""Tokens made of credentials: one for all functions, made by one of them at a time."""

import time
from typing import Any

from supervision.base import clock
from supervision.base.problems import Problem, YtelRateLimited, YtelRejected, YtelUnavailable
from supervision.rules.clocks import believed
from supervision.table.gateway import Gateway
from supervision.ytel.answers import read_answer
from supervision.ytel.claims import ends_at
from supervision.ytel.list_page import one_of
from supervision.ytel.session import Credentials, CredentialsRefused, Session, SessionStore

# A token made this recently and refused is not the reason for the refusal: another would be refused as well.
JUST_MADE_MS = 30_000
# How long keeping a new token may take, beside asking for it.
_KEPT_WITHIN_MS = 6_000


class SharedLogin:
    """Log-ins at `url`, shared over `table` and the secret named `session_secret`.

    `timeout` is in seconds, for connecting and for reading.
    """

    def __init__(self, table: str, session_secret: str, url: str, timeout: float) -> None:
        lease_ms = int(2 * timeout * 1000) + _KEPT_WITHIN_MS
        self._sessions = SessionStore(Gateway(table), session_secret, lease_ms)
        self._url = url
        self._timeout = timeout
        self._held: tuple[Credentials, Session] | None = None

    def token(self, credentials: Credentials, rejected: str | None = None) -> str:
        """A token for `credentials`; not `rejected`, unless that one was made a moment ago.

        Raises CredentialsRefused, YtelRateLimited or YtelUnavailable.
        """
        session = self._held[1] if self._held and self._held[0] == credentials else None
        if session is None or not _serves(session, rejected):
            session = self._sessions.read(credentials)
        if session is None or not _serves(session, rejected):
            session = self._renewed(credentials, session, rejected)
        self._held = (credentials, session)
        return session.token

    def _renewed(self, credentials: Credentials, old: Session | None, rejected: str | None) -> Session:
        patience = time.monotonic() + 2 * self._timeout
        while not (lease := self._sessions.take_lease(credentials)):
            if old and old.token != rejected and clock.now_ms() < old.ends_at:
                return old  # good for a little while yet; another function is making the next
            if time.monotonic() > patience:
                raise YtelUnavailable("A token for Ytel is being made.", retry_after=2)
            time.sleep(0.1)
            made = self._sessions.read(credentials)
            if made and _serves(made, rejected):
                return made
        with lease:
            made = self._sessions.read(credentials)  # another's, made between the look and the lease
            if made and _serves(made, rejected):
                return made
            session = self._log_in(credentials)
            self._sessions.write(credentials, session)
            return session

    def _log_in(self, credentials: Credentials) -> Session:
        import requests

        try:
            response = requests.post(
                self._url, json=dict(credentials.grant), timeout=self._timeout, allow_redirects=False
            )
            wait = response.headers.get("Retry-After")
            return _session(read_answer(response.status_code, response.content, wait, time.time()), clock.now_ms())
        except YtelRateLimited:
            raise
        except YtelRejected:
            raise CredentialsRefused("Ytel refused the credentials it was given.") from None
        except (Problem, requests.RequestException) as error:
            # Whatever went wrong here, the request that the token is wanted for was not sent.
            after = error.retry_after if isinstance(error, Problem) else None
            raise YtelUnavailable("Ytel gave no token.", retry_after=after or 5) from None


def _serves(session: Session, rejected: str | None) -> bool:
    now = clock.now_ms()
    if session.token == rejected:
        return now - believed(session.made_at, now) < JUST_MADE_MS
    return not session.is_due(now)


# {"accessToken": "…", "refreshToken": "…", "tokenType": "Bearer"}
# {"status": true, "count": 1, "page": 1, "payload": [{"accessToken": "…", "refreshToken": null, "expiresIn": 3600}]}
def _session(answer: Any, now: int) -> Session:
    fields = one_of(answer) or {}
    token = fields.get("accessToken")
    if not (isinstance(token, str) and token and token.isascii()):
        raise YtelUnavailable("Ytel's answer holds no token.", retry_after=5)
    ends = _ends(token, fields.get("expiresIn"), now)
    return Session(
        token=token,
        made_at=now,
        # A minute before the end, or a tenth of its life where that is less.
        renew_at=ends - min(60_000, (ends - now) // 10) if ends else 0,
        ends_at=ends,
    )


def _ends(token: str, expires_in: object, now: int) -> int:
    """When the token ends, by the answer or by itself where it is a JWT; 0 where neither says."""
    if isinstance(expires_in, int | float | str):
        try:
            return now + max(0, int(float(expires_in) * 1000))
        except (ValueError, OverflowError):
            pass
    return ends_at(token)
