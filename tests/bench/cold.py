"""What a cold start of `list_calls` costs, built, under the emulator; and one of each other function beside it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.lines import Line
from tests.harness import built
from tests.harness.runtime_lambda import LambdaRuntime
from tests.harness.system import System
from tests.harness.template import ROOT

STARTS, STARTS_OF_EACH = 9, 5
FUNCTION = "ListCalls"
FOLDER = ROOT / ".aws-sam" / "bench"

# The layer as it would be without its Makefile.
_PLAIN_TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Layer:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: python3.13, BuildArchitecture: %s}
    Properties: {ContentUri: shared/, CompatibleRuntimes: [python3.13], CompatibleArchitectures: [%s]}
"""
_YARDSTICK = """\
import boto3
import requests

client = boto3.client("dynamodb")


def lambda_handler(event, context):
    return {"statusCode": 200}
"""


def lines() -> Iterator[Line]:
    """The lines of the cold start."""
    built.build()
    yardstick = FOLDER / "yardstick"
    (yardstick / FUNCTION).mkdir(parents=True, exist_ok=True)
    (yardstick / FUNCTION / "app.py").write_text(_YARDSTICK)
    variants = {
        "built": (built.BUILD, built.LAYER),
        "plain": (built.BUILD, _plain_layer()),
        "yardstick": (yardstick, built.LAYER),
    }
    init = {name: min(times) for name, times in _init_times(variants).items()}
    what = "init of `list_calls`, built, under the emulator"
    for name, limit, text in (
        ("plain", 0.30, "the same with the layer as `BuildMethod: python3.13` makes it"),
        ("yardstick", 1.15, "`import requests` and a DynamoDB client alone, compiled, same layer"),
    ):
        yield Line(what, text, init["built"] / init[name], limit, f"{init['built']:.0f} / {init[name]:.0f} ms")
    yield _others()


def _others() -> Line:
    """The slowest of the other functions, each started in turn with `list_calls`."""
    times: dict[str, list[float]] = {}
    with System() as system:
        functions = system.template.functions
        runtime = LambdaRuntime(
            functions,
            system.environment,
            lambda *_: None,
            on_init=lambda name, ms: times.setdefault(name, []).append(ms),
        )
        for _ in range(STARTS_OF_EACH + 1):
            for function in functions.values():
                runtime.invoke(function, {})
                runtime.kill(function)
    init = {name: min(each[1:]) for name, each in times.items()}
    own = init.pop(FUNCTION)
    worst = max(init, key=lambda name: init[name])
    how = f"{worst} {init[worst]:.0f} / {own:.0f} ms; the quickest is {min(init, key=lambda name: init[name])}"
    what = f"init of each of the {len(init)} others, built: the slowest"
    return Line(what, "init of `list_calls`", init[worst] / own, 1.6, how)


def _init_times(variants: dict[str, tuple[Path, Path]]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in variants}
    with System() as system:  # what the function finds in its environment is there
        function = system.template.functions[FUNCTION]
        runtimes = {
            name: LambdaRuntime(
                {FUNCTION: function},
                system.environment,
                lambda *_: None,
                build=build,
                layer=layer,
                on_init=lambda _, ms, of=name: times[of].append(ms),  # type: ignore[misc]
            )
            for name, (build, layer) in variants.items()
        }
        for _ in range(STARTS + 1):  # the first fills the page cache
            for runtime in runtimes.values():
                runtime.invoke(function, {})
                runtime.kill(function)
    return {name: each[1:] for name, each in times.items()}


def _plain_layer() -> Path:
    """`sam build` of the same package and the same locked dependencies, with SAM's own builder for Python."""
    source, target = FOLDER / "plain", FOLDER / "plain-built"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT / "shared" / "supervision", source / "shared" / "supervision")
    export = [_uv(), "export", "--quiet", "--frozen", "--only-group", "layer", "--output-file"]
    subprocess.run([*export, str(source / "shared" / "requirements.txt")], cwd=ROOT, check=True)
    architecture = built.architecture()
    (source / "template.yaml").write_text(_PLAIN_TEMPLATE % (architecture, architecture))
    options = ["--template", str(source / "template.yaml"), "--build-dir", str(target)]
    command = [str(ROOT / ".ci" / "build"), architecture, *options]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return target / "Layer" / "python"


def _uv() -> str:
    ours = ROOT / ".tools" / "bin" / "uv"
    return str(ours) if ours.exists() else shutil.which("uv") or "uv"
