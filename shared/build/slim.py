"""Takes out of a group's dependencies what no function uses: `python slim.py <group> <folder they are installed in>`.

Less to download and to read at a cold start. A path named here that is not there stops the build: after an update of
a dependency, look again at what it brings.
"""

import ast
import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

# The AWS services the functions talk to; botocore knows some 400, and looks through all of them for each client.
SERVICES = ("dynamodb", "events", "secretsmanager", "sqs")

UNUSED_BY_THE_AUTHORIZER = (
    "bin",  # commands
    "cffi",  # writes bindings in C; cryptography needs its _cffi_backend alone
    "pycparser",  # cffi's
)
UNUSED = (
    "bin",  # commands
    "boto3/data",  # boto3's resources; we use clients
    "boto3/examples",
    "certifi/tests",
    "msgspec/_json_schema.py",
    "msgspec/inspect.py",
    "msgspec/msgpack.py",
    "msgspec/toml.py",
    "msgspec/yaml.py",
    "phonenumbers/carrier.py",  # names of carriers, places and time zones
    "phonenumbers/carrierdata",
    "phonenumbers/geocoder.py",
    "phonenumbers/geodata",
    "phonenumbers/timezone.py",
    "phonenumbers/tzdata",
    "pydantic/v1",  # the old pydantic
)
# What is left of the imports of these packages of Powertools', each of which imports all of its parts at once.
POWERTOOLS = {
    "event_handler": {"api_gateway"},
    "utilities/data_classes": {
        "alb_event",
        "api_gateway_proxy_event",
        "bedrock_agent_event",
        "lambda_function_url_event",
        "vpc_lattice",
    },
}
# What installers and type checkers read. No package of ours asks for its version or its plugins at run time.
UNUSED_EVERYWHERE = ("*.dist-info", "*.pyi", "py.typed", ".lock")


def main(group: str, folder: Path) -> None:
    """Slim `folder`, which holds the packages of `group`, in place."""
    for path in UNUSED if group == "layer" else UNUSED_BY_THE_AUTHORIZER:
        _remove(folder / path)
    for pattern in UNUSED_EVERYWHERE:
        for found in list(folder.rglob(pattern)):
            _remove(found)
    if group == "layer":
        _slim_layer(folder)


def _slim_layer(folder: Path) -> None:
    _slim_botocore(folder / "botocore" / "data")
    _slim_msgspec(folder / "msgspec")
    _slim_powertools(folder / "aws_lambda_powertools")


def _slim_botocore(data: Path) -> None:
    for service in data.iterdir():
        if service.is_dir() and service.name not in SERVICES:
            _remove(service)
    for name in SERVICES:
        *older, newest = sorted((data / name).iterdir())
        for version in older:
            _remove(version)
        for example in newest.glob("examples-*"):
            _remove(example)
        for model in newest.glob("*.json.gz"):
            _write(model.with_suffix(""), _without_documentation(json.loads(gzip.decompress(model.read_bytes()))))
            _remove(model)
    endpoints = json.loads((data / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in SERVICES}
    _write(data / "endpoints.json", endpoints)


def _slim_msgspec(package: Path) -> None:
    """Leaves its JSON and its structs: it imports all of its parts at once, for 10 ms of a cold start instead of 3."""
    for name, imports, instead in (
        ("__init__.py", "from . import inspect, json, msgpack, structs, toml, yaml\n", "from . import json, structs\n"),
        ("json.py", "from ._json_schema import schema, schema_components\n", ""),
    ):
        before = (package / name).read_text()
        if imports not in before:
            raise SystemExit(f"msgspec/{name} imports its parts in another way than it did")
        _replace(package / name, before.replace(imports, instead))


def _slim_powertools(package: Path) -> None:
    """Leaves what the resolver of HTTP APIs imports: with the other resolvers and events, asyncio is imported too."""
    for name, wanted in POWERTOOLS.items():
        init = package / name / "__init__.py"
        imports = [one for one in ast.parse(init.read_text()).body if isinstance(one, ast.ImportFrom) and one.module]
        kept = [one for one in imports if (one.module or "").rpartition(".")[2] in wanted]
        if len(kept) != len(wanted):
            raise SystemExit(f"{init} imports its parts in another way than it did")
        _replace(init, "\n".join(map(ast.unparse, kept)) + "\n")


def _without_documentation(model: Any) -> Any:
    if isinstance(model, dict):
        return {
            key: _without_documentation(value)
            for key, value in model.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    return [_without_documentation(one) for one in model] if isinstance(model, list) else model


def _write(path: Path, document: Any) -> None:
    _replace(path, json.dumps(document, separators=(",", ":")))


def _replace(path: Path, text: str) -> None:
    # A file of its own: the installer may have linked the one that was here to its cache.
    path.unlink(missing_ok=True)
    path.write_text(text)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
