"""The page as its function serves it: what of the settings it is told."""

import re

import pytest

from tests.integration import doors


@pytest.mark.parametrize(
    ("name", "value", "meta"),
    [("RING_SECONDS", "45", "ring-seconds"), ("LONG_CALL_SECONDS", "60.5", "long-call-seconds")],
)
def test_the_page_is_told_the_times_that_it_counts_by(monkeypatch, name, value, meta):
    monkeypatch.setenv(name, value)
    with doors.loaded("page") as app:
        page = doors.get(app, "/", "/", {"Accept-Encoding": "identity"}).text.decode()
    assert re.findall(rf'<meta name="{meta}" content="([^"]*)">', page) == [value]
