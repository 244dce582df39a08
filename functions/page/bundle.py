"""One script of many: the page's modules, each in a scope of its own, in the order in which they need each other.

A module may import names of its neighbours (`import { a, b as c } from "./other.js";`) and export functions, classes
and constants where they are defined. That is all this reads of JavaScript; anything else stays as it is.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.MULTILINE)
_SIDE_EFFECT = re.compile(r'^import "\./([\w-]+)\.js";\n', re.MULTILINE)


def bundle(folder: Path, *entries: str) -> str:
    """The text of a script that does what loading the modules `entries` in turn would.

    Raises ValueError for modules that import each other in a circle.
    """
    done: dict[str, str] = {}
    for entry in entries:
        _add(folder, entry, done, ())
    return "".join(done.values())


def _add(folder: Path, name: str, done: dict[str, str], path: tuple[str, ...]) -> None:
    if name in path:
        raise ValueError(f"modules import each other: {' -> '.join((*path, name))}")
    if name in done:
        return
    text = (folder / f"{name}.js").read_text("utf-8")
    for other in (*(found[2] for found in _IMPORT.finditer(text)), *_SIDE_EFFECT.findall(text)):
        _add(folder, other, done, (*path, name))
    exported = ", ".join(found[2] for found in _EXPORT.finditer(text))
    text = _IMPORT.sub(lambda found: f"const {{{found[1].replace(' as ', ': ')}}} = {_scope(found[2])};\n", text)
    text = _EXPORT.sub(r"\1 \2", _SIDE_EFFECT.sub("", text))
    done[name] = f"const {_scope(name)} = (() => {{\n{text}return {{ {exported} }};\n}})();\n"


def _scope(name: str) -> str:
    return f"module_{name.replace('-', '_')}"
