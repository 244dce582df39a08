"""What `make run` reads from the environment, checked before anything starts."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any

from tests.harness.template import ROOT, Template

PORTS = {"PORT": 3000, "AWS_PORT": 3001, "YTEL_PORT": 3002}
RUNTIMES = ("source", "lambda")


class OptionError(Exception):
    """A variable is missing or malformed; the text is one line that names it."""


@dataclass(frozen=True)
class Options:
    """The ports by variable, the runtime's name, and every variable for the functions to find their settings in."""

    ports: Mapping[str, int]
    runtime: str
    env: Mapping[str, str]


def read(environ: Mapping[str, str]) -> Options:
    """The options in `environ`, where an empty variable counts as missing. Raises OptionError."""
    env = {name: value for name, value in environ.items() if value.strip()}
    ports = {name: _port(name, env.get(name, str(default))) for name, default in PORTS.items()}
    runtime = env.get("RUNTIME", "source")
    if runtime not in RUNTIMES:
        raise OptionError(f"RUNTIME is {runtime!r}: {' or '.join(RUNTIMES)} is wanted")
    own = "YTEL_API_URL" not in env
    fake = f"http://127.0.0.1:{ports['YTEL_PORT']}"
    _check_settings({"YTEL_API_URL": fake, "YTEL_USERS_URL": fake, **env} if own else env)
    if "API_CLIENTS" in env:
        _check_clients(env["API_CLIENTS"])
    return Options(ports, runtime, env)


def _port(name: str, text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and int(text) < 65536):
        raise OptionError(f"{name} is {text!r}: a port, a number up to 65535, is wanted")
    return int(text)


def _product() -> None:
    layer = str(ROOT / "shared")
    if layer not in sys.path:
        sys.path.append(layer)


def _check_settings(env: Mapping[str, str]) -> None:
    """Load every class of settings there is from all that the functions get."""
    _product()
    from supervision.base import settings

    declared: dict[str, str] = {}
    for function in Template(settings=env).functions.values():
        declared.update(function.environment)
    for one in vars(settings).values():
        if isinstance(one, type) and is_dataclass(one):
            try:
                settings.load(one, declared)
            except settings.SettingError as error:
                raise OptionError(str(error)) from None


def _check_clients(text: str) -> None:
    """The functions leave a malformed client out and go on; here it is told at once."""
    try:
        entries: Any = json.loads(text)
    except ValueError as error:
        raise OptionError(f"setting API_CLIENTS is malformed: it is not JSON ({error})") from None
    if not isinstance(entries, dict) or not all(isinstance(one, dict) for one in entries.values()):
        raise OptionError('setting API_CLIENTS is malformed: {"name": {"key": "…", "scopes": ["…"]}} is wanted')
    _product()
    from supervision.table import clients

    for name, entry in entries.items():
        try:
            clients._client(name, entry)
        except ValueError as error:
            raise OptionError(f"setting API_CLIENTS is malformed: {name}: {error}") from None
