"""What the layer and the authorizer are made of, for both processors."""

import importlib.util
import struct
import subprocess
import tomllib
from functools import cache

import pytest

from tests.harness import built
from tests.harness.template import ROOT

pytestmark = pytest.mark.built
MACHINES = {"arm64": 183, "x86_64": 62}  # as an ELF file names them
# Unzipped, in bytes.
LARGEST, LARGEST_AUTHORIZER = 32 * 2**20, 18 * 2**20


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Builds one resource for one architecture, once."""

    @cache
    def built_for(architecture, resource):
        folder = tmp_path_factory.mktemp(f"{architecture}-{resource}")
        command = [ROOT / ".ci" / "build", architecture, resource, "--build-dir", folder]
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        return folder / resource / ("python" if resource == "Layer" else "")

    return built_for


@pytest.fixture(params=MACHINES)
def architecture(request):
    """Each processor."""
    return request.param


@pytest.fixture
def layer(build, architecture):
    """The layer's python/."""
    return build(architecture, "Layer")


@pytest.fixture
def authorizer(build, architecture):
    """The authorizer's code."""
    return build(architecture, "Authorize")


@pytest.fixture(params=["Layer", "Authorize"])
def made(request, build, architecture):
    """The one, and the other."""
    return build(architecture, request.param)


def size(folder):
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def test_every_module_is_compiled_for_the_runtime_and_never_looked_at_again(made):
    modules = list(made.rglob("*.py"))
    assert len(modules) > 50
    for module in modules:
        compiled = module.parent / "__pycache__" / f"{module.stem}.cpython-313.pyc"
        magic, flags = struct.unpack("<4sI", compiled.read_bytes()[:8])
        assert (magic, flags) == (importlib.util.MAGIC_NUMBER, 1), module
    assert len(list(made.rglob("*.pyc"))) == len(modules)


def test_what_is_native_is_native_to_the_processor(made, architecture):
    native = list(made.rglob("*.so"))
    assert native
    for one in native:
        head = one.read_bytes()[:20]
        assert head[:4] == b"\x7fELF"
        assert struct.unpack("<H", head[18:20])[0] == MACHINES[architecture], one


def test_it_holds_our_package_and_the_locked_dependencies(layer):
    locked = {one["name"]: one["version"] for one in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    for name in ("botocore", "boto3", "requests"):
        assert (
            f"{locked[name]}"
            in (layer / name / ("__version__.py" if name == "requests" else "__init__.py")).read_text()
        )
    ours = {one.relative_to(ROOT / "shared") for one in (ROOT / "shared" / "supervision").rglob("*.py")}
    assert ours <= {one.relative_to(layer) for one in layer.rglob("*.py")}


def test_it_holds_nothing_that_no_function_uses(layer):
    assert {one.name for one in (layer / "botocore" / "data").iterdir() if one.is_dir()} == {
        "dynamodb",
        "events",
        "secretsmanager",
        "sqs",
    }
    names = {one.name for one in layer.rglob("*")}
    assert not names & {"tests", "test", "bin", "cffi", "pycparser", "pip", "moto", "pytest"}
    assert not {one.name for one in layer.iterdir()} & {"cryptography", "jwt"}
    assert not [name for name in names if name.endswith((".dist-info", ".pyi"))]
    assert size(layer) < LARGEST


def test_the_authorizer_holds_its_own_code_and_what_checks_a_token_alone(authorizer):
    ours = {one.name for one in (ROOT / "functions" / "authorize").glob("*.py")}
    [native] = authorizer.glob("_cffi_backend.*.so")
    assert {one.name for one in authorizer.iterdir()} == {*ours, "__pycache__", "cryptography", "jwt", native.name}
    assert size(authorizer) < LARGEST_AUTHORIZER


NOTHING_ELSE = """
outside = [m.__file__ for m in sys.modules.values() if "site-packages" in (getattr(m, "__file__", None) or "")]
assert not outside, outside
"""
USES = """
import importlib.util, sys
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
assert "asyncio" not in sys.modules
import boto3, phonenumbers, pydantic, requests, msgspec
from aws_lambda_powertools.utilities import circuit_breaker, idempotency
for service in ("dynamodb", "events", "secretsmanager", "sqs"):
    client = boto3.client(service, region_name="us-gov-west-1")
    assert "us-gov-west-1" in client.meta.endpoint_url
    list(client.meta.service_model.operation_names)
assert not phonenumbers.is_valid_number(phonenumbers.parse("+12345"))
for missing in ("jwt", "cryptography"):
    assert importlib.util.find_spec(missing) is None, missing
"""
CHECKS_TOKENS = """
import sys
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
keys = {"RS256": rsa.generate_private_key(65537, 2048), "ES256": ec.generate_private_key(ec.SECP256R1())}
for algorithm, made in keys.items():
    assert jwt.decode(jwt.encode({"sub": "x"}, made, algorithm), made.public_key(), [algorithm]) == {"sub": "x"}
"""


@pytest.mark.parametrize(("resource", "uses"), [("Layer", USES), ("Authorize", CHECKS_TOKENS)])
def test_what_is_left_of_the_dependencies_works(build, resource, uses):
    folder = build(built.architecture(), resource)
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    command = [built.PYTHON, "-S", "-c", uses + NOTHING_ELSE]
    done = subprocess.run(command, env={"PYTHONPATH": str(folder), **keys}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
