"""The one token that all functions share, in the table, and the lease under which one of them makes the next.

It is shared since it is not known whether a second log-in at Ytel ends the first one's token. It is sealed under a key
that only the credentials give: whoever reads the table or a backup of it learns nothing.
"""

import base64
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Self, cast
from uuid import uuid4

from supervision.base import aws, clock
from supervision.base.problems import YtelRejected

# Refused credentials are left alone for this long, by every function: log-ins that fail lock accounts.
REFUSED_MS = 60_000
_SESSION = {"pk": {"S": "TOKEN"}, "sk": {"S": "SESSION"}}
_LEASE = {"pk": {"S": "TOKEN"}, "sk": {"S": "LEASE"}}


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
    refresh: str = field(repr=False, default="")

    def is_due(self, now: int) -> bool:
        """Whether it is to be replaced."""
        return 0 < self.renew_at <= now


class SessionTable:
    """Where the session and its lease are kept."""

    def __init__(self, table: str, lease_ms: int) -> None:
        self._table = table
        self._lease_ms = lease_ms
        self._keys: dict[tuple[Credentials, bytes], bytes] = {}

    def read(self, credentials: Credentials) -> Session | None:
        """The session, where there is one and these credentials open it."""
        from cryptography.fernet import Fernet, InvalidToken

        item = aws.client("dynamodb").get_item(TableName=self._table, Key=_SESSION, ConsistentRead=True).get("Item")
        if not item:
            return None
        try:
            text = Fernet(self._key(credentials, item["salt"]["B"])).decrypt(item["sealed"]["B"])
            return Session(**json.loads(text))
        except (InvalidToken, KeyError, TypeError, ValueError):
            return None

    def write(self, credentials: Credentials, session: Session) -> None:
        """Keep the session, in place of the last one."""
        from cryptography.fernet import Fernet

        salt = os.urandom(16)
        sealed = Fernet(self._key(credentials, salt)).encrypt(json.dumps(asdict(session)).encode())
        aws.client("dynamodb").put_item(
            TableName=self._table, Item={**_SESSION, "salt": {"B": salt}, "sealed": {"B": sealed}}
        )

    def take_lease(self, credentials: Credentials) -> "Lease | None":
        """The right to make the next session, or None while another has it.

        Raises CredentialsRefused where these were refused a moment ago.
        """
        lease = Lease(self._table, uuid4().hex, credentials)
        dynamodb = aws.client("dynamodb")
        now = clock.now_ms()
        try:
            dynamodb.put_item(
                TableName=self._table,
                Item={**_LEASE, "holder": {"S": lease.holder}, "until": {"N": str(now + self._lease_ms)}},
                ConditionExpression=(
                    "attribute_not_exists(pk) OR #until < :now OR (attribute_exists(refused) AND refused <> :mark)"
                ),
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":now": {"N": str(now)}, ":mark": {"B": credentials.mark}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as error:
            if "refused" in cast("dict[str, dict[str, object]]", error.response).get("Item", {}):
                raise CredentialsRefused("Ytel refused the credentials a moment ago.") from None
            return None
        return lease

    def _key(self, credentials: Credentials, salt: bytes) -> bytes:
        if (credentials, salt) not in self._keys:
            self._keys = {(credentials, salt): base64.urlsafe_b64encode(credentials.key(salt))}
        return self._keys[credentials, salt]


@dataclass(frozen=True)
class Lease:
    """Held inside `with`, and given back at its end; kept from the same credentials where they were refused."""

    table: str
    holder: str
    credentials: Credentials

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        dynamodb = aws.client("dynamodb")
        mine = {":mine": {"S": self.holder}}
        try:
            if isinstance(error, CredentialsRefused):
                dynamodb.update_item(
                    TableName=self.table,
                    Key=_LEASE,
                    UpdateExpression="SET #until = :until, refused = :mark",
                    ConditionExpression="holder = :mine",
                    ExpressionAttributeNames={"#until": "until"},
                    ExpressionAttributeValues={
                        **mine,
                        ":until": {"N": str(clock.now_ms() + REFUSED_MS)},
                        ":mark": {"B": self.credentials.mark},
                    },
                )
            else:
                dynamodb.delete_item(
                    TableName=self.table,
                    Key=_LEASE,
                    ConditionExpression="holder = :mine",
                    ExpressionAttributeValues=mine,
                )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            pass  # it ran out, and is another's
