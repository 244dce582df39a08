"""The one token that all functions share, and the lease under which one of them makes the next.

It is shared since it is not known whether a second log-in at Ytel ends the first one's token. The token itself is kept
in a secret of its own; the table says which version of that secret it is, and whose: whoever reads the table or a
backup of it learns nothing.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Self
from uuid import uuid4

from supervision.base import aws, clock
from supervision.base.observability import logger
from supervision.base.problems import YtelRejected, YtelUnavailable
from supervision.table.gateway import Gateway
from supervision.table.items import Item, Key, Value
from supervision.table.lease import Lease, LeaseTerms
from supervision.table.writes import Put

# Refused credentials are left alone for this long, by every function: log-ins that fail lock accounts.
REFUSED_MS = 60_000
_SESSION, _LEASE = Key("TOKEN", "SESSION"), Key("TOKEN", "LEASE")


class CredentialsRefused(YtelRejected):
    """Ytel refused the credentials in the secret, now or a moment ago."""


@dataclass(frozen=True)
class Credentials:
    """What is sent to the token endpoint."""

    grant: tuple[tuple[str, str], ...] = field(repr=False)

    @cached_property
    def mark(self) -> bytes:
        """What these credentials are known by: slow to make, so that a weak password is not guessed from the table."""
        return hashlib.scrypt(json.dumps(self.grant).encode(), salt=b"mark", n=2**14, r=8, p=1, dklen=32)


@dataclass(frozen=True)
class Session:
    """A token, made at `made_at`, to be replaced from `renew_at`, good until `ends_at` (ms; 0: nothing says when)."""

    token: str = field(repr=False)
    made_at: int
    renew_at: int = 0
    ends_at: int = 0

    def is_due(self, now: int) -> bool:
        """Whether it is to be replaced."""
        return 0 < self.renew_at <= now


class SessionStore:
    """Where the session and its lease are kept: `secret` is the name of the secret for the token."""

    def __init__(self, gateway: Gateway, secret: str, lease_ms: int) -> None:
        self._gateway = gateway
        self._secret = secret
        self._lease = Lease(gateway, _LEASE, lease_ms)
        self._read: tuple[str, str] = ("", "")

    def read(self, credentials: Credentials) -> Session | None:
        """The session, where there is one that was made of these credentials.

        Raises YtelUnavailable where its token cannot be read just now.
        """
        item = self._gateway.get(_SESSION) or {}
        version = item.get("secretVersion")
        if item.get("mark") != credentials.mark or not isinstance(version, str):
            return None
        token = self._token(version)
        if token is None:
            return None
        return Session(token, *(_whole(item, name) for name in ("madeAt", "renewAt", "endsAt")))

    def write(self, credentials: Credentials, session: Session) -> None:
        """Keep the session, in place of the last one. Raises YtelUnavailable where its token cannot be kept."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = aws.client("secretsmanager").put_secret_value(SecretId=self._secret, SecretString=session.token)
        except (BotoCoreError, ClientError) as error:
            raise _unavailable("kept", error) from None
        times = {"madeAt": session.made_at, "renewAt": session.renew_at, "endsAt": session.ends_at}
        self._gateway.write(
            Put({**_SESSION._asdict(), "secretVersion": answer["VersionId"], "mark": credentials.mark, **times})
        )

    def take_lease(self, credentials: Credentials) -> "SessionLease | None":
        """The right to make the next session, or None while another has it.

        Raises CredentialsRefused where these were refused a moment ago.
        """
        holder = uuid4().hex
        others = LeaseTerms(
            unless="(attribute_exists(refused) AND refused <> :mark)",
            then="REMOVE refused",
            values={":mark": credentials.mark},
        )
        taken, item = self._lease.acquire(holder, clock.now_ms(), others)
        if taken:
            return SessionLease(self._lease, holder, credentials)
        if "refused" in item:
            raise CredentialsRefused("Ytel refused the credentials a moment ago.")
        return None

    def _token(self, version: str) -> str | None:
        """The token in that version of the secret; None where there is no such version any more."""
        from botocore.exceptions import BotoCoreError, ClientError

        if self._read[0] != version:
            vault = aws.client("secretsmanager")
            try:
                answer = vault.get_secret_value(SecretId=self._secret, VersionId=version)
            except vault.exceptions.ResourceNotFoundException:
                return None
            except (BotoCoreError, ClientError) as error:
                raise _unavailable("read", error) from None
            self._read = (version, answer["SecretString"])
        return self._read[1]


def _whole(item: Item, name: str) -> int:
    value = item.get(name)
    return value if isinstance(value, int) else 0


def _unavailable(what: str, error: Exception) -> YtelUnavailable:
    logger.warning("the shared token for Ytel cannot be " + what, cause=type(error).__name__)
    return YtelUnavailable(f"The token for Ytel cannot be {what} just now.", retry_after=10)


@dataclass(frozen=True)
class SessionLease:
    """Held inside `with`, and given back at its end; kept from the same credentials where they were refused."""

    lease: Lease
    holder: str
    credentials: Credentials

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, CredentialsRefused):
            now = clock.now_ms()
            left_alone: dict[str, Value] = {":from": now, ":until": now + REFUSED_MS, ":mark": self.credentials.mark}
            then = "SET leaseFrom = :from, leaseUntil = :until, refused = :mark"
            self.lease.give_back(self.holder, then, left_alone)
        else:
            self.lease.give_back(self.holder)
