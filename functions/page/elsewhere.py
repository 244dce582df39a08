"""What no route takes: a path that is not there, or a method that the path does not know."""

import json
import re
from collections.abc import Iterable
from pathlib import Path


class Described:
    """The methods of each path, as the API's description names them."""

    def __init__(self, description: Path) -> None:
        paths = json.loads(description.read_bytes())["paths"] if description.is_file() else {}
        self._methods = {_expression(path): sorted(one.upper() for one in methods) for path, methods in paths.items()}

    def methods(self, path: str) -> Iterable[str]:
        """Those that `path` knows, by their names in capitals; none where there is no such path."""
        return next((methods for one, methods in self._methods.items() if one.fullmatch(path)), ())


def _expression(path: str) -> re.Pattern[str]:
    # /calls/{confId}/plan
    literals = re.split(r"{[^}]+}", path)
    return re.compile("[^/]+".join(re.escape(one) for one in literals))
