"""What `make run` reads from the environment, checked before anything starts."""

import difflib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass

from tests.harness.template import ROOT, Template

PORTS = {"PORT": 3000, "AWS_PORT": 3001, "YTEL_PORT": 3002}
RUNTIMES = ("source", "lambda")
# How alike a name and a setting's must be for the one to be taken for the other, misspelt.
ALIKE = 0.9


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
    _check_names(env)
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


def _check_names(env: Mapping[str, str]) -> None:
    """A variable that is nearly a setting would be silently nothing."""
    template = Template()
    settings = {name for one in template.functions.values() for name in one.environment} | template.parameters.keys()
    known = {*settings, *PORTS, "RUNTIME", "API_CLIENTS", "YTEL_TOKEN"}
    for name in sorted(env.keys() - known):
        if meant := difflib.get_close_matches(name, known, n=1, cutoff=ALIKE):
            raise OptionError(f"{name} is no setting: {meant[0]} is wanted, or another name")
    for name, parameter in template.parameters.items():
        allowed = template.allowed(parameter)
        if name in env and allowed and env[name] not in map(str, allowed):
            raise OptionError(f"setting {name} is {env[name]!r}: {' or '.join(map(str, allowed))} is wanted")


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
    _product()
    from supervision.table import clients

    def tell(name: str, why: str) -> None:
        raise OptionError(f"setting API_CLIENTS is malformed: {name}: {why}")

    try:
        clients.read_clients(text, tell)
    except ValueError as error:
        wanted = '{"name": {"key": "…", "scopes": ["…"]}}'
        raise OptionError(f"setting API_CLIENTS is malformed: {error}; {wanted} is wanted") from None
