"""Every example of the reference does what it says: each operation by curl, in Python and in JavaScript."""

import itertools
import json
import os
import shutil
import subprocess
import sys

import pytest
import requests

from tests.harness.fake_ytel import FakeYtel
from tests.harness.system import LOCAL_KEY, System
from tests.harness.template import ROOT

pytestmark = pytest.mark.browser
CALL, AGENT = "5555776a-564f-4805-ada6-e770c66d7368", "c91f9b77-ce9d-4207-98e4-229b76a6555"
SUPERVISION, PHONE = "7b0f6a52-2f0e-4f5d-9f57-0c2f4f0d8a11", "+12125550142"
NODE = shutil.which("node", path=f"{ROOT / '.venv-clients' / 'bin'}:{os.environ['PATH']}")
RUN: dict[str, list[str]] = {
    "curl": ["bash", "-c"],
    "Python": [sys.executable, "-c"],
    "JavaScript": [NODE or "", "--input-type=module", "-e"],
}


@pytest.fixture(scope="module")
def system():
    ytel = FakeYtel()
    for _ in range(100):
        ytel.floor.add_user()
    env = {"DIALS_PER_MINUTE": "1000", "READS_PER_MINUTE": "10000"}
    with System(env, ytel) as running:
        ytel.floor.auto_answer_after = 0
        yield running


@pytest.fixture(scope="module")
def samples(browser, system):
    """The texts by operation and language, as the reference shows them."""
    page = browser.new_page()
    page.goto(f"{system.url}/docs")
    page.locator("pre[data-language]").last.wait_for(state="attached")
    found = page.eval_on_selector_all(
        "pre[data-language]", "all => all.map(one => [one.dataset.operation, one.dataset.language, one.textContent])"
    )
    page.close()
    return {(operation, language): text for operation, language, text in found}


@pytest.fixture(scope="module")
def reality(system):
    """Gives what is there in place of what an example names: a call, its agent, a phone, a supervision, a follow."""
    agents, phones = iter(system.ytel.floor.users), itertools.count(10_100)
    key = {"Authorization": f"Bearer {LOCAL_KEY}"}

    def phone():
        area, line = divmod(next(phones), 100)
        return f"+1{(212, 650, 408, 310)[area % 4]}55501{line:02}"

    def begun(path, body):
        answer = requests.post(system.url + path, json=body, headers=key, timeout=30)
        assert answer.status_code in (201, 202), answer.text
        return answer.json()["id"]

    def real(text):
        agent = next(agents)
        call = system.ytel.floor.add_call(agent)
        system.move_clock(3)  # the list that is held does not have it yet
        if SUPERVISION in text:
            path = f"/agents/{agent.client_id}/follow" if "/follows/" in text else f"/calls/{call}/listen"
            body = {"to": phone(), "action": "listen"} if "/follows/" in text else {"to": phone()}
            text = text.replace(SUPERVISION, begun(path, body))
        return text.replace(CALL, call).replace(AGENT, agent.client_id).replace(PHONE, phone())

    return real


OPERATIONS = [
    one["operationId"]
    for item in json.loads((ROOT / "functions/page/openapi.json").read_text("utf-8"))["paths"].values()
    for one in item.values()
]


@pytest.mark.parametrize("language", RUN)
def test_every_operation_is_asked_for_as_the_reference_says(samples, reality, language):
    if not RUN[language][0]:
        pytest.skip("there is no Node on this machine")
    assert {operation for operation, of in samples if of == language} == set(OPERATIONS)
    for operation in OPERATIONS:
        text = reality(samples[operation, language])
        done = subprocess.run(
            [*RUN[language], text], env={**os.environ, "KEY": LOCAL_KEY}, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{operation}\n{text}\n{done.stdout[-500:]}\n{done.stderr[-500:]}"
        assert done.stdout.strip(), operation
