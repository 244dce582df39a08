"""Asks the running system, and holds each answer against the API's description."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import requests

from supervision.api.openapi import call_models, models
from tests.harness.system import LOCAL_KEY, System
from tests.harness.template import ROOT

OPENAPI = ROOT / "functions/page/openapi.json"
PHONE = "+12125550142"


def described(path: Path = OPENAPI) -> dict[str, Any]:
    """The description that is committed."""
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


class Api:
    """The routes of the running system; each answer is checked: its status, its headers, its shape."""

    def __init__(self, system: System) -> None:
        self._url = system.url
        self.document = described()

    def __call__(
        self,
        method: str,
        route: str,
        *,
        key: str | None = LOCAL_KEY,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        body: Any = None,
        **path: str,
    ) -> requests.Response:
        """The answer of a route, its path's parameters given by name. `body` is sent as JSON, or as it is if bytes."""
        own = {"Authorization": f"Bearer {key}"} if key else {}
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        answer = requests.request(
            method, self._url + route.format(**path), headers=own | (headers or {}), params=query, data=raw, timeout=60
        )
        self._check(method, route, answer)
        return answer

    def _check(self, method: str, route: str, answer: requests.Response) -> None:
        where = f"{method} {route} answered {answer.status_code} {answer.text[:300]!r}"
        response = self.document["paths"][route][method.lower()]["responses"].get(str(answer.status_code))
        assert response is not None, f"undocumented: {where}"
        if "X-Correlation-Id" in answer.headers:  # a function's own, not the gateway's
            assert answer.headers["X-Content-Type-Options"] == "nosniff", where
            assert answer.headers["Cache-Control"] in (
                ("private, no-cache",) if "ETag" in answer.headers else ("no-store",)
            ), where
        content = response.get("content")
        if content is None:
            assert not answer.content, where
            return
        media = content.get(answer.headers["Content-Type"])
        assert media is not None, f"undocumented type {answer.headers['Content-Type']}: {where}"
        shapes = [
            one["$ref"].rsplit("/", 1)[1] for one in media["schema"].get("anyOf", [media["schema"]]) if "$ref" in one
        ]
        if shapes:
            [name] = [one for one in shapes if len(shapes) == 1 or self.validator(one).is_valid(answer.json())]
            self.validator(name).validate(answer.json())
            model = getattr(models, name, None) or getattr(call_models, name)
            model.model_validate_json(answer.content)  # nothing beside what is described
            if name == "Problem":
                assert answer.json()["code"] in media["examples"] or answer.status_code == 500, f"undocumented: {where}"

    def validator(self, name: str) -> jsonschema.Draft202012Validator:
        """The schema of a shape."""
        schema = {"$ref": f"#/components/schemas/{name}", "components": self.document["components"]}
        return jsonschema.Draft202012Validator(schema)


def dial(api: Api, call: str, action: str = "whisper", to: str = PHONE, **more: Any) -> requests.Response:
    """Asks a phone into a call."""
    return api("POST", "/calls/{confId}/" + action, confId=call, body={"to": to}, **more)


def fresh(api: Api, system: System) -> requests.Response:
    """The list, read anew."""
    system.move_clock(5)
    return api("GET", "/calls", query={"limit": "1000"})
