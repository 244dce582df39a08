"""The bearer token for Ytel: as the secret holds it, or made of the credentials that the secret holds.

The secret is the token itself (plain, or `{"token": "…"}`), or `{"username": "…", "password": "…"}`, or
`{"refreshToken": "…"}`.
"""

import json
from threading import RLock
from urllib.parse import urlsplit, urlunsplit

from supervision.base import clock
from supervision.base.observability import add_metric, logger
from supervision.base.problems import YtelUnavailable
from supervision.table.secret import Secret, SecretUnavailable
from supervision.ytel.claims import ends_at
from supervision.ytel.login import SharedLogin
from supervision.ytel.session import Credentials, CredentialsRefused

DAY_MS = 86_400_000
DAYS_AHEAD = 14
SAID_EVERY_MS = 3_600_000


class Token:
    """The token of `secret`. `timeout` is in seconds, for connecting and for reading, at the token endpoint."""

    def __init__(self, secret: Secret, *, api_url: str, table: str, timeout: float) -> None:
        self._secret = secret
        self._login = SharedLogin(table, token_url(api_url), timeout)
        self._lock = RLock()
        self._said_at = 0

    def bearer(self) -> str:
        """The token to send now. Raises YtelUnavailable or YtelRejected where there is none to be had."""
        with self._lock:
            return self._token(None)

    def renew(self, rejected: str) -> str | None:
        """Another token than `rejected`, which Ytel answered with 401 or 403; None where there is no other."""
        with self._lock:
            self._secret.forget()
            token = self._token(rejected)
            return token if token != rejected else None

    def _token(self, rejected: str | None) -> str:
        held = self._read()
        if isinstance(held, str):
            self._say_when_it_ends(held)
            return held
        try:
            return self._login.token(held, rejected)
        except CredentialsRefused:
            self._secret.forget()
            if (changed := self._read()) == held:
                add_metric("TokensRefused")
                raise
            return changed if isinstance(changed, str) else self._login.token(changed, rejected)

    def _say_when_it_ends(self, token: str) -> None:
        """A plain token is made by a person, who must make the next in time: told once an hour, from 14 days before."""
        now, ends = clock.now_ms(), ends_at(token)
        if not ends or ends - now > DAYS_AHEAD * DAY_MS or 0 <= now - self._said_at < SAID_EVERY_MS:
            return
        self._said_at = now
        days = max(0, (ends - now) // DAY_MS)
        add_metric("TokenDaysLeft", days)
        logger.warning("the token for Ytel ends soon; put a new one into the secret", days_left=days)

    def _read(self) -> str | Credentials:
        try:
            held = read_token(self._secret.get())
        except SecretUnavailable:
            held = ""
        if not held:
            raise YtelUnavailable("The token for Ytel cannot be read just now.", retry_after=10)
        return held


def read_token(text: str) -> str | Credentials:
    """The token or the credentials in the secret's text; empty where it holds neither."""
    text = text.strip()
    if not text.startswith("{"):
        return text if text.isascii() and text.isprintable() and " " not in text else ""
    try:
        fields = json.loads(text)
    except ValueError:
        return ""
    match fields:
        case {"username": str(username), "password": str(password)} if username and password:
            grant = {"grantType": "resource_owner_credentials", "username": username, "password": password}
        case {"refreshToken": str(refresh)} if refresh:
            grant = {"grantType": "refresh_token", "refreshToken": refresh}
        case {"token": str(token)}:
            return read_token(token) if not token.lstrip().startswith("{") else ""
        case _:
            return ""
    return Credentials(tuple(grant.items()))


def token_url(api_url: str) -> str:
    """The token endpoint of the account's own host: https://api.ytel.com/auth/v3/token."""
    parts = urlsplit(api_url)
    return urlunsplit((parts.scheme, parts.netloc, "/auth/v3/token", "", ""))
