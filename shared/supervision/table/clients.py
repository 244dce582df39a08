"""Who may use the API: the clients in the secret.

The secret is one JSON object: `{"crm": {"key": "…", "scopes": ["calls:read", …]}, …}`. A key has at least 16
characters. `keys` in place of `key` holds several, so that one can be rotated. `agents` binds the client to the agents
(client ids) it may supervise, `phones` to the phones it may dial; where they are left out, there is no such bound.
`source` is the source of the bus whose requests are the client's; a client with one needs no key.
An entry that is malformed, or whose name or one of whose fields stands there twice, lets nobody in.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from supervision.base.observability import logger
from supervision.rules.caller import PERSON, SOURCE, Caller
from supervision.rules.scopes import SCOPES
from supervision.table.secret import Secret

# A bound with nothing in it. The context is text and empty text is "not bound"; no agent or phone is written so.
_NOBODY = "-"
# What is shorter is guessed too soon.
SHORTEST_KEY = 16
# With the gateway's own minute, a withdrawn key is out in less than five even while the secret cannot be read.
MAX_AGE = 60.0
MAX_STALE = 180.0


@dataclass(frozen=True)
class Clients:
    """The clients of one text of the secret. Keys are held as their hashes."""

    callers: Mapping[str, Caller]
    sources: Mapping[str, Caller]
    _keys: tuple[tuple[bytes, Caller], ...] = field(repr=False)

    def holder(self, key: str) -> Caller | None:
        """Whose key it is. Every key is compared, so that the time tells nothing."""
        given = _digest(key)
        found = None
        for held, caller in self._keys:
            if hmac.compare_digest(held, given):
                found = caller
        return found


class KnownClients:
    """The clients of a secret, as they are now; while its text is no JSON, as they were before."""

    def __init__(self, name: str) -> None:
        self._secret = Secret(name, max_age=MAX_AGE, max_stale=MAX_STALE)
        self._text: str | None = None
        self._clients: Clients | None = None

    def current(self) -> Clients:
        """The clients. Raises SecretUnavailable; ValueError where the text is no JSON, and none was before."""
        text = self._secret.get()
        if text != self._text or self._clients is None:
            try:
                self._clients = read_clients(text)
            except ValueError as error:
                logger.error("the clients' secret cannot be read", why=str(error))
                if self._clients is None:
                    raise
            self._text = text
        return self._clients


class Entries(dict[str, Any]):
    """A JSON object, and the names that stand in it twice."""

    twice: frozenset[str] = frozenset()

    @classmethod
    def of_pairs(cls, pairs: list[tuple[str, Any]]) -> "Entries":
        """The object of these names and values, the last of several."""
        entries = cls(pairs)
        names = [name for name, _ in pairs]
        entries.twice = (
            frozenset(name for name in entries if names.count(name) > 1) if len(entries) < len(names) else cls.twice
        )
        return entries


def read_entries(text: str) -> Entries:
    """The entries in `text`, by name. Raises ValueError where the whole is no JSON object."""
    try:
        entries = json.loads(text, object_pairs_hook=Entries.of_pairs)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(entries, Entries):
        raise ValueError("a JSON object of clients is wanted")
    return entries


def _log(name: str, why: str) -> None:
    logger.error("a client is left out", entry=name[:64], why=why)


def read_clients(text: str, left_out: Callable[[str, str], None] = _log) -> Clients:
    """The clients in `text`. An entry that is malformed is left out and hides no other.

    `left_out` is called with its name and why; it is logged unless that is given. Raises ValueError where the whole is
    no JSON object.
    """
    entries = read_entries(text)
    callers: dict[str, Caller] = {}
    keys: dict[bytes, Caller] = {}
    sources: dict[str, Caller] = {}
    for name, entry in entries.items():
        try:
            if name in entries.twice:
                raise ValueError("it is named twice")
            caller, own, source = _client(name, entry)
            if any(key in keys for key in own):
                raise ValueError("its key is another client's too")
            if source in sources:
                raise ValueError("its source is another client's too")
        except ValueError as error:
            left_out(name, str(error))
            continue
        callers[name] = caller
        keys |= dict.fromkeys(own, caller)
        if source is not None:
            sources[source] = caller
    return Clients(callers, sources, tuple(keys.items()))


def _client(name: str, entry: object) -> tuple[Caller, list[bytes], str | None]:
    if not name.strip() or len(name) > 64 or not name.isprintable():
        raise ValueError("its name must be 1 to 64 printable characters")
    if name.casefold().startswith((SOURCE, PERSON)):
        raise ValueError(f"no client's name may begin with {SOURCE} or {PERSON}")
    if not isinstance(entry, Entries):
        raise ValueError("an object is wanted")
    if entry.twice:
        raise ValueError("one of its fields is given twice")
    if not entry.keys() <= {"key", "keys", "scopes", "agents", "phones", "source"}:  # a bound misspelt is no bound
        raise ValueError("fields other than key, keys, scopes, agents, phones and source mean nothing")
    own = [*_words(entry, "keys")] if "keys" in entry else []
    own += [entry["key"]] if "key" in entry else []
    source = entry.get("source")
    if "source" in entry and not (isinstance(source, str) and 0 < len(source) <= 256 and source.isprintable()):
        raise ValueError("source must be a text of 1 to 256 printable characters")
    if (not own and source is None) or not all(
        isinstance(key, str) and key.isascii() and key.isprintable() for key in own
    ):
        raise ValueError("key, or keys, of printable ASCII are wanted")
    if any(not key or " " in key for key in own):
        raise ValueError("a key is empty or has a space in it")
    if any(len(key) < SHORTEST_KEY for key in own):
        raise ValueError(f"a key has fewer than {SHORTEST_KEY} characters")
    scopes = _words(entry, "scopes")
    if not scopes <= SCOPES:
        raise ValueError(f"its scopes must be of {', '.join(sorted(SCOPES))}")
    agents, phones = (_words(entry, bound) or {_NOBODY} if bound in entry else () for bound in ("agents", "phones"))
    return Caller(name, frozenset(scopes), frozenset(agents), frozenset(phones)), [_digest(key) for key in own], source


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
