"""CloudFormation's YAML and the intrinsic functions that a template of ours may use."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

ACCOUNT = "123456789012"
REGION = "us-east-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "call-floor",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/call-floor/0",
}
NOTHING = object()  # AWS::NoValue: the property is as if it were not there


class TemplateError(Exception):
    """The template says something that cannot be resolved; the text is one line."""


class _Loader(yaml.CSafeLoader):
    pass


def _tagged(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tagged)


def load(path: Path) -> dict[str, Any]:
    """The template as it is written, every short form (`!Ref`) as its long one."""
    with path.open(encoding="utf-8") as file:
        document: dict[str, Any] = yaml.load(file, Loader=_Loader)  # a CSafeLoader
    return document


class Resolver:
    """Replaces intrinsic functions by their values.

    `parameters` and `refs` (logical id -> physical id) answer `Ref`; `attribute(logical id, name)` answers `GetAtt`.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        parameters: Mapping[str, Any],
        refs: Mapping[str, str],
        attribute: Callable[[str, str], Any],
    ) -> None:
        self._document = document
        self._values = {**PSEUDO, **refs, **parameters}
        self._attribute = attribute

    def __call__(self, node: Any) -> Any:
        """`node` with everything in it resolved."""
        if isinstance(node, list):
            return [value for value in map(self, node) if value is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                method = getattr(self, f"_fn_{name[4:].lower()}", None)
                if method is None:
                    raise TemplateError(f"the template uses {name}, which is not known here")
                return method(argument)
        resolved = {key: self(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NOTHING}

    def condition(self, name: str) -> bool:
        """Whether the condition `name` of the template holds."""
        return self._truth(self._document["Conditions"][name])

    def _truth(self, node: Any) -> bool:
        name, argument = next(iter(node.items()))
        match name:
            case "Condition":
                return self.condition(argument)
            case "Fn::Equals":
                first, second = map(self, argument)
                return str(first) == str(second)
            case "Fn::Not":
                return not self._truth(argument[0])
            case "Fn::And":
                return all(map(self._truth, argument))
            case "Fn::Or":
                return any(map(self._truth, argument))
        raise TemplateError(f"the template's condition uses {name}, which is not known here")

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        if name not in self._values:
            raise TemplateError(f"the template refers to {name}, which is not in it")
        return self._values[name]

    def _fn_getatt(self, argument: list[str]) -> Any:
        return self._attribute(argument[0], argument[1])

    def _fn_sub(self, argument: str | list[Any]) -> str:
        text, names = (argument, {}) if isinstance(argument, str) else (argument[0], self(argument[1]))

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in names:
                return str(names[name])
            if name in self._values or "." not in name:
                return str(self._ref(name))
            return str(self._attribute(*name.split(".", 1)))

        return re.sub(r"\$\{([^}]+)}", value, text)

    def _fn_if(self, argument: list[Any]) -> Any:
        return self(argument[1] if self.condition(argument[0]) else argument[2])

    def _fn_join(self, argument: list[Any]) -> str:
        return str(argument[0]).join(map(str, self(argument[1])))

    def _fn_split(self, argument: list[Any]) -> list[str]:
        return str(self(argument[1])).split(argument[0])

    def _fn_select(self, argument: list[Any]) -> Any:
        return self(argument[1])[int(self(argument[0]))]

    def _fn_findinmap(self, argument: list[Any]) -> Any:
        first, second, third = self(argument)
        return self(self._document["Mappings"][first][second][third])

    def _fn_base64(self, argument: Any) -> str:
        return b64encode(str(self(argument)).encode()).decode()
