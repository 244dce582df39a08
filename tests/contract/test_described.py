"""The description: whole, of the doors as they are, and agreeing with the template and the scopes."""

import subprocess
import sys

import jsonschema
import pytest
from openapi_spec_validator import validate

from supervision.api.openapi import models, values
from supervision.base.problems import Forbidden, Problem
from supervision.rules import scopes
from tests.harness.template import ROOT, Template
from tests.harness.transformed import transformed

# What only a browser asks for.
NOT_DESCRIBED = {"$default", "GET /assets/{file}", "GET /embed.js", "GET /embed.d.ts"}


def operations(document):
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_it_is_openapi(document):
    validate(document)


def test_it_has_every_route_of_the_template_and_no_other(document):
    routes = {route.key: route for route in Template(ROOT / "template.yaml", {}).routes}
    assert operations(document).keys() == routes.keys() - NOT_DESCRIBED
    for key, operation in operations(document).items():
        assert bool(operation["security"]) == bool(routes[key].authorizer)


def test_every_scope_is_the_authorizers(document):
    secured = {key: one["security"] for key, one in operations(document).items() if one["security"]}
    assert {key: {scope for one in all_ for scope in one["key"]} for key, all_ in secured.items()} == {
        route: scopes.ROUTES[route] for route in secured
    }
    # one scope a requirement: any of them will do
    assert all(len(one["key"]) == 1 for all_ in secured.values() for one in all_ if len(all_) > 1)


def test_every_operation_says_what_it_does(document):
    found = operations(document).values()
    tags = {tag["name"] for tag in document["tags"]}
    assert len({one["operationId"] for one in found}) == len(found)
    for one in found:
        assert one["summary"]
        assert one["description"]
        assert set(one["tags"]) <= tags
        assert all(parameter["description"] for parameter in one["parameters"])
        assert all(response["description"] for response in one["responses"].values())


def test_every_parameter_of_a_path_is_described(document):
    for key, one in operations(document).items():
        named = {parameter["name"] for parameter in one["parameters"] if parameter["in"] == "path"}
        assert named == {part[1:-1] for part in key.split("/") if part.startswith("{")}


def test_every_problem_has_its_place(document):
    kinds = {kind.code: kind.status for kind in values.kinds(Problem) if kind is not Forbidden}
    table = {one["code"]: one["status"] for one in document["x-problems"]}
    assert table == {**kinds, values.INTERNAL_ERROR: 500}
    assert all(one["description"] for one in document["x-problems"])
    answered = {
        code
        for one in operations(document).values()
        for response in one["responses"].values()
        for code in response.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }
    assert answered == kinds.keys() - {"call_ambiguous", "too_old"}  # told over the bus alone


def test_every_example_is_one(document):
    components = {"components": document["components"]}
    for shape in document["components"]["schemas"].values():
        for schema in shape.get("properties", {}).values():
            for example in schema.get("examples", []):
                jsonschema.validate(example, {**schema, **components})
    for one in operations(document).values():
        for response in one["responses"].values():
            for media in response.get("content", {}).values():
                for example in media.get("examples", {}).values():
                    models.Problem.model_validate(example["value"])


def door(folder, *, refuses):
    folder.mkdir()
    (folder / "app.py").write_text(f"""
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel

app = APIGatewayHttpResolver()

class Reason(BaseModel):
    {refuses}: str

@app.get("/{folder.name}", openapi_extensions={{"x-parameters": []}},
         responses={{200: {{"description": "x", "content": {{"application/json": {{"model": Reason}}}}}}}})
def get() -> None: ...
""")


def test_two_shapes_of_one_name_are_an_error(tmp_path, describe):
    openapi = describe("openapi")
    door(tmp_path / "one", refuses="why")
    door(tmp_path / "two", refuses="why")
    assert "Reason" in openapi.openapi(tmp_path)["components"]["schemas"]
    door(tmp_path / "three", refuses="wherefore")
    with pytest.raises(openapi.ClashError, match="Reason"):
        openapi.openapi(tmp_path)


def test_a_door_that_cannot_be_imported_is_an_error(tmp_path, describe):
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "app.py").write_text("import nowhere\napp = APIGatewayHttpResolver()\n")
    with pytest.raises(UserWarning, match="nowhere"):
        describe("openapi").openapi(tmp_path)


@pytest.mark.parametrize("function", ["list_calls", "page"])
def test_a_door_carries_its_description_without_pydantic(function):
    code = f"""
import sys
sys.path[:0] = ["functions/{function}", "shared"]
import app
assert any(route.responses for route in app.app._static_routes)
print([name for name in ("pydantic", "boto3", "requests") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_problem_says_what_to_do(document):
    assert all(one["remedy"].endswith(".") for one in document["x-problems"])


def test_every_limit_that_is_a_parameter_is_its_default(document):
    template = transformed()["Parameters"]
    named = [one for one in document["x-limits"] if one["parameter"]]
    assert len(named) >= 10
    for one in named:
        assert int(one["limit"].replace(",", "")) == template[one["parameter"]]["Default"], one
