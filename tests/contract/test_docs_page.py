"""The docs page: the whole description to read, each operation to try, every problem's place."""

import pytest
from playwright.sync_api import expect

from tests.harness.system import LOCAL_KEY

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)  # the first dial of a busy machine takes its time


@pytest.fixture
def page(browser, system):
    """A tab in which nothing goes wrong, and that asks nobody but the API."""
    context = browser.new_context(base_url=system.url)
    tab = context.new_page()
    wrong = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: wrong.extend([] if request.url.startswith(system.url) else [request.url]))
    tab.on("console", lambda message: wrong.extend([message.text] if "Content Security" in message.text else []))
    yield tab
    context.close()
    assert wrong == []


def test_everything_is_there(page, document):
    page.goto("/docs")
    expect(page.get_by_role("article")).to_have_count(
        sum(len(item) for item in document["paths"].values()) + len(document["components"]["schemas"])
    )
    named = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(named) == len(set(named))
    broken = "all => all.map(one => one.hash.slice(1)).filter(id => id && !document.getElementById(id))"
    assert page.eval_on_selector_all("a", broken) == []


def test_a_problem_s_type_leads_to_it(page, document):
    for one in document["x-problems"]:
        page.goto(f"/docs#{one['code']}")
        row = page.locator(f"[id='{one['code']}'].named")
        expect(row).to_be_in_viewport()
        expect(row).to_contain_text(one["title"])


def test_an_operation_is_tried(page, call, floor):
    page.goto("/docs")
    page.get_by_label("API key").fill(LOCAL_KEY)
    whisper = page.locator("#op-whisper")
    whisper.get_by_text("Try it").click()
    whisper.get_by_label("confId").fill(call)
    whisper.get_by_role("button", name="Send").click()
    answer = whisper.get_by_role("status")
    expect(answer).to_contain_text("202")
    expect(answer).to_contain_text('"state": "dialing"')
    expect(answer).to_contain_text("curl -X POST")
    expect(answer).not_to_contain_text(LOCAL_KEY)
    assert len(floor.ringing(call)) == 1


def test_the_key_of_the_tab_is_taken(page, system):
    page.goto("/docs")
    page.evaluate(f"sessionStorage.setItem('key', '{LOCAL_KEY}')")
    page.reload()
    one = page.locator("#op-listCalls")
    one.get_by_text("Try it").click()
    one.get_by_role("button", name="Send").click()
    expect(one.get_by_role("status")).to_contain_text("200")


def test_without_a_key(page):
    page.goto("/docs")
    one = page.locator("#op-listSupervisions")
    one.get_by_text("Try it").click()
    one.get_by_role("button", name="Send").click()
    expect(one.get_by_role("status")).to_contain_text("401")


def test_on_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto("/docs")
    page.locator("article").last.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
