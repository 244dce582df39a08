"""People, by the JWT of their own identity provider."""

import string
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from issuer_keys import IssuerKeys

from supervision.base.observability import logger
from supervision.rules.caller import PERSON, Caller
from supervision.rules.scopes import SCOPES

if TYPE_CHECKING:
    from jwt import PyJWK
    from jwt.types import Options

ALGORITHMS = ("RS256", "ES256")
# Where providers put what a person may do: OAuth, Microsoft, and the groups of directories and of Cognito.
SCOPE_CLAIMS = ("scope", "scp", "roles", "groups", "cognito:groups")
LONGEST_NAME = 240
_LEEWAY_SECONDS = 10  # clocks differ
_CHECKED: "Options" = {"require": ["exp", "iss", "aud"], "enforce_minimum_key_length": True}
_UNSIGNED: "Options" = {
    **_CHECKED,
    "verify_signature": False,
    "verify_exp": True,
    "verify_nbf": True,
    "verify_aud": True,
    "verify_iss": True,
}


class People:
    """Whom `issuer` vouches for to `audience`.

    Its keys are at `jwks_url`, or where its OpenID discovery says; they are read with the first token.
    """

    def __init__(self, issuer: str, audience: str, jwks_url: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = IssuerKeys(issuer, jwks_url)

    def of_token(self, token: str) -> Caller | None:
        """The person of a token that holds good now, or None. Raises IssuerUnavailable where no keys can be had.

        All but its signature is checked first: for a token that can never be good no key is asked for.
        """
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            if header["alg"] not in ALGORITHMS:
                raise jwt.InvalidAlgorithmError("not an algorithm that is allowed")
            if _person(self._claims(token, None)) is None:
                raise jwt.InvalidTokenError("not a name that a person can have")
        except Exception as error:  # whatever a stranger has written: it cannot be read, and is nobody's
            _refused(error)
            return None
        for keys in self._keys.rounds():
            claims = self._signed(token, header, keys)
            if claims is not None:
                return _person(claims)
        return None

    def _signed(self, token: str, header: Mapping[str, Any], keys: Iterable["PyJWK"]) -> Mapping[str, Any] | None:
        """The claims, where one of `keys` has signed them: the one that the header names, or one without an id."""
        import jwt

        for key in keys:
            fits = key.algorithm_name == header["alg"] and key.public_key_use in ("sig", None)
            if not fits or (header.get("kid") is not None and key.key_id not in (header["kid"], None)):
                continue
            try:
                return self._claims(token, key)
            except jwt.PyJWTError as error:
                _refused(error)
        return None

    def _claims(self, token: str, key: "PyJWK | None") -> Mapping[str, Any]:
        import jwt

        claims: Mapping[str, Any] = jwt.decode(
            token,
            key or "",
            algorithms=ALGORITHMS,
            issuer=self._issuer,
            audience=self._audience,
            leeway=_LEEWAY_SECONDS,
            options=_CHECKED if key else _UNSIGNED,
        )
        return claims


def _person(claims: Mapping[str, Any]) -> Caller | None:
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
    """Whether it may stand in records and logs as a person, and be taken for nobody else.

    A subject is ASCII (OpenID Connect Core 2). Of an address, a letter may have an accent: of any other alphabet some
    look like those of ASCII.
    """
    return 0 < len(text) <= LONGEST_NAME and text == text.strip() and all(map(_is_plain, text))


def _is_plain(character: str) -> bool:
    if character.isascii():
        return character.isprintable()
    apart = unicodedata.normalize("NFD", character)
    return len(apart) == 2 and apart[0] in string.ascii_letters and character <= "\u017f"


def _refused(error: Exception) -> None:
    logger.info("a token is refused", cause=type(error).__name__)
