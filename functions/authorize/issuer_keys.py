"""The public keys of an identity provider: held for a while, and asked for so often that forged tokens cost nothing."""

import json
import urllib.request
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from supervision.base import clock
from supervision.base.observability import logger

if TYPE_CHECKING:
    from jwt import PyJWK

TIMEOUT_SECONDS = 3
HELD_MS = 300_000
# While the provider is down its last keys serve, so that an outage of its locks nobody out at once.
STALE_MS = 3_600_000
# A provider that failed is left alone for so long: a failure can cost the whole time-out.
PAUSE_MS = 10_000
# A token may name a key that was made since. It is looked for at once, a few times, and then once in a while.
LOOKS, LOOK_AGAIN_MS = 3, 30_000
LARGEST_DOCUMENT = 1_000_000


class IssuerUnavailable(Exception):
    """The issuer's keys cannot be had, now or a moment ago, and none recent enough are held."""


class IssuerKeys:
    """The keys of `issuer`: at `url`, or where its OpenID discovery says."""

    def __init__(self, issuer: str, url: str) -> None:
        self._issuer = issuer
        self._url = url
        self._keys: tuple[PyJWK, ...] = ()
        self._read_at = self._failed_at = -(10**18)
        self._looks, self._looks_at = LOOKS, 0

    def rounds(self) -> Iterator[Sequence["PyJWK"]]:
        """The keys as they are held and then, for whom none of these is the one, as the issuer has them now.

        There is no second round where it is too soon to ask again. Raises IssuerUnavailable.
        """
        now = clock.now_ms()
        are_new = now - self._read_at >= HELD_MS and self._read(now)
        if now - self._read_at >= STALE_MS:
            raise IssuerUnavailable("the issuer's keys cannot be read")
        yield self._keys
        if not are_new and self._may_look(now) and self._read(now):
            yield self._keys

    def _may_look(self, now: int) -> bool:
        back = max(0, now - self._looks_at) // LOOK_AGAIN_MS
        if back:
            self._looks, self._looks_at = min(LOOKS, self._looks + back), now
        if not self._looks:
            return False
        self._looks -= 1
        return True

    def _read(self, now: int) -> bool:
        """Whether the keys could be read anew."""
        if now - self._failed_at < PAUSE_MS:
            return False
        from jwt import PyJWKSet, PyJWTError

        try:
            self._url = self._url or self._discovered()
            # {"keys": [{"kty": "RSA", "kid": "1", "use": "sig", "n": "…", "e": "AQAB"}, …]}
            self._keys = tuple(PyJWKSet.from_dict(_document(self._url)).keys)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, PyJWTError) as error:
            self._failed_at = now
            logger.error("the issuer's keys cannot be read", why=str(error)[:200])
            return False
        self._read_at = now
        return True

    def _discovered(self) -> str:
        document = _document(self._issuer.rstrip("/") + "/.well-known/openid-configuration")
        if document["issuer"] != self._issuer:
            raise ValueError("the issuer's discovery document names another issuer")
        return str(document["jwks_uri"])


def _document(url: str) -> dict[str, str]:
    if not url.startswith(("https://", "http://")):
        raise ValueError("an http or https URL is wanted")
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - looked at above
        document: dict[str, str] = json.loads(answer.read(LARGEST_DOCUMENT))
        return document
