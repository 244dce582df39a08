"""People, by the JWT of their own identity provider."""

import json
import unicodedata
import urllib.request
from functools import cached_property
from typing import TYPE_CHECKING, Any

from supervision.base.observability import logger
from supervision.rules.caller import PERSON, Caller
from supervision.rules.scopes import SCOPES

if TYPE_CHECKING:
    from jwt import PyJWKClient

ALGORITHMS = ("RS256", "ES256")
# Where providers put what a person may do: OAuth, Microsoft, and the groups of directories and of Cognito.
SCOPE_CLAIMS = ("scope", "scp", "roles", "groups", "cognito:groups")
LONGEST_NAME = 240
_TIMEOUT_SECONDS = 3
_LEEWAY_SECONDS = 10  # clocks differ
_KEYS_HELD_SECONDS = 300


class People:
    """Whom `issuer` vouches for to `audience`.

    Its keys are at `jwks_url`, or where its OpenID discovery says; they are fetched with the first token.
    """

    def __init__(self, issuer: str, audience: str, jwks_url: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._jwks_url = jwks_url

    def of_token(self, token: str) -> Caller | None:
        """The person of a token that holds good now, or None. Raises PyJWKClientError where no keys can be had."""
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS or not isinstance(header.get("kid"), str):
                raise jwt.InvalidAlgorithmError("not an algorithm that is allowed, or no key named")
            self._keys.get_jwk_set()  # what fails here is the issuer's fault, not the token's
        except jwt.InvalidTokenError as error:
            _refused(error)
            return None
        try:
            claims = jwt.decode(
                token,
                self._keys.get_signing_key(header["kid"]),
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWKClientConnectionError:
            raise
        except jwt.PyJWTError as error:
            _refused(error)
            return None
        return _person(claims)

    @cached_property
    def _keys(self) -> "PyJWKClient":
        from jwt import PyJWKClient

        url = self._jwks_url or _discovered(self._issuer)
        return PyJWKClient(url, lifespan=_KEYS_HELD_SECONDS, timeout=_TIMEOUT_SECONDS)


def _discovered(issuer: str) -> str:
    url = issuer.rstrip("/") + "/.well-known/openid-configuration"
    with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - a URL of the settings
        document = json.load(answer)
    if document["issuer"] != issuer:
        raise ValueError("the issuer's discovery document names another issuer")
    return str(document["jwks_uri"])


def _person(claims: dict[str, Any]) -> Caller | None:
    email = claims.get("email") if claims.get("email_verified") in (True, "true") else None
    identity = email or claims.get("sub")
    if not isinstance(identity, str) or not _is_name(identity):
        return None
    scopes: set[str] = set()
    for name in SCOPE_CLAIMS:
        value = claims.get(name)
        words = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
        scopes.update(word for word in words if isinstance(word, str))
    return Caller(PERSON + identity, frozenset(scopes & SCOPES))


def _is_name(text: str) -> bool:
    """Whether it may stand in records and logs as a person: printable, and written in the one way there is."""
    if not text.strip() or text != text.strip() or len(text) > LONGEST_NAME:
        return False
    return text.isprintable() and unicodedata.normalize("NFKC", text) == text


def _refused(error: Exception) -> None:
    logger.info("a token is refused", cause=type(error).__name__)
