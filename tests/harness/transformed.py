"""The template as CloudFormation sees it: after SAM's transform, which runs here offline."""

import copy
import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.harness.cloudformation import NOTHING, PSEUDO, REGION, Resolver, load
from tests.harness.template import ROOT

_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


def transformed(
    parameters: Mapping[str, str] | None = None,
    code: Mapping[str, str] | None = None,
    path: Path = ROOT / "template.yaml",
) -> dict[str, Any]:
    """The transformed template. `code` names, by logical id, what `sam deploy` uploaded for a function or a layer."""
    document = copy.deepcopy(_loaded(path))
    for name, resource in document["Resources"].items():
        if resource["Type"] in _CODE:
            uploaded = (code or {}).get(name, f"code-of-{name}")
            resource["Properties"][_CODE[resource["Type"]]] = f"s3://bucket/{uploaded}"
    values = values_of(document, parameters)
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # the translator asks a session of boto3's
    made: dict[str, Any] = Translator({}, Parser()).translate(document, values)
    return made


@functools.cache
def _loaded(path: Path) -> dict[str, Any]:
    return load(path)


def values_of(document: Mapping[str, Any], parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every parameter's value: the one given, or its default."""
    given = parameters or {}
    return {name: given.get(name, one.get("Default", "")) for name, one in document["Parameters"].items()}


class Stack:
    """A transformed template with every intrinsic function resolved, as one deployment has it.

    `properties(logical id)` are a resource's. A reference to a resource is its logical id, behind the stack's name.
    """

    def __init__(
        self, document: Mapping[str, Any], parameters: Mapping[str, str] | None = None, name: str = "call-floor"
    ) -> None:
        self.name = name
        self._document = document
        self._made: dict[str | None, dict[str, dict[str, Any]]] = {}
        values: dict[str, Any] = values_of(document, parameters) | {**PSEUDO, "AWS::StackName": name}
        refs = {logical_id: f"{name}/{logical_id}" for logical_id in document["Resources"]}
        self._resolve = Resolver(document, values, refs, lambda logical_id, what: f"{refs[logical_id]}.{what}")
        # What CloudFormation makes anew whenever its content changes has another name then.
        for logical_id, resource in self.resources("AWS::AppConfig::HostedConfigurationVersion").items():
            refs[logical_id] += str(resource["Properties"]["Content"])
        self._made.clear()
        self._resolve = Resolver(document, values, refs, lambda logical_id, what: f"{refs[logical_id]}.{what}")

    def resources(self, kind: str | None = None) -> dict[str, dict[str, Any]]:
        """The resources of the type `kind`, or all, that are made, by logical id. They are one copy, to be read."""
        if kind not in self._made:
            self._made[kind] = {
                name: self._resolve(resource)
                for name, resource in self._document["Resources"].items()
                if kind in (None, resource["Type"])
                and ("Condition" not in resource or self._resolve.condition(resource["Condition"]))
            }
        return self._made[kind]

    def value(self, node: Any) -> Any:
        """A part of the template, resolved; None for AWS::NoValue."""
        found = self._resolve(node)
        return None if found is NOTHING else found


if __name__ == "__main__":
    print(json.dumps(transformed()))
