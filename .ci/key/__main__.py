"""Makes a key for a client of the API, and keeps the clients' secret.

    make key NAME=crm SCOPES="calls:read calls:listen"     a new client's entry, to put into the secret by hand
    make key NAME=crm SCOPES="calls:read" SECRET=…         the same, put into the secret (its name or ARN)
    make key NAME=crm SECRET=…                             one key more for a client, beside those it has
    make key NAME=crm SECRET=… WITHDRAW=old                all but its newest key are withdrawn
    make key NAME=crm SECRET=… WITHDRAW=all                the client is withdrawn

The key is printed once, alone, on the standard output. Keys come into force, and go out of it, within five minutes.
"""

import argparse
import json
import secrets
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from supervision.base import aws
from supervision.rules.scopes import SCOPES
from supervision.table.clients import read_clients, read_entries

NEW_KEY_BYTES = 32


def main() -> None:
    """Reads the command line, and ends with one line where it cannot be done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--scopes", nargs="*", choices=sorted(SCOPES), metavar="SCOPE", help=", ".join(sorted(SCOPES)))
    parser.add_argument("--secret", help="name or ARN of the clients' secret")
    parser.add_argument("--withdraw", choices=["old", "all"])
    asked = parser.parse_args()
    try:
        _do(asked.name, asked.scopes, asked.secret, asked.withdraw)
    except (ValueError, BotoCoreError, ClientError) as error:
        sys.exit(f"key: {error}")


def _do(name: str, scopes: list[str] | None, secret: str | None, withdraw: str | None) -> None:
    if not secret:
        if withdraw or not scopes:
            raise ValueError("give SCOPES for a new client, or SECRET for one that exists")
        fresh, key = _with_new_key({}, scopes)
        _tell(key, f'put this into the clients\' secret: "{name}": {json.dumps(fresh)}')
        return
    vault = aws.client("secretsmanager")
    clients = read_entries(vault.get_secret_value(SecretId=secret)["SecretString"])
    if clients.twice:
        raise ValueError(f"named twice in the secret, which would lose one: {', '.join(sorted(clients.twice))}")
    entry, key = clients.get(name, {}), ""
    if withdraw and not entry:
        raise ValueError(f"there is no client {name}")
    if withdraw == "all":
        del clients[name]
    elif withdraw == "old":
        clients[name] = {"key": _keys(entry)[-1], **_without_keys(entry)}
    elif not entry and not scopes:
        raise ValueError(f"{name} is a new client: give its SCOPES")
    else:
        clients[name], key = _with_new_key(entry, scopes)
    if name in clients and name not in read_clients(json.dumps(clients)).callers:
        raise ValueError("this would leave the client unusable; nothing was changed")
    vault.put_secret_value(SecretId=secret, SecretString=json.dumps(clients))
    left = len(_keys(clients[name])) if name in clients else 0
    _tell(key, f"{name} has {left} key{'' if left == 1 else 's'} now; in force within five minutes")


def _with_new_key(entry: dict[str, Any], scopes: list[str] | None) -> tuple[dict[str, Any], str]:
    key = secrets.token_urlsafe(NEW_KEY_BYTES)
    keys = [*_keys(entry), key]
    kept = _without_keys(entry) | ({"scopes": scopes} if scopes else {})
    return ({"key": key} if len(keys) == 1 else {"keys": keys}) | kept, key


def _keys(entry: dict[str, Any]) -> list[str]:
    return [*entry.get("keys", []), *([entry["key"]] if "key" in entry else [])]


def _without_keys(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ("key", "keys")}


def _tell(key: str, what: str) -> None:
    print(what, file=sys.stderr)  # noqa: T201 - a command
    if key:
        print(key)  # noqa: T201 - to be seen this once


if __name__ == "__main__":
    main()
