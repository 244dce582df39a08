"""The page's files, each served under a name that holds a hash of its content."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

_NAMED = r'(?<=["\']\./)[\w-]+\.(?:js|css|svg)(?=["\'])'


@dataclass(frozen=True, slots=True)
class File:
    """What is served: text, its media type, and a tag of its content."""

    text: str
    media_type: str
    tag: str


class Assets:
    """A folder of scripts and styles that name each other as `./other.js`.

    A file's served name covers what it imports too, so that a change reaches a browser which holds the rest for ever.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = {}
        self._named_by: dict[str, list[str]] = {}
        self.served: dict[str, File] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in MEDIA_TYPES:
                self.name(path.name)

    def name(self, plain: str) -> str:
        """The name `plain` is served under. Raises FileNotFoundError for a file that is not there."""
        if plain not in self._names:
            path = self._folder / plain
            text = path.read_text("utf-8")
            self._named_by[plain] = re.findall(_NAMED, text)
            text = re.sub(_NAMED, lambda found: self.name(found[0]), text)
            tag = hashlib.sha256(text.encode()).hexdigest()[:16]
            self._names[plain] = f"{path.stem}.{tag}{path.suffix}"
            self.served[self._names[plain]] = File(text, MEDIA_TYPES[path.suffix], tag)
        return self._names[plain]

    def modules(self, main: str) -> list[str]:
        """The served names of a script and of all that it imports, for a page that wants them at once."""
        found = [main]
        for plain in found:
            found += [name for name in self._named_by[plain] if name.endswith(".js") and name not in found]
        return [self._names[plain] for plain in found]

    def document(self, path: Path, **values: str) -> File:
        """An HTML file with its `./assets/…` names made real and each `{{name}}` replaced by the value given."""
        text = re.sub(
            r"(?<=\./assets/)[\w-]+\.(?:js|css|svg)\b", lambda found: self.name(found[0]), path.read_text("utf-8")
        )
        for name, value in values.items():
            text = text.replace("{{" + name + "}}", value)
        return File(text, "text/html; charset=utf-8", hashlib.sha256(text.encode()).hexdigest()[:16])
