"""The functions and the layer as `sam build` makes them for this machine, beside the folder that is deployed."""

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from tests.harness.runtime import StartError
from tests.harness.template import ROOT

BUILD = ROOT / ".aws-sam" / "local"
LAYER = BUILD / "Layer" / "python"
PYTHON = os.path.realpath(sys.executable)  # the interpreter itself, without this environment's packages
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}

_INPUTS = ("template.yaml", "uv.lock", "pyproject.toml", ".ci/build", "shared", "functions")
# What AWS has in its runtime: the client that asks for invocations, and what that needs.
_CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")


def architecture() -> str:
    """What this machine is, as Lambda names it. Raises StartError where Lambda knows no such thing."""
    machine = platform.machine().lower()
    if machine not in ARCHITECTURES:
        raise StartError(f"Lambda has no {machine}, so what is built for it cannot run here")
    return ARCHITECTURES[machine]


def build() -> Path:
    """Build for this machine, unless that is what was built last. Raises StartError with the last of what SAM said.

    Processes that ask at the same time build once.
    """
    with _alone():
        return _build()


def _build() -> Path:
    made_of, wanted = BUILD / ".made-of", _digest()
    if made_of.exists() and made_of.read_text() == wanted:
        return BUILD
    made_of.unlink(missing_ok=True)
    command = [str(ROOT / ".ci" / "build"), architecture(), "--build-dir", str(BUILD)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise StartError(f"the build failed: {' / '.join((done.stdout + done.stderr).split('\n')[-6:]).strip()}")
    made_of.write_text(wanted)
    return BUILD


def emulator() -> Path:
    """The Lambda runtime emulator that SAM CLI carries. Raises StartError where it cannot run."""
    if sys.platform != "linux":
        raise StartError("RUNTIME=lambda runs on Linux alone: the Lambda runtime emulator is a Linux program")
    name = f"aws-lambda-rie-{architecture()}"
    for found in ROOT.glob(f".venv-sam/lib/*/site-packages/samcli/local/rapid/{name}"):
        return found
    raise StartError(f"{name} is not in .venv-sam, where SAM CLI brings it: make build")


def runtime_client() -> Path:
    """A folder with the runtime interface client, compiled, and nothing else of this environment."""
    versions = [f"{name}-{metadata.version(name)}" for name in _CLIENT]
    folder = ROOT / ".cache" / "-".join(versions)
    with _alone():
        if not folder.exists():
            making = folder.with_name(f"{folder.name}.{os.getpid()}")
            for name in _CLIENT:
                _copy(name, making)
            command = [PYTHON, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(making)]
            subprocess.run(command, check=True)
            making.rename(folder)
    return folder


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """No other process of this folder is in here at the same time."""
    lock = ROOT / ".cache" / "build.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # freed with the file, however the process ends
        yield


def _copy(name: str, folder: Path) -> None:
    for one in metadata.files(name) or ():
        top = one.parts[0]
        if top != ".." and not top.endswith(".dist-info") and one.suffix != ".pyc":
            (folder / one).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(one.locate(), folder / one)


def _digest() -> str:
    digest = hashlib.sha256(architecture().encode())
    for name in _INPUTS:
        for path in sorted([ROOT / name, *(ROOT / name).rglob("*")]):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"\n{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()
