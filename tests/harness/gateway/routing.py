"""Which route a request takes, as API Gateway decides it for an HTTP API."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from tests.harness.parts import Route

_LITERAL, _VARIABLE, _GREEDY = range(3)


class Router:
    """The most specific path wins (literal, variable, `{proxy+}`, `$default`); of equal paths, a method before ANY."""

    def __init__(self, routes: Iterable[Route]) -> None:
        ranked = sorted(routes, key=_rank)
        self._routes = [(route, _expression(route)) for route in ranked]

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and its decoded path parameters, or None where there is none."""
        for route, expression in self._routes:
            if route.method not in (method, "ANY", None):
                continue
            if found := expression.fullmatch(path):
                # Named by position: a parameter's name need not be one that a group may have.
                names = re.findall(r"{([^}]+?)\+?}", route.path or "")
                return route, {name: unquote(value) for name, value in zip(names, found.groups(), strict=True)}
        return None


def _rank(route: Route) -> tuple[list[int], bool]:
    if route.path is None:
        return [_GREEDY + 1], False
    return [_kind(segment) for segment in route.path.split("/")[1:]], route.method == "ANY"


def _kind(segment: str) -> int:
    if segment.startswith("{"):
        return _GREEDY if segment.endswith("+}") else _VARIABLE
    return _LITERAL


def _expression(route: Route) -> re.Pattern[str]:
    if route.path is None:
        return re.compile(".*", re.DOTALL)
    patterns = {_VARIABLE: "([^/]+)", _GREEDY: "(.+)"}
    segments = route.path.split("/")
    return re.compile("/".join(patterns.get(_kind(one)) or re.escape(one) for one in segments), re.DOTALL)
