"""Where the key comes from, and who may hand it over."""

import json
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.crm import Crm
from tests.browser.floor_page import PHONE, FloorPage, take
from tests.harness.system import LOCAL_KEY
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.browser


def test_the_key_of_the_address_is_taken_out_of_it_and_kept_for_the_tab(page, ann):
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    expect(page.page).to_have_url(page.url + "/")
    assert LOCAL_KEY not in page.page.evaluate("JSON.stringify(localStorage) + document.cookie + history.state")
    page.page.reload()
    expect(page.row("Ann Lee")).to_be_visible()
    assert page.errors == []


@pytest.mark.parametrize("link", ["/#key=a-key-of-somebody-else", "/#key=", "/#key=%20", "/?call=1#key=another"])
@pytest.mark.parametrize("how", ["goto", "hash"])
def test_a_link_can_neither_swap_nor_clear_a_key_that_is_in_use(page, ann, link, how):
    page.open()
    expect(page.row("Ann Lee")).to_be_visible()
    asked = []
    page.page.on("request", lambda request: asked.append(request.headers.get("authorization", "")))
    if how == "goto":
        page.page.goto(page.url + link)
        page.page.reload()
    else:
        page.page.evaluate("hash => { location.hash = hash }", link.partition("#")[2])
    expect(page.row("Ann Lee")).to_be_visible()
    for _ in range(2):
        page.page.wait_for_event("request", lambda request: "/calls?" in request.url)
    assert {*asked} <= {"", f"Bearer {LOCAL_KEY}"}
    assert page.page.evaluate("sessionStorage.getItem('key')") == LOCAL_KEY
    assert "key=" not in page.page.url


def test_a_link_brings_a_key_where_the_last_one_was_refused(page, ann):
    page.page.goto(f"{page.url}/#key=a-key-of-nobody")
    expect(page.page.get_by_text("This key is not accepted")).to_be_visible()
    page.page.evaluate("key => { location.hash = `key=${key}` }", LOCAL_KEY)
    expect(page.row("Ann Lee")).to_be_visible()


def test_the_key_is_asked_for_and_a_wrong_one_refused(page, ann):
    page.page.goto(page.url)
    field = page.page.get_by_label("API key")
    expect(field).to_be_focused()
    field.fill("not-a-key")
    field.press("Enter")
    expect(page.page.get_by_text("This key is not accepted")).to_be_visible()
    expect(field).to_have_value("")
    field.fill(LOCAL_KEY)
    page.page.get_by_role("button", name="Show the calls").click()
    expect(page.row("Ann Lee")).to_be_visible()
    expect(field).to_be_hidden()


def test_a_message_of_any_other_window_is_no_key(page, ann):
    page.page.goto(page.url)
    expect(page.page.get_by_label("API key")).to_be_visible()
    page.page.evaluate("key => window.postMessage({type: 'call-floor:key', key}, '*')", LOCAL_KEY)
    page.page.evaluate("new Promise(done => setTimeout(done))")  # the message has been delivered by now
    assert page.page.evaluate("sessionStorage.length") == 0
    expect(page.page.get_by_label("API key")).to_be_visible()


def _crm(contexts, crm, url):
    tab = contexts(viewport={"width": 1400, "height": 860}).new_page()
    embedded = FloorPage(tab, url)
    tab.goto(f"{crm.origin}/?{urlencode({'floor': url, 'key': LOCAL_KEY, 'phone': PHONE})}")
    return embedded


def test_a_crm_hands_the_key_over_and_hears_what_happens(system, contexts, crm, floor, ann):
    embedded = _crm(contexts, crm, system.url)
    frame = embedded.page.frame_locator("#floor")
    row = frame.get_by_role("row").filter(has_text="Ann Lee")
    take(row.get_by_role("button", name="Ann Lee"), within=frame)
    expect(embedded.page.locator("#contact")).not_to_have_text("none")
    take(row.get_by_role("button", name="Whisper"), within=frame)
    wait_until(lambda: floor.ringing(ann))
    member = floor.answer(ann, PHONE)
    expect(row).to_contain_text("The agent hears you; the customer does not")
    assert floor.who_hears(ann, member) == {floor.member(ann, "agent")}
    take(row.get_by_role("button", name="Leave"), within=frame)
    told = [
        "call-floor:ready",
        "call-selected",
        "supervision-started",
        "supervision-joined",
        "supervision-ended",
    ]
    expect(embedded.page.locator("#events li")).to_have_text(told)
    take(row.get_by_role("button", name="Hang up"), within=frame)
    take(frame.get_by_role("alertdialog").get_by_role("button", name="Hang up"), within=frame)
    expect(embedded.page.locator("#events li")).to_have_text([*told, "call-hung-up"])
    assert embedded.errors == []


def test_a_site_that_is_not_on_the_list_gets_nothing(system, contexts, ann):
    with Crm() as stranger:
        embedded = _crm(contexts, stranger, system.url)
        wait_until(lambda: embedded.errors, what="the browser's refusal")
        assert "frame-ancestors" in json.dumps(embedded.errors)
        expect(embedded.page.locator("#events li")).to_have_count(0)
