"""EventBridge's schema registry, to be read: the schemas that the template makes. moto has none."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from tests.harness.cloudformation import ACCOUNT, REGION
from tests.harness.template import Template

type Answer = dict[str, Any]

_REGISTRY, _SCHEMA = "/v1/registries/name/(?P<registry>[^/]+)", "/schemas/name/(?P<schema>[^/]+)"
_SIGNED_FOR = "/schemas/aws4_request"
# There is one version of each, as old as the template.
_VERSION, _MADE = "1", "2026-01-01T00:00:00Z"


def registries(template: Template) -> dict[str, list[dict[str, str]]]:
    """The schemas of the template by the name of their registry, as CloudFormation has them."""
    found: dict[str, list[dict[str, str]]] = {
        one["RegistryName"]: [] for one in template.resources("AWS::EventSchemas::Registry").values()
    }
    for one in template.resources("AWS::EventSchemas::Schema").values():
        found[one["RegistryName"]].append(one)
    return found


class RefusedError(Exception):
    """What is asked for is not there, or not to be had here. Its arguments: status, kind, text."""


@dataclass
class SchemaRegistry:
    """WSGI middleware: answers what is signed for the service `schemas`, and passes the rest on."""

    app: Any
    registries: Mapping[str, list[dict[str, str]]]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer, or pass the request on."""
        if _SIGNED_FOR not in environ.get("HTTP_AUTHORIZATION", ""):
            return self.app(environ, start_response)
        status, headers = "200 OK", [("Content-Type", "application/json")]
        try:
            query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
            answer = self._answer(environ["REQUEST_METHOD"], environ["PATH_INFO"], query)
        except RefusedError as refused:
            status, kind, text = refused.args
            headers.append(("x-amzn-ErrorType", kind))
            answer = {"Code": kind, "Message": text}
        start_response(status, headers)
        return [json.dumps(answer).encode()]

    def _answer(self, method: str, path: str, query: Mapping[str, str]) -> Answer:
        if method == "GET":
            for pattern, reading in self._readings().items():
                if found := re.fullmatch(pattern, path):
                    return reading(query, **found.groupdict())
        text = "The local registry can only be read: its schemas are those of template.yaml."
        raise RefusedError("400 Bad Request", "BadRequestException", text)

    def _readings(self) -> dict[str, Callable[..., Answer]]:
        return {
            "/v1/registries": self._list_registries,
            _REGISTRY: self._describe_registry,
            f"{_REGISTRY}/schemas": self._list_schemas,
            f"{_REGISTRY}/schemas/search": self._search,
            f"{_REGISTRY}{_SCHEMA}": self._describe,
            f"{_REGISTRY}{_SCHEMA}/versions": self._versions,
            f"{_REGISTRY}{_SCHEMA}/export": self._export,
        }

    def _list_registries(self, query: Mapping[str, str]) -> Answer:
        prefix = query.get("registryNamePrefix", "")
        return {"Registries": [_registry(name) for name in self.registries if name.startswith(prefix)]}

    def _describe_registry(self, _: Mapping[str, str], registry: str) -> Answer:
        self._schemas(registry)
        return _registry(registry)

    def _list_schemas(self, query: Mapping[str, str], registry: str) -> Answer:
        prefix = query.get("schemaNamePrefix", "")
        found = [one for one in self._schemas(registry) if one["SchemaName"].startswith(prefix)]
        return {"Schemas": [{**_schema(one), "VersionCount": 1} for one in found]}

    def _search(self, query: Mapping[str, str], registry: str) -> Answer:
        word = query.get("keywords", "").lower()
        found = [one for one in self._schemas(registry) if word in f"{one['SchemaName']} {one['Content']}".lower()]
        version = {"SchemaVersion": _VERSION, "CreatedDate": _MADE}
        return {"Schemas": [{**_schema(one), "RegistryName": registry, "SchemaVersions": [version]} for one in found]}

    def _describe(self, query: Mapping[str, str], registry: str, schema: str) -> Answer:
        one = self._one(query, registry, schema)
        more = {"Content": one["Content"], "Type": one["Type"], "SchemaVersion": _VERSION, "VersionCreatedDate": _MADE}
        return {**_schema(one), **more}

    def _versions(self, query: Mapping[str, str], registry: str, schema: str) -> Answer:
        one = self._one(query, registry, schema)
        return {"SchemaVersions": [{**_schema(one), "SchemaVersion": _VERSION, "Type": one["Type"]}]}

    def _export(self, query: Mapping[str, str], registry: str, schema: str) -> Answer:
        one = self._one(query, registry, schema)
        if query.get("type") != one["Type"]:
            raise RefusedError("400 Bad Request", "BadRequestException", f"A schema is exported as {one['Type']}.")
        return {**_schema(one), "Content": one["Content"], "Type": one["Type"], "SchemaVersion": _VERSION}

    def _schemas(self, registry: str) -> list[dict[str, str]]:
        if registry not in self.registries:
            raise RefusedError("404 Not Found", "NotFoundException", f"There is no registry {registry}.")
        return self.registries[registry]

    def _one(self, query: Mapping[str, str], registry: str, schema: str) -> dict[str, str]:
        for one in self._schemas(registry):
            if one["SchemaName"] == schema and query.get("schemaVersion", _VERSION) == _VERSION:
                return one
        raise RefusedError("404 Not Found", "NotFoundException", f"There is no such schema {schema} in {registry}.")


def _registry(name: str) -> Answer:
    return {"RegistryName": name, "RegistryArn": f"arn:aws:schemas:{REGION}:{ACCOUNT}:registry/{name}"}


def _schema(one: Mapping[str, str]) -> Answer:
    name = one["SchemaName"]
    arn = f"arn:aws:schemas:{REGION}:{ACCOUNT}:schema/{one['RegistryName']}/{name}"
    return {"SchemaName": name, "SchemaArn": arn, "LastModified": _MADE}
