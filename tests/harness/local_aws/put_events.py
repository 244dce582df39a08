"""Sees what is put on the buses, and which of the template's rules each event matches."""

import io
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.events.models import EventPattern

from tests.harness.cloudformation import ACCOUNT, REGION

type Tell = Callable[[dict[str, Any]], None]


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether EventBridge's `pattern` matches `event`, content filters included."""
    return EventPattern(None, pattern).matches_event(event)  # type: ignore[arg-type]


class PutEvents:
    """WSGI middleware: tells `{"bus", "event", "rules": [names]}` of every entry that `app` accepted."""

    def __init__(self, app: Any, rules: Sequence[dict[str, Any]], tell: Tell) -> None:
        self._app = app
        self._rules = rules
        self._tell = tell

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Pass the request on."""
        if environ.get("HTTP_X_AMZ_TARGET") != "AWSEvents.PutEvents":
            return self._app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        statuses: list[str] = []

        def starting(status: str, headers: Any, *rest: Any) -> Any:
            statuses.append(status)
            return start_response(status, headers, *rest)

        answer = b"".join(self._app(environ, starting))
        if statuses[-1].startswith("200"):
            for entry, outcome in zip(json.loads(body)["Entries"], json.loads(answer)["Entries"], strict=True):
                if "EventId" in outcome:
                    self._pass_on(entry, outcome["EventId"])
        return [answer]

    def _pass_on(self, entry: dict[str, Any], id_: str) -> None:
        event = {
            "version": "0",
            "id": id_,
            "detail-type": entry["DetailType"],
            "source": entry["Source"],
            "account": ACCOUNT,
            "time": datetime.fromtimestamp(entry.get("Time", time.time()), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": entry.get("Resources", []),
            "detail": json.loads(entry["Detail"]),
        }
        bus = entry.get("EventBusName", "default").rsplit("/", 1)[-1]
        rules = [one["name"] for one in self._rules if one["bus"] == bus and matches(one["pattern"], event)]
        self._tell({"bus": bus, "event": event, "rules": rules})
