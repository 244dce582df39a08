"""What `sam build` makes, run by Lambda's own runtime client and emulator: the main way of each action."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import AGENTS, CLIENTS, Scene
from tests.harness import runtime_lambda
from tests.harness.fake_ytel import FakeYtel
from tests.harness.system import System
from tests.harness.waiting import wait_until
from tests.harness.watching import look

pytestmark = pytest.mark.built


@pytest.fixture(scope="module")
def system():
    ytel = FakeYtel()
    for _ in range(AGENTS):
        ytel.floor.add_user()
    # One look a minute: the watcher returns after it.
    with System({"API_CLIENTS": CLIENTS}, ytel, runtime=runtime_lambda.make) as running:
        yield running


@pytest.fixture
def scene(system):
    yield Scene(system, can_move_clock=False)
    assert system.ytel.complaints == [], "Ytel was asked for something it does not document"
    assert [failure for _, failure in system.failures] == []


def test_the_calls_are_listed_with_their_agents(scene):
    agent = scene.agent()
    call = scene.call(agent=agent)
    row = scene.get(f"/calls/{call}").json()
    assert (row["username"], row["agentNumber"], row["agentMatch"]) == (agent.name, agent.number, "channelName")
    # What is held may be from before the call: this system lives in true time.
    wait_until(lambda: call in [one["confId"] for one in scene.get("/calls").json()["calls"]])


@pytest.mark.parametrize(
    ("action", "hears"), [("listen", set()), ("whisper", {"agent"}), ("barge", {"agent", "contact"})]
)
def test_the_supervisor_is_heard_by_exactly_those(scene, action, hears):
    call = scene.call()
    phone = scene.joined(action, call)["to"]
    assert scene.floor.roles_that_ever_heard(call, phone) == hears


def test_a_whisper_without_proof_of_the_agents_leg_is_refused(scene):
    call = scene.call(proof=None)
    answer = scene.ask("whisper", call, scene.phone())
    assert (answer.status_code, answer.json()["code"]) == (409, "agent_not_proven")
    assert scene.get(f"/calls/{call}/plan?action=whisper").json()["refused"]["code"] == "agent_not_proven"
    assert scene.dials(call) == 0


def test_the_same_request_dials_once(scene):
    call, phone = scene.call(), scene.phone()
    first = scene.ask("whisper", call, phone, key="the-same")
    again = scene.ask("whisper", call, phone, key="the-same")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert scene.dials(call) == 1


def test_a_supervisor_leaves_and_the_call_goes_on(scene):
    call = scene.call()
    one = scene.joined("listen", call)
    assert scene.request("DELETE", f"/supervisions/{one['id']}").status_code == 202
    assert scene.reaches(one["id"], "ended")
    assert scene.get(f"/calls/{call}").status_code == 200


def test_a_hung_up_call_is_gone(scene):
    call = scene.call()
    assert len(scene.ask("hangup", call).json()["hungUp"]) == 2
    assert scene.get(f"/calls/{call}").status_code == 404


def test_an_event_asks_for_the_same(scene):
    call, phone = scene.call(), scene.phone()
    scene.put({"action": "whisper", "confId": call, "to": phone})
    wait_until(lambda: scene.floor.ringing(call), what="the phone to ring")
    scene.floor.answer(call, phone)
    assert scene.floor.roles_that_ever_heard(call, phone) == {"agent"}


@pytest.mark.parametrize("function", ["refresh_users", "watch_calls"])
def test_what_runs_on_a_schedule_runs(scene, function):
    assert scene.system.invoke(function, {}).failure is None


def test_the_watcher_looks(scene):
    call = scene.call()
    answer = look(scene.system)
    assert (answer.failure, answer.payload) == (None, {"batchItemFailures": []})
    assert scene.told("Call Started", lambda one: one["confId"] == call)


def test_load_brings_up_to_four_environments_and_each_tells_its_init_time(scene):
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: scene.get("/calls").status_code, range(40)))
    assert set(answers) == {200}
    told = {line for name, line in scene.system.logs_by_function if name == "ListCalls" and "initialised in" in line}
    assert 2 <= len(told) <= runtime_lambda.ENVIRONMENTS


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/asyncapi.json", "/docs"])
def test_the_page_and_the_description_are_served(scene, path):
    assert scene.get(path, client=None).status_code == 200


def test_no_key_and_a_wrong_key_are_kept_out(scene):
    assert scene.get("/calls", client=None).status_code == 401
    assert scene.get("/calls", client=None, headers={"Authorization": "Bearer wrong"}).status_code == 403
