"""The functions' settings: typed, composed per function from small classes, checked once.

A door names the classes it needs, `@settings_class class Needs(YtelSettings, TableSettings): ...`, and calls
`load(Needs)`. Every field is read from the environment variable of the same name in capitals.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, dataclass_transform

# Ytel's own times, as its documentation of InboundXML's `<Dial>` has them. That the dial of a participant has them too
# is inferred: who answers later is still known as the supervisor for `late_seconds`, and is looked after.
YTEL_RINGS_SECONDS = 60.0
YTEL_LONGEST_CALL_SECONDS = 14_400.0


class SettingError(Exception):
    """A setting is missing or malformed; the text is one line that names it. Raised by `load` alone."""


def load[S](wanted: type[S], environ: Mapping[str, str] = os.environ) -> S:
    """The settings `wanted` declares, read from `environ`.

    An empty variable counts as missing. Raises SettingError for the first one that is missing or malformed.
    """
    values = {}
    for one in fields(wanted):  # type: ignore[arg-type]
        name = one.name.upper()
        raw = environ.get(name, "").strip()
        if raw:
            try:
                values[one.name] = one.metadata["parse"](raw)
            except ValueError as error:
                raise SettingError(f"setting {name} is malformed: {error}") from None
        elif one.default is MISSING:
            raise SettingError(f"setting {name} is missing")
    return wanted(**values)


def _setting(parse: Callable[[str], Any], *, default: Any = MISSING) -> Any:
    return field(default=default, metadata={"parse": parse})


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False, field_specifiers=(_setting,))
def settings_class[S](wanted: type[S]) -> type[S]:
    """Makes a class of settings of `wanted`.

    It is frozen to the type checker alone, and not compared: what that takes at run time is time of every cold start.
    """
    return dataclass(kw_only=True, eq=False, repr=False)(wanted)


def _url(raw: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", raw):
        raise ValueError("an http or https URL is wanted")
    return raw.rstrip("/")


def _users_url(raw: str) -> str:
    if re.findall(r"\{.*?\}", _url(raw)) not in ([], ["{accountId}"]):
        raise ValueError("an http or https URL is wanted, with no placeholder but {accountId}")
    return raw  # its last slash included


def _issuer(raw: str) -> str:
    _url(raw)
    return raw  # tokens name it to the letter, its last slash included


def _seconds(raw: str) -> float:
    try:
        value = float(raw)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ValueError("a number of seconds above 0 is wanted")
    return value


def _whole(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and int(raw) > 0):
        raise ValueError("a whole number above 0 is wanted")
    return int(raw)


def _flag(raw: str) -> bool:
    if raw.lower() not in ("true", "false"):
        raise ValueError("true or false is wanted")
    return raw.lower() == "true"


def _regions(raw: str) -> tuple[str, ...]:
    regions = tuple(part.strip() for part in raw.split(","))
    if not all(re.fullmatch(r"[A-Z]{2}", region) for region in regions):
        raise ValueError("ISO regions are wanted, such as US,CA")
    return regions


def _hangup_route(raw: str) -> tuple[str, str]:
    example = "DELETE /conference/{confId}/participant/{memberId}"
    return _route(raw, ("DELETE", "POST", "PUT", "PATCH"), ("{confId}", "{memberId}"), example)


def _contact_route(raw: str) -> tuple[str, str]:
    return _route(raw, ("GET",), ("{contactId}",), "GET /contact/{contactId}/")


def _conference_route(raw: str) -> tuple[str, str]:
    return _route(raw, ("GET",), ("{confId}",), "GET /conference/{confId}")


def _route(raw: str, methods: tuple[str, ...], names: tuple[str, ...], example: str) -> tuple[str, str]:
    method, _, path = raw.partition(" ")
    if method not in methods or not path.startswith("/"):
        raise ValueError(f"a method and a path are wanted, such as {example}")
    for name in names:
        if name not in path:
            raise ValueError(f"{name} is wanted in the path")
    return method, path


def _switch(raw: str) -> bool:
    if raw.lower() not in ("on", "off"):
        raise ValueError("on or off is wanted")
    return raw.lower() == "on"


def _sources(raw: str) -> str:
    if raw not in ("any", "listed"):
        raise ValueError("any or listed is wanted")
    return raw


def _origins(raw: str) -> tuple[str, ...]:
    origins = () if raw.lower() == "none" else tuple(raw.split())
    if not all(re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin) for origin in origins):
        raise ValueError("none, or origins such as https://crm.example.com, separated by spaces, are wanted")
    return origins


@settings_class
class ClientsSettings:
    """The secret with the clients."""

    api_clients_secret: str = _setting(str)


@settings_class
class AuthSettings(ClientsSettings):
    """Who may use the API: the clients and, where both are set, an issuer of JWTs and its audience.

    The issuer's keys are found by OpenID discovery, unless `jwt_jwks_url` says where they are.
    """

    jwt_issuer: str = _setting(_issuer, default="")
    jwt_audience: str = _setting(str, default="")
    jwt_jwks_url: str = _setting(_url, default="")


@settings_class
class TableSettings:
    """The project's one table."""

    table_name: str = _setting(str)
    audit_days: int = _setting(_whole, default=400)


@settings_class
class BusSettings:
    """Where events go."""

    event_bus_name: str = _setting(str)


@settings_class
class YtelSettings:
    """How Ytel is reached, and whether for contacts too.

    `ytel_timeout_seconds` is for connecting and for reading, per request. Without `ytel_conference_route` one
    conference is found by walking the list of all.
    """

    ytel_api_url: str = _setting(_url, default="https://api.ytel.com/api/v4")
    ytel_users_url: str = _setting(_users_url, default="https://api.ytel.com/ams/v2/accounts/users/{accountId}/")
    ytel_token_secret: str = _setting(str)
    ytel_session_secret: str = _setting(str)
    ytel_hangup_route: tuple[str, str] = _setting(
        _hangup_route, default=("DELETE", "/conference/{confId}/participant/{memberId}")
    )
    ytel_conference_route: tuple[str, str] | None = _setting(_conference_route, default=None)
    ytel_contact_route: tuple[str, str] = _setting(_contact_route, default=("GET", "/contact/{contactId}/"))
    contacts: bool = _setting(_switch, default=False)
    ytel_timeout_seconds: float = _setting(_seconds, default=5.0)


@settings_class
class FloorSettings:
    """How old what is held may be, in seconds, how often single calls are read, and what the guard does."""

    calls_max_age_seconds: float = _setting(_seconds, default=2.0)
    calls_max_stale_seconds: float = _setting(_seconds, default=30.0)
    users_max_age_seconds: float = _setting(_seconds, default=300.0)
    drop_exposed: bool = _setting(_flag, default=True)
    reads_per_minute: int = _setting(_whole, default=600)
    ring_seconds: float = _setting(_seconds, default=YTEL_RINGS_SECONDS + 30.0)
    late_seconds: float = _setting(_seconds, default=600.0)
    confirm_seconds: float = _setting(_seconds, default=5.0)


@settings_class
class DialSettings:
    """Whom a supervisor's request may dial, how often, and how."""

    dial_regions: tuple[str, ...] = _setting(_regions, default=("US", "CA"))
    dials_per_minute: int = _setting(_whole, default=300)
    listen_mute: bool = _setting(_flag, default=False)
    max_seconds: float = _setting(_seconds, default=YTEL_LONGEST_CALL_SECONDS)


@settings_class
class RequestSettings(ClientsSettings):
    """How old a request from the bus may be, in seconds, and whether any source is heard or those of clients alone."""

    bus_sources: str = _setting(_sources, default="any")
    request_max_age_seconds: float = _setting(_seconds, default=900.0)


@settings_class
class WatchSettings:
    """What the watcher tells, and how often it looks, in seconds."""

    long_call_seconds: float = _setting(_seconds, default=1200.0)
    watch_interval_seconds: float = _setting(_seconds, default=10.0)


@settings_class
class LooksSettings:
    """The queue whose messages have the watcher look."""

    looks_queue_url: str = _setting(str)


@settings_class
class NudgeSettings:
    """The queue whose messages have the watcher dial for follows; empty where this function tells it nothing."""

    follow_queue_url: str = _setting(str, default="")


@settings_class
class PageSettings:
    """The sites that may embed the page, and hand it a key."""

    embedded_by: tuple[str, ...] = _setting(_origins, default=())
