"""Only members read from Ytel for the request at hand can reach a decision about who hears."""

import ast
from pathlib import Path

SHARED = Path("shared/supervision")
MADE_BY = {"FreshConference": {"ytel/client.py"}, "FreshLegs": {"rules/legs.py"}}


def names_called(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def makers(name):
    sources = [*SHARED.rglob("*.py"), *Path("functions").rglob("*.py")]
    return {
        str(path.relative_to(SHARED)) if path.is_relative_to(SHARED) else str(path)
        for path in sources
        if name in names_called(ast.parse(path.read_text()))
    }


def test_one_module_makes_each_of_the_fresh_types():
    for name, module in MADE_BY.items():
        assert makers(name) == module


def test_no_one_gets_around_the_types_by_copying_one():
    around = {"_make", "_replace", "replace", "dataclasses.replace", "copy.replace", "cast", "typing.cast"}
    for path in (
        SHARED / "rules/audience.py",
        SHARED / "actions/plan.py",
        SHARED / "actions/call_reader.py",
        SHARED / "actions/dial.py",
    ):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        assert not around & {ast.unparse(call.func) for call in calls}, path
        assert not around & {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)} - {"replace"}, (
            path
        )


def test_nothing_is_remembered_between_the_reading_and_the_decision():
    for path in (
        SHARED / "ytel/client.py",
        SHARED / "actions/call_reader.py",
        SHARED / "rules/legs.py",
        SHARED / "rules/audience.py",
    ):
        decorators = {
            ast.unparse(decorator)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef)
            for decorator in node.decorator_list
        }
        assert not {one for one in decorators if "cache" in one and one != "cached_property"}, path
