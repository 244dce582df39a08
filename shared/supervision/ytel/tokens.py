"""The bearer token for Ytel: as the secret holds it, or made of the credentials that the secret holds.

The secret is the token itself (plain, or `{"token": "…"}`), or `{"username": "…", "password": "…"}`. A refresh token
alone is refused: Ytel's is good for 24 hours, and a refresh gives no new one.
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


class NoTokenInSecret(YtelUnavailable):
    """The secret can be read, and holds nothing that a deployment can live on."""


class Token:
    """The token of `secret`; one that is made of credentials is shared over `table` and `session_secret`.

    `timeout` is in seconds, for connecting and for reading, at the token endpoint.
    """

    def __init__(self, secret: Secret, *, api_url: str, table: str, session_secret: str, timeout: float) -> None:
        self._secret = secret
        self._login = SharedLogin(table, session_secret, token_url(api_url), timeout)
        self._lock = RLock()
        self._said_at = 0

    def bearer(self) -> str:
        """The token to send now. Raises YtelUnavailable or YtelRejected where there is none to be had."""
        with self._lock:
            return self._token(None)

    def renew(self, rejected: str) -> str:
        """The token to try once more with, after Ytel answered `rejected` with 401 or 403.

        It is what the secret holds by now, and so another than `rejected` where there is another.
        """
        with self._lock:
            self._secret.forget()
            return self._token(rejected)

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
            return read_token(self._secret.get())
        except SecretUnavailable:
            add_metric("TokensRefused")  # nothing works without it either
            raise YtelUnavailable("The token for Ytel cannot be read just now.", retry_after=10) from None
        except NoTokenInSecret as problem:
            self._secret.forget()  # whoever puts it right need not wait
            add_metric("TokensRefused")
            logger.error("the secret for Ytel is of no use", reason=problem.detail)
            raise


def read_token(text: str) -> str | Credentials:
    """The token or the credentials in the secret's text. Raises NoTokenInSecret."""
    text = text.strip()
    if not text.startswith("{"):
        return _plain_token(text)
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    match fields:
        case {"username": str(username), "password": str(password)} if username and password:
            grant = {"grantType": "resource_owner_credentials", "username": username, "password": password}
        case {"token": str(token)}:
            return _plain_token(token.strip())
        case {"refreshToken": _}:
            raise NoTokenInSecret(
                "The secret holds a refresh token alone, which ends after 24 hours and gives no new one. "
                "Put in a token, or a username and a password.",
                retry_after=60,
            )
        case _:
            return _plain_token("")
    return Credentials(tuple(grant.items()))


def _plain_token(text: str) -> str:
    if not text or text.startswith("{") or not (text.isascii() and text.isprintable() and " " not in text):
        raise NoTokenInSecret("The secret holds no token for Ytel.", retry_after=60)
    return text


def token_url(api_url: str) -> str:
    """The token endpoint of the account's own host: https://api.ytel.com/auth/v3/token."""
    parts = urlsplit(api_url)
    return urlunsplit((parts.scheme, parts.netloc, "/auth/v3/token", "", ""))
