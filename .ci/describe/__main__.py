"""describe [--check]: writes what is generated from the code, or says which of it is not as the code has it.

functions/page/openapi.json, and in template.yaml the schemas of the events.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "shared"))

from event_schemas import in_template  # noqa: E402 - what these import is on the path of just above
from openapi import openapi  # noqa: E402

OPENAPI = ROOT / "functions/page/openapi.json"
TEMPLATE = ROOT / "template.yaml"


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare; the exit status."""
    wanted = {
        OPENAPI: json.dumps(openapi(ROOT / "functions"), indent=1, ensure_ascii=False) + "\n",
        TEMPLATE: in_template(TEMPLATE.read_text("utf-8")),
    }
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        if "--check" in arguments:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not what the code says: run `make describe`\n")
        else:
            path.write_text(wanted[path], "utf-8")
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
