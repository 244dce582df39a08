"""Bearer tokens: long-lived ones, and ones that the token endpoint makes and that end."""

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from tests.harness.fake_ytel.envelope import Refused

# What public clients send to the token endpoint, whichever of it they need.
TOKEN_FIELDS = {"grantType", "username", "password", "refreshToken", "captcha", "refreshDurationMinutes"}


class Tokens:
    """Which tokens are good now. Setting `says_expiry` false makes answers as bare as the documented part of them."""

    def __init__(
        self, token: str, username: str, password: str, lifetime_seconds: float, now: Callable[[], int]
    ) -> None:
        self.username = username
        self.password = password
        self.lifetime_seconds = lifetime_seconds
        self.says_expiry = True
        self.refusal_status = 401
        self._now = now
        self._ends: dict[str, float] = {token: float("inf")}
        self._refresh_tokens: set[str] = set()
        self._nth = count(1)
        self._lock = threading.Lock()

    def accept(self, token: str) -> None:
        """A new long-lived token."""
        with self._lock:
            self._ends[token] = float("inf")

    def withdraw(self, token: str | None = None) -> None:
        """A token, or every one there is, is no longer good. Refresh tokens stand."""
        with self._lock:
            for gone in [token] if token else list(self._ends):
                self._ends.pop(gone, None)

    def check(self, authorization: str | None) -> None:
        """Refuse a request whose bearer token is not good."""
        scheme, _, token = (authorization or "").partition(" ")
        with self._lock:
            if scheme != "Bearer" or self._ends.get(token, 0) <= self._now():
                raise Refused(self.refusal_status, "Unauthorized" if authorization else "No bearer token")

    def issue(self, body: Any) -> dict[str, Any]:
        """The token endpoint's payload."""
        if not isinstance(body, dict) or body.keys() - TOKEN_FIELDS:
            raise Refused(400, "the token request is not an object of the documented fields", complaint=True)
        with self._lock:
            match body.get("grantType"):
                case "resource_owner_credentials":
                    if (body.get("username"), body.get("password")) != (self.username, self.password):
                        raise Refused(401, "Invalid credentials")
                case "refresh_token":
                    if body.get("refreshToken") not in self._refresh_tokens:
                        raise Refused(401, "Invalid refresh token")
                case other:
                    raise Refused(400, f"grantType {other!r} is not a documented one", complaint=True)
            nth = next(self._nth)
            token, refresh = f"access-token-{nth}", f"refresh-token-{nth}"
            self._ends[token] = self._now() + self.lifetime_seconds * 1000
            self._refresh_tokens.add(refresh)
            issued = {"accessToken": token, "refreshToken": refresh, "tokenType": "Bearer"}
            return issued | ({"expiresIn": int(self.lifetime_seconds)} if self.says_expiry else {})
