"""Who may use the API: the clients in the secret.

The secret is one JSON object: `{"crm": {"key": "…", "scopes": ["calls:read", …]}, …}`. `keys` in place of `key` holds
several, so that one can be rotated. `agents` binds the client to the agents (client ids) it may supervise, `phones` to
the phones it may dial; where they are left out, there is no such bound.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from supervision.base.observability import logger
from supervision.rules.caller import Caller
from supervision.rules.scopes import SCOPES

# A bound with nothing in it. The context is text and empty text is "not bound"; no agent or phone is written so.
_NOBODY = "-"


@dataclass(frozen=True)
class Clients:
    """The clients of one text of the secret. Keys are held as their hashes."""

    callers: Mapping[str, Caller]
    _keys: tuple[tuple[bytes, Caller], ...] = field(repr=False)

    def holder(self, key: str) -> Caller | None:
        """Whose key it is. Every key is compared, so that the time tells nothing."""
        given = _digest(key)
        found = None
        for held, caller in self._keys:
            if hmac.compare_digest(held, given):
                found = caller
        return found


def read_clients(text: str) -> Clients:
    """The clients in `text`. An entry that is malformed is left out and logged, and hides no other.

    Raises ValueError where the whole is no JSON object.
    """
    entries = json.loads(text)
    if not isinstance(entries, dict):
        raise ValueError("a JSON object of clients is wanted")
    callers: dict[str, Caller] = {}
    keys: dict[bytes, Caller] = {}
    for name, entry in entries.items():
        try:
            caller, own = _client(name, entry)
            if any(key in keys for key in own):
                raise ValueError("its key is another client's too")
        except ValueError as error:
            logger.error("a client is left out", entry=name[:64], why=str(error))
            continue
        callers[name] = caller
        keys |= dict.fromkeys(own, caller)
    return Clients(callers, tuple(keys.items()))


def _client(name: str, entry: object) -> tuple[Caller, list[bytes]]:
    if not name.strip() or len(name) > 64 or not name.isprintable():
        raise ValueError("its name must be 1 to 64 printable characters")
    if not isinstance(entry, dict):
        raise ValueError("an object is wanted")
    if not entry.keys() <= {"key", "keys", "scopes", "agents", "phones"}:  # a bound misspelt is no bound
        raise ValueError("fields other than key, keys, scopes, agents and phones mean nothing")
    own = [*_words(entry, "keys")] if "keys" in entry else []
    own += [entry["key"]] if "key" in entry else []
    if not own or not all(isinstance(key, str) and key.isascii() and key.isprintable() for key in own):
        raise ValueError("key, or keys, of printable ASCII are wanted")
    if any(not key or " " in key for key in own):
        raise ValueError("a key is empty or has a space in it")
    scopes = _words(entry, "scopes")
    if not scopes <= SCOPES:
        raise ValueError(f"its scopes must be of {', '.join(sorted(SCOPES))}")
    agents, phones = (_words(entry, bound) or {_NOBODY} if bound in entry else () for bound in ("agents", "phones"))
    return Caller(name, frozenset(scopes), frozenset(agents), frozenset(phones)), [_digest(key) for key in own]


def _words(entry: Mapping[str, object], name: str) -> set[str]:
    value = entry.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError(f"{name} must be a list of texts")
    words = {"".join(one.split()) if name == "phones" else one for one in value}
    if any(len(one.split()) > 1 for one in words):
        raise ValueError(f"{name} must be texts without spaces")
    return words


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
