"""Names: what is called alike is the same thing."""

import ast
from collections import defaultdict
from pathlib import Path
from sys import stdlib_module_names

ROOT = Path(__file__).parents[2]
SHIPPED = [*(ROOT / "shared/supervision").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
# Each function has its own of these.
OF_EVERY_FUNCTION = {"app", "lambda_handler", "services"}
# The JSON of the thing of that name, as the description has it.
DESCRIBED = {"Call", "Contact", "Follow", "Help", "Problem", "Supervision", "Supervisor"}


def defined(path):
    for node in ast.parse(path.read_text("utf-8")).body:
        names = []
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
        yield from (name for name in names if not name.startswith("_"))


def test_no_two_top_level_definitions_share_a_name():
    where = defaultdict(list)
    for path in SHIPPED:
        for name in defined(path):
            where[name].append(str(path.relative_to(ROOT)))
    shared = {
        name: paths
        for name, paths in where.items()
        if len(set(paths)) > 1 and name not in OF_EVERY_FUNCTION | DESCRIBED
    }
    assert shared == {}


def test_no_module_is_called_like_one_of_the_standard_library():
    names = {path.stem for path in SHIPPED} - {"__init__", "__main__"}
    assert names & stdlib_module_names == set()
