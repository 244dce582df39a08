"""The page's files, each served under a name that holds a hash of its content."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from bundle import bundle

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
        self.served: dict[str, File] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in MEDIA_TYPES:
                self.name(path.name)

    def name(self, plain: str) -> str:
        """The name `plain` is served under. Raises FileNotFoundError for a file that is not there."""
        if plain not in self._names:
            text = (self._folder / plain).read_text("utf-8")
            self._names[plain] = self._serve(plain, re.sub(_NAMED, lambda found: self.name(found[0]), text))
        return self._names[plain]

    def script(self, *entries: str) -> str:
        """The served name of one script made of these modules and of all that they import."""
        return self._serve("page.js", re.sub(_NAMED, lambda found: self.name(found[0]), bundle(self._folder, *entries)))

    def styles(self, *names: str) -> str:
        """The served name of one style sheet made of these, in this order."""
        return self._serve("page.css", "".join((self._folder / name).read_text("utf-8") for name in names))

    def _serve(self, plain: str, text: str) -> str:
        path = Path(plain)
        tag = hashlib.sha256(text.encode()).hexdigest()[:16]
        name = f"{path.stem}.{tag}{path.suffix}"
        self.served[name] = File(text, MEDIA_TYPES[path.suffix], tag)
        return name

    def document(self, path: Path, **values: str) -> File:
        """An HTML file with its `./assets/…` names made real and each `{{name}}` replaced by the value given."""
        text = re.sub(
            r"(?<=\./assets/)[\w-]+\.(?:js|css|svg)\b", lambda found: self.name(found[0]), path.read_text("utf-8")
        )
        for name, value in values.items():
            text = text.replace("{{" + name + "}}", value)
        return File(text, "text/html; charset=utf-8", hashlib.sha256(text.encode()).hexdigest()[:16])
