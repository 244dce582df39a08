"""The callers this API knows: clients by their key and, where an issuer is set, people by their identity provider."""

from people import People

from supervision.base.settings import AuthSettings, SettingError
from supervision.rules.caller import Caller
from supervision.table.clients import KnownClients

_JOSE = "eyJ"  # how a JWT begins: {" in base64


class Callers:
    """Finds the caller of a bearer. Raises SettingError where the settings do not go together."""

    def __init__(self, settings: AuthSettings) -> None:
        if bool(settings.jwt_issuer) != bool(settings.jwt_audience):
            raise SettingError("settings JWT_ISSUER and JWT_AUDIENCE go together: one is missing")
        self._known = KnownClients(settings.api_clients_secret)
        self._people = (
            People(settings.jwt_issuer, settings.jwt_audience, settings.jwt_jwks_url) if settings.jwt_issuer else None
        )

    def of_bearer(self, bearer: str) -> Caller | None:
        """Whose key or token it is; None where it is nobody's, or no longer.

        Raises SecretUnavailable or ValueError where the clients cannot be read, and IssuerUnavailable where the
        issuer's keys cannot.
        """
        known = self._known.current()
        if self._people and bearer.startswith(_JOSE) and bearer.count(".") == 2:
            return self._people.of_token(bearer)
        return known.holder(bearer) if bearer else None
