"""The one token that all functions share, in the table, and the lease under which one of them makes the next.

It is shared since it is not known whether a second log-in at Ytel ends the first one's token. It is sealed under a key
that only the credentials give: whoever reads the table or a backup of it learns nothing.
"""

import base64
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from types import TracebackType
from typing import Self
from uuid import uuid4

from supervision.base import clock
from supervision.base.problems import YtelRejected
from supervision.table.gateway import Gateway, Key, Put, Value
from supervision.table.lease import Lease, LeaseTerms

# Refused credentials are left alone for this long, by every function: log-ins that fail lock accounts.
REFUSED_MS = 60_000
_SESSION, _LEASE = Key("TOKEN", "SESSION"), Key("TOKEN", "LEASE")


class CredentialsRefused(YtelRejected):
    """Ytel refused the credentials in the secret, now or a moment ago."""


@dataclass(frozen=True)
class Credentials:
    """What is sent to the token endpoint."""

    grant: tuple[tuple[str, str], ...] = field(repr=False)

    def key(self, salt: bytes) -> bytes:
        """The key that these credentials give: slow to make, so that a weak password is not guessed from the table."""
        return hashlib.scrypt(json.dumps(self.grant).encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)

    @cached_property
    def mark(self) -> bytes:
        """What these credentials are known by, and nobody gets back to them from."""
        return self.key(b"mark")


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


_FIELDS = {one.name for one in fields(Session)}


class SessionTable:
    """Where the session and its lease are kept."""

    def __init__(self, gateway: Gateway, lease_ms: int) -> None:
        self._gateway = gateway
        self._lease = Lease(gateway, _LEASE, lease_ms)
        self._keys: dict[tuple[Credentials, bytes], bytes] = {}

    def read(self, credentials: Credentials) -> Session | None:
        """The session, where there is one and these credentials open it."""
        from cryptography.fernet import Fernet, InvalidToken

        item = self._gateway.get(_SESSION) or {}
        salt, sealed = item.get("salt"), item.get("sealed")
        if not isinstance(salt, bytes) or not isinstance(sealed, bytes):
            return None
        try:
            fields = json.loads(Fernet(self._key(credentials, salt)).decrypt(sealed))
            return Session(**{name: fields[name] for name in _FIELDS & fields.keys()})
        except (InvalidToken, KeyError, TypeError, ValueError, AttributeError):
            return None

    def write(self, credentials: Credentials, session: Session) -> None:
        """Keep the session, in place of the last one."""
        from cryptography.fernet import Fernet

        salt = os.urandom(16)
        sealed = Fernet(self._key(credentials, salt)).encrypt(json.dumps(asdict(session)).encode())
        self._gateway.write(Put({**_SESSION._asdict(), "salt": salt, "sealed": sealed}))

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

    def _key(self, credentials: Credentials, salt: bytes) -> bytes:
        if (credentials, salt) not in self._keys:
            self._keys = {(credentials, salt): base64.urlsafe_b64encode(credentials.key(salt))}
        return self._keys[credentials, salt]


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
