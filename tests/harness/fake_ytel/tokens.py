"""Bearer tokens: long-lived ones, and ones that the token endpoint makes and that end."""

import base64
import json
import random
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from tests.harness.fake_ytel import knobs
from tests.harness.fake_ytel.envelope import Refused

# What public clients send to the token endpoint, whichever of it they need.
TOKEN_FIELDS = {"grantType", "username", "password", "refreshToken", "captcha", "refreshDurationMinutes"}
SIGNATURE_BYTES = 256  # of RS256 with a key of 2048 bits
DAY_MS = 86_400_000


class Tokens:
    """Which tokens are good now. `says_expiry` false makes answers as bare as the documented part of them."""

    def __init__(
        self,
        token: str | None,
        username: str,
        password: str,
        lifetime_seconds: float,
        now: Callable[[], int],
        account: str = "",
        how: knobs.Tokens | None = None,
    ) -> None:
        self.username = username
        self.password = password
        self.lifetime_seconds = lifetime_seconds
        self.account = account
        self.how = how or knobs.Tokens()
        self._now = now
        self._ends: dict[str, float] = {token: float("inf")} if token else {}
        self._refresh_tokens: dict[str, float] = {}
        self._nth, self._keys = count(1), count(1)
        self._lock = threading.Lock()

    @property
    def says_expiry(self) -> bool:
        return self.how.says_expiry

    @says_expiry.setter
    def says_expiry(self, says: bool) -> None:
        self.how.says_expiry = says

    @property
    def refusal_status(self) -> int:
        return self.how.refusal_status

    @refusal_status.setter
    def refusal_status(self, status: int) -> None:
        self.how.refusal_status = status  # type: ignore[assignment]

    def accept(self, token: str) -> None:
        """A new long-lived token."""
        with self._lock:
            self._ends[token] = float("inf")

    def long_lived(self, days: float = 90) -> str:
        """A new API key, as they are made in the account: a JWT that ends after so many days."""
        ends = self._now() + int(days * DAY_MS)
        token = self.jwt(ends, f"key-{next(self._keys)}")
        with self._lock:
            self._ends[token] = ends
        return token

    def jwt(self, ends_ms: int, nth: int | str) -> str:
        """The `nth` JWT as Ytel's are, of an RS256 signature's size; the signature is of nothing.

        {"alg": "RS256", "typ": "JWT"} . {"sub": "…", "acct": "<account id>", "pAcct": null, "privs": […], "username":
        "…", "scope": "…", "iss": "https://ytel.com", "iat": 1700000000, "exp": 1700007200} . …
        """
        claims = {
            "sub": self.username,
            "acct": self.account,
            "pAcct": self.account,
            "privs": ["conference", "webrtc"],
            "username": self.username,
            "scope": "account",
            "iss": "https://ytel.com",
            "iat": self._now() // 1000,
            "exp": ends_ms // 1000,
            "jti": nth,
        }
        head = json.dumps({"alg": "RS256", "typ": "JWT"}).encode()
        signature = random.Random(nth).randbytes(SIGNATURE_BYTES)
        return ".".join(_base64url(part) for part in (head, json.dumps(claims).encode(), signature))

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
                    if self._refresh_tokens.get(str(body.get("refreshToken")), 0) <= self._now():
                        raise Refused(401, "Invalid refresh token")
                case other:
                    raise Refused(400, f"grantType {other!r} is not a documented one", complaint=True)
            ends = self._now() + int(self.lifetime_seconds * 1000)
            nth = next(self._nth)
            token = f"access-token-{nth}" if self.how.kind == "named" else self.jwt(ends, nth)
            self._ends[token] = ends
            refresh: str | None = None
            if body["grantType"] != "refresh_token" or self.how.renews_refresh:
                refresh = f"refresh-token-{nth}"
                self._refresh_tokens[refresh] = self._now() + self.how.refresh_hours * 3_600_000
            issued = {"accessToken": token, "refreshToken": refresh, "tokenType": "Bearer"}
            return issued | ({"expiresIn": int(self.lifetime_seconds)} if self.says_expiry else {})


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
