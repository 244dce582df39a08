"""What every function does alike around what is its own."""

import contextlib

import pytest

from supervision.base import observability
from tests.harness.template import Template
from tests.integration.doors import Context, loaded

FOLDERS = sorted(function.folder.name for function in Template().functions.values())
ELSEWHERE = {
    "version": "2.0",
    "routeKey": "GET /elsewhere",
    "rawPath": "/elsewhere",
    "headers": {},
    "requestContext": {"requestId": "request-1", "stage": "$default", "http": {"method": "GET", "path": "/elsewhere"}},
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_function_counts_its_cold_start_and_writes_its_metrics(folder, monkeypatch, capsys):
    monkeypatch.setattr(observability, "_warm", False)
    with loaded(folder) as app, contextlib.suppress(SystemExit):  # it has no settings, and counts all the same
        app.lambda_handler(ELSEWHERE, Context())
    assert '"ColdStarts":[1.0]' in capsys.readouterr().out.replace(" ", "")
