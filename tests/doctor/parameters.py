"""The settings that fit the account, to be pasted: for `make run`, and for a deployment."""

import re
import shlex
from collections.abc import Iterator

from supervision.base.settings import YtelSettings
from tests.doctor.routes import CONFERENCE, FoundRoutes
from tests.doctor.users import FoundUsers


def parameters(settings: YtelSettings, users: FoundUsers, routes: FoundRoutes) -> Iterator[str]:
    """The settings, as lines of a shell. The token is none of them."""
    found = {"YTEL_API_URL": settings.ytel_api_url, "YTEL_USERS_URL": users.url}
    if routes.conference:
        found["YTEL_CONFERENCE_ROUTE"] = CONFERENCE
    lines = [f"{name}={_quoted(value)}" for name, value in found.items()]
    yield "# What fits this account. To run it here, with YTEL_TOKEN set:"
    yield " ".join([*lines, "make run"])
    yield "# The same, a line each:"
    yield from lines
    if routes.contact:
        yield "# CONTACTS=on (Contacts=on) works too, and shows customers' names."
    yield "# For a deployment, among the parameter_overrides in samconfig.toml:"
    yield from (f"{_parameter(name)}={_quoted(value)}" for name, value in found.items())


def _quoted(value: str) -> str:
    # No shell expands braces around a single word.
    return value if re.fullmatch(r"[\w@%+=:,./{}-]+", value, re.ASCII) else shlex.quote(value)


def _parameter(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
