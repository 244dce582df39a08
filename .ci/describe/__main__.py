"""describe [--check]: writes what is generated from the code, or says which of it is not as the code has it.

functions/page/openapi.json and asyncapi.json, and in template.yaml the schemas of the events.
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft7Validator

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "shared"))

from asyncapi import asyncapi  # noqa: E402 - what these import is on the path of just above
from event_schemas import in_template  # noqa: E402
from openapi import openapi  # noqa: E402
from shapes import Json  # noqa: E402

OPENAPI = ROOT / "functions/page/openapi.json"
ASYNCAPI = ROOT / "functions/page/asyncapi.json"
TEMPLATE = ROOT / "template.yaml"


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare; the exit status."""
    wanted = {
        OPENAPI: _text(openapi(ROOT / "functions")),
        ASYNCAPI: _text(asyncapi()),
        TEMPLATE: in_template(TEMPLATE.read_text("utf-8")),
    }
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        if "--check" in arguments:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not what the code says: run `make describe`\n")
        else:
            path.write_text(wanted[path], "utf-8")
    if "--check" not in arguments:
        return 0
    # Published by the AsyncAPI initiative; see tests/contract/test_asyncapi.py.
    published = json.loads((ROOT / "tests/contract/samples/asyncapi-3.0.0.json").read_text("utf-8"))
    wrong = [one.message for one in Draft7Validator(published).iter_errors(asyncapi())]
    sys.stderr.writelines(f"{ASYNCAPI.relative_to(ROOT)} is no AsyncAPI 3: {message[:200]}\n" for message in wrong)
    return 1 if changed or wrong else 0


def _text(document: Json) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
