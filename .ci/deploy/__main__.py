"""Deploys a stage, or looks whether one that is deployed answers.

    make deploy STAGE=dev|prod     builds for ARCHITECTURE, shows the change set, asks, deploys, and looks afterwards
    .ci/deploy command STAGE ARCHITECTURE     the command that deploys, alone
    .ci/deploy look STAGE                     what is looked at afterwards, alone; with KEY set, a signed poll too

A stage is its table in samconfig.toml, with its whole set of parameters. They are given on the command line together
with the architecture, because SAM drops all that a file says of parameters where a command says anything of them.
CONFIRM=no deploys without asking.
"""

import os
import shlex
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 30


def main(arguments: list[str]) -> int:
    """Reads the command line; the exit status."""
    match arguments:
        case ["command", stage, architecture]:
            print(shlex.join(command(stage, architecture)))  # noqa: T201 - a command
            return 0
        case ["look", stage]:
            return look(_url_of(stage), os.environ.get("KEY", ""))
        case [stage, architecture]:
            done = subprocess.run(command(stage, architecture), cwd=ROOT, check=False)  # noqa: S603
            return done.returncode or look(_url_of(stage), os.environ.get("KEY", ""))
    sys.exit(__doc__)


def stage_of(name: str) -> dict[str, Any]:
    """What samconfig.toml says of deploying a stage."""
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    if not isinstance(stages.get(name), dict) or "deploy" not in stages[name]:
        sys.exit(f"STAGE is {name!r}: {' or '.join(one for one in stages if 'deploy' in str(stages[one]))} is wanted")
    parameters: dict[str, Any] = stages[name]["deploy"]["parameters"]
    return parameters | {"region": stages[name]["global"]["parameters"]["region"]}


def command(stage: str, architecture: str) -> list[str]:
    """The command that deploys a stage for what was built."""
    overrides = [*stage_of(stage)["parameter_overrides"], f"Architecture={architecture}"]
    ask = "--no-confirm-changeset" if os.environ.get("CONFIRM") == "no" else "--confirm-changeset"
    sam = str(ROOT / ".venv-sam/bin/sam")
    return [
        sam,
        "deploy",
        "--config-env",
        stage,
        ask,
        "--no-fail-on-empty-changeset",
        "--parameter-overrides",
        *overrides,
    ]


def _url_of(stage: str) -> str:
    import boto3

    one = stage_of(stage)
    stacks = boto3.client("cloudformation", region_name=one["region"]).describe_stacks(StackName=one["stack_name"])
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks["Stacks"][0]["Outputs"]}
    return str(outputs["ApiUrl"])


def look(url: str, key: str) -> int:
    """Whether the page, the description and a poll answer as they should; 0 where they do."""
    polled = _status(f"{url}/calls", key)
    # Without a key, that the gateway and the authorizer refuse it is all that can be seen.
    answers = [("the page", _status(f"{url}/", ""), 200), ("the description", _status(f"{url}/openapi.json", ""), 200)]
    answers.append(("a signed poll", polled, 200) if key else ("a poll without a key", polled, 401))
    for name, status, wanted in answers:
        print(f"{'ok     ' if status == wanted else 'FAILED '} {name}: {status}")  # noqa: T201 - a command
    return 0 if all(status == wanted for _, status, wanted in answers) else 1


def _status(url: str, key: str) -> int:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the stack's own URL
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
