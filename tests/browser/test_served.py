"""What the page's function answers: its headers are half of its safety, and of its speed."""

import re

import pytest
import requests
from playwright.sync_api import expect


@pytest.fixture
def get(running):
    def ask(path, **headers):
        return requests.get(running.url + path, headers=headers, timeout=10)

    return ask


@pytest.fixture
def assets(get):
    """The paths that the page names."""
    return sorted({f"/{path}" for path in re.findall(r"assets/[\w.-]+", get("/").text)})


def test_the_page_is_under_a_strict_policy(get, crm):
    answer = get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self'",
        "frame-ancestors": crm.origin,
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "microphone=()" in answer.headers["permissions-policy"]


def test_nothing_is_inline_or_from_elsewhere(get, assets):
    page = get("/").text
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", page)
    for text in (page, *(get(path).text for path in assets)):
        assert not re.search(r"""(?:src=|href=|from|import|fetch|url)[\s("']+(?:https?:)?//""", text)


def test_the_page_is_asked_for_each_time_and_its_assets_are_kept(get, assets):
    first = get("/")
    assert first.headers["cache-control"] == "no-cache"
    again = get("/", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert {path.rsplit(".")[-1] for path in assets} == {"js", "css", "svg"}
    for path in assets:
        assert re.search(r"\.[0-9a-f]{16}\.(js|css|svg)$", path)
        assert get(path).headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_page_is_one_script_and_one_sheet(get, assets):
    scripts = [get(path).text for path in assets if path.endswith(".js")]
    assert len(scripts) == 1
    assert len([path for path in assets if path.endswith(".css")]) == 1
    assert not re.search(r"^(?:import|export) ", scripts[0], re.MULTILINE)


def test_a_first_load_takes_few_requests(page, ann):
    """The page, its script, its sheet and its icon; then the list, what the key may do, and the agents."""
    asked = []
    page.page.on("request", lambda request: asked.append(request.url.removeprefix(page.url).split("?")[0]))
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    expect(page.page.get_by_role("tab", name="Agents")).to_be_visible()
    kinds = {re.sub(r"\.[0-9a-f]{16}", "", path) for path in asked}
    shown = {"/", "/assets/page.css", "/assets/page.js", "/calls", "/me", "/agents", "/follows"}
    assert shown <= kinds <= {*shown, "/assets/icon.svg"}
    assert len([path for path in asked if path.startswith("/assets")]) <= 3


def test_what_other_sites_load(get):
    script = get("/embed.js")
    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert 'customElements.define("call-floor"' in script.text
    assert "CallFloorElement" in get("/embed.d.ts").text
    assert get("/embed.js", **{"If-None-Match": script.headers["etag"]}).status_code == 304


def test_what_is_not_there(get):
    for path in ("/assets/main.js", "/assets/main.0000000000000000.js", "/assets/..%2fapp.py"):
        assert get(path).status_code == 404


def test_bodies_are_compressed(get):
    assert get("/", **{"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in get("/", **{"Accept-Encoding": "identity"}).headers
