"""Each function has the permissions that the template gives it, and no others: the local AWS refuses the rest."""

import io
import json
import re
from collections.abc import Mapping
from typing import Any

from tests.harness.cloudformation import REGION
from tests.harness.local_aws.policies import Asked, Document, allowed, asked_by
from tests.harness.template import Template

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/aws4_request")


def access_key(function: str) -> str:
    """The access key by which the local AWS knows the function with the logical id `function`."""
    return f"FUNCTION{function}"


def signed(service: str) -> str:
    """The `Authorization` of a request to a service by no function's key; nobody looks at the signature."""
    return f"AWS4-HMAC-SHA256 Credential=local/20200101/{REGION}/{service}/aws4_request, Signature=0"


def permissions(template: Template) -> dict[str, list[Document]]:
    """The policy documents of every function, by its access key."""
    managed = {name: policy["PolicyDocument"] for name, policy in template.resources("AWS::IAM::ManagedPolicy").items()}
    resolved = template.resources("AWS::Serverless::Function")
    return {
        access_key(one.id): [
            managed[policy] if isinstance(policy, str) else policy for policy in resolved[one.name].get("Policies", [])
        ]
        for one in template.functions.values()
    }


class Permissions:
    """WSGI middleware. Requests signed with no function's key pass: they are the harness's, or a person's."""

    def __init__(self, app: Any, documents: Mapping[str, list[Document]]) -> None:
        self._app = app
        self._documents = documents

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Pass the request on, or refuse it as AWS does."""
        signed = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        if signed is None or signed[1] not in self._documents:
            return self._app(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        if len(body) < length:  # who asked was ended in the middle of it
            start_response("400 Bad Request", [])
            return []
        environ["wsgi.input"] = io.BytesIO(body)
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        for asked in asked_by(signed[2], operation, json.loads(body or b"{}")):
            if not allowed(self._documents[signed[1]], asked):
                return _refused(signed[1], asked, start_response)
        return self._app(environ, start_response)


def _refused(key: str, asked: Asked, start_response: Any) -> list[bytes]:
    context = f" with {dict(asked.context)}" if asked.context else ""
    message = f"{key} is not authorized to perform: {asked.action} on resource: {asked.resource}{context}"
    start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": "AccessDeniedException", "message": message, "Message": message}).encode()]
