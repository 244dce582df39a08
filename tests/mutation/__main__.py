"""`make mutation [ONLY=rules.legs]`: small faults are put into the rules one at a time, and a test has to fail of each.

mutmut finds a mutant by the name of its module, which it takes from a path under `src`: so it works on a copy in which
the layer stands there. What survives is shown as a change of the code. Exits with 1 where less than `WANTED` is killed.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COPY = ROOT / ".cache" / "mutation"
WANTED = 0.95
# mutmut's exit codes of a mutant that no test noticed, that no test reached, and that was not tried.
UNNOTICED = (0, 33, None)
# What is mutated, by name under `supervision`, and the tests that have to see it.
MUTATED: dict[str, list[str]] = {
    "rules.audience": ["unit/test_audience.py"],
    "rules.claims": ["unit/test_claims.py", "unit/test_lifecycle.py", "unit/test_legs.py"],
    "rules.clocks": ["unit/test_clocks.py"],
    "rules.legs": ["unit/test_legs.py", "unit/test_legs_properties.py", "unit/test_audience.py"],
    "rules.lifecycle": ["unit/test_lifecycle.py"],
    "ytel.list_page": ["unit/test_lists.py", "unit/test_lists_absence.py", "unit/test_conferences.py"],
    "ytel.lists": ["unit/test_lists.py", "unit/test_lists_absence.py"],
    "table.requests": ["integration/test_requests.py"],
    "actions.guard": [
        "integration/test_guard.py",
        "integration/test_leave.py",
        "integration/test_supervise_unknown.py",
        "integration/test_takeover.py",
    ],
}


def prepare(names: list[str]) -> None:
    """The copy, with mutmut's settings for these modules; what was found out before is kept."""
    for folder in ("src", "tests"):
        shutil.rmtree(COPY / folder, ignore_errors=True)
    for source, target in (("shared/supervision", "src/supervision"), ("tests", "tests"), ("functions", "functions")):
        shutil.copytree(ROOT / source, COPY / target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "template.yaml", COPY)
    tests = sorted({f"tests/{test}" for name in names for test in MUTATED[name]})
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/supervision/{name.replace('.', '/')}.py" for name in names],
        "also_copy": ["functions", "template.yaml"],
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": tests,
    }
    said = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    project = (ROOT / "pyproject.toml").read_text().replace('pythonpath = [".", "shared"]', 'pythonpath = [".", "src"]')
    assert '"src"]' in project
    (COPY / "pyproject.toml").write_text(f"{project}\n[tool.mutmut]\n{said}\n")
    tomllib.loads((COPY / "pyproject.toml").read_text())


def results(names: list[str]) -> dict[str, dict[str, Any]]:
    """For each module, mutmut's exit code of each mutant; None where it was not tried."""
    found = {}
    for name in names:
        meta = COPY / "mutants" / "src" / "supervision" / f"{name.replace('.', '/')}.py.meta"
        found[name] = json.loads(meta.read_text())["exit_code_by_key"]
    return found


def main(names: list[str]) -> int:
    """Tries every mutant of these modules, and says what came of it."""
    prepare(names)
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run"], cwd=COPY, check=True)
    all_, killed = 0, 0
    for name, codes in results(names).items():
        counts = Counter(codes.values())
        of_it = len(codes) - sum(counts[code] for code in UNNOTICED)
        all_, killed = all_ + len(codes), killed + of_it
        _say(f"\n{name}: {of_it} of {len(codes)} killed")
        for mutant, code in codes.items():
            if code in UNNOTICED:
                subprocess.run([*mutmut, "show", mutant], cwd=COPY, check=True)
    _say(f"\n{killed} of {all_} killed, {killed / all_:.1%}")
    return 0 if killed >= WANTED * all_ else 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [*MUTATED]))
