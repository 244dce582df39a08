"""What the layer is made of, for both processors."""

import importlib.util
import struct
import subprocess
import tomllib

import pytest

from tests.harness import built
from tests.harness.template import ROOT

pytestmark = pytest.mark.built
MACHINES = {"arm64": 183, "x86_64": 62}  # as an ELF file names them
LARGEST = 50 * 2**20


@pytest.fixture(scope="module", params=MACHINES)
def layer(request, tmp_path_factory):
    """The architecture, and the layer's python/ that was built for it."""
    folder = tmp_path_factory.mktemp(request.param)
    command = [ROOT / ".ci" / "build", request.param, "Layer", "--build-dir", folder]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return request.param, folder / "Layer" / "python"


def test_every_module_is_compiled_for_the_runtime_and_never_looked_at_again(layer):
    _, folder = layer
    modules = list(folder.rglob("*.py"))
    assert len(modules) > 500
    for module in modules:
        compiled = module.parent / "__pycache__" / f"{module.stem}.cpython-313.pyc"
        magic, flags = struct.unpack("<4sI", compiled.read_bytes()[:8])
        assert (magic, flags) == (importlib.util.MAGIC_NUMBER, 1), module
    assert len(list(folder.rglob("*.pyc"))) == len(modules)


def test_what_is_native_is_native_to_the_processor(layer):
    architecture, folder = layer
    native = list(folder.rglob("*.so"))
    assert native
    for one in native:
        head = one.read_bytes()[:20]
        assert head[:4] == b"\x7fELF"
        assert struct.unpack("<H", head[18:20])[0] == MACHINES[architecture], one


def test_it_holds_our_package_and_the_locked_dependencies(layer):
    _, folder = layer
    locked = {one["name"]: one["version"] for one in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    for name in ("botocore", "boto3", "requests"):
        assert (
            f"{locked[name]}"
            in (folder / name / ("__version__.py" if name == "requests" else "__init__.py")).read_text()
        )
    ours = {one.relative_to(ROOT / "shared") for one in (ROOT / "shared" / "supervision").rglob("*.py")}
    assert ours <= {one.relative_to(folder) for one in folder.rglob("*.py")}


def test_it_holds_nothing_that_no_function_uses(layer):
    _, folder = layer
    assert {one.name for one in (folder / "botocore" / "data").iterdir() if one.is_dir()} == {
        "dynamodb",
        "events",
        "secretsmanager",
        "sqs",
    }
    names = {one.name for one in folder.rglob("*")}
    assert not names & {"tests", "test", "bin", "cffi", "pycparser", "pip", "moto", "pytest"}
    assert not [name for name in names if name.endswith((".dist-info", ".pyi"))]
    assert sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) < LARGEST


USES = """
import sys
import boto3, jwt, phonenumbers, pydantic, requests, msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from aws_lambda_powertools.utilities import circuit_breaker, idempotency
keys = {"RS256": rsa.generate_private_key(65537, 2048), "ES256": ec.generate_private_key(ec.SECP256R1())}
for algorithm, made in keys.items():
    assert jwt.decode(jwt.encode({"sub": "x"}, made, algorithm), made.public_key(), [algorithm]) == {"sub": "x"}
for service in ("dynamodb", "events", "secretsmanager", "sqs"):
    client = boto3.client(service, region_name="us-gov-west-1")
    assert "us-gov-west-1" in client.meta.endpoint_url
    list(client.meta.service_model.operation_names)
assert not phonenumbers.is_valid_number(phonenumbers.parse("+12345"))
outside = [m.__file__ for m in sys.modules.values() if "site-packages" in (getattr(m, "__file__", None) or "")]
assert not outside, outside
"""


def test_what_is_left_of_the_dependencies_works(layer):
    architecture, folder = layer
    if architecture != built.architecture():
        pytest.skip(f"this machine does not run {architecture}")
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    command = [built.PYTHON, "-S", "-c", USES]
    done = subprocess.run(command, env={"PYTHONPATH": str(folder), **keys}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
