"""Each failure in the table below rings the alarms that the README names for it, and no other."""

import contextlib
import re
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest

from tests.e2e.conftest import AGENTS, CLIENTS, Scene
from tests.harness.alarms import Alarms
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.faults import Status
from tests.harness.runtime import BusyError
from tests.harness.system import System
from tests.harness.template import ROOT
from tests.harness.transformed import Stack, transformed
from tests.harness.waiting import wait_until
from tests.harness.watching import look, look_event

ALARMS = Alarms(Stack(transformed()))
DYNAMODB = "GetItem|PutItem|UpdateItem|DeleteItem|Query|TransactWriteItems|Batch(Get|Write)Item"
QUEUES = ("DeadLetters", "FailedRequests")
SLOT = 300  # the longest period of an alarm: what happens in one is counted together


class Watch:
    """One failure after another, on a system of its own, and which alarms it rings."""

    def __init__(self, scene):
        self.scene, self.system, self.faults = scene, scene.system, scene.system.aws.faults
        self.ytel, self.floor = scene.ytel, scene.floor
        self.later(SLOT - self.system.now % SLOT)
        self.since = self.system.now

    def later(self, seconds):
        """Time passes, after what was written has been read."""
        assert self.system.logs is not None
        self.system.move_clock(seconds)

    def look(self, times=1, every=10.0):
        for number in range(times):
            if number:
                self.later(every)
            look(self.system)

    def messages(self, queue):
        asked = {"AttributeNames": ["ApproximateNumberOfMessages"]}
        said = self.system.aws.ask_queue("GetQueueAttributes", self.system.template.arn(queue), **asked)
        return int(said["Attributes"]["ApproximateNumberOfMessages"])

    def ringing(self):
        self.later(1)
        for queue in QUEUES:
            self.system.metrics.add("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, self.messages(queue))
        return ALARMS.ringing(self.system.metrics, self.since, self.system.now + 1)


@contextlib.contextmanager
def running():
    ytel = FakeYtel()
    for _ in range(AGENTS):
        ytel.floor.add_user()
    with System({"API_CLIENTS": CLIENTS}, ytel) as system:
        yield system


@pytest.fixture(scope="module")
def shared():
    with running() as system:
        yield system


@pytest.fixture
def watch(request, shared):
    """Where a token is to go wrong, on a system of its own."""
    with running() if request.param else contextlib.nullcontext(shared) as system:
        yield Watch(Scene(system))
        system.ytel.faults.clear()
        system.aws.faults.clear()
        for call in system.ytel.floor.active_calls():
            system.ytel.floor.end_call(call.conf_id)
        system.move_clock(20)
        look(system)  # tells what still waits
        for queue in QUEUES:
            drain(system, system.template.arn(queue))


def drain(system, queue):
    while messages := system.aws.ask_queue("ReceiveMessage", queue).get("Messages"):
        for message in messages:
            system.aws.ask_queue("DeleteMessage", queue, ReceiptHandle=message["ReceiptHandle"])


# ---------------------------------------------------------------- what goes wrong


def nothing(watch):
    scene = watch.scene
    call = scene.call()
    watch.look(3)
    one = scene.joined("whisper", call)
    scene.request("DELETE", f"/supervisions/{one['id']}")
    scene.put({"action": "hangup", "confId": call})
    scene.ask("whisper", "no such call", scene.phone())
    watch.look(3)


def the_watcher_looks_and_looks(watch):
    watch.look(40)


def one_failure_of_ytel(watch):
    watch.ytel.faults.add("GET", "/conference$", Status(503))
    watch.scene.get("/calls")


def the_table_is_down(watch):
    call = watch.scene.call()
    watch.scene.get("/calls")
    watch.later(3)
    watch.faults.fail(DYNAMODB, "AccessDeniedException", times=None)
    watch.scene.ask("whisper", call, watch.scene.phone())
    watch.look(3)


def a_write_that_no_code_foresaw(watch):
    call = watch.scene.call()
    watch.faults.fail("TransactWriteItems", "ValidationException")
    assert watch.scene.ask("whisper", call, watch.scene.phone()).status_code == 500


def the_clients_cannot_be_read(watch):
    watch.system.restart("authorize")
    watch.faults.fail("GetSecretValue", "AccessDeniedException", times=None)
    for _ in range(2):
        for _ in range(3):
            assert watch.scene.get("/calls").status_code == 500
        watch.later(60)


def the_token_cannot_be_read(watch):
    watch.faults.fail("GetSecretValue", "AccessDeniedException", text=token_secret(watch), times=None)
    watch.look(3)


def ytel_is_down(watch):
    with watch.ytel.down():
        watch.look(5)


def the_bus_is_down(watch):
    watch.faults.fail("PutEvents", "InternalFailure", status=500, times=None)
    for _ in range(3):
        watch.scene.ask("listen", watch.scene.call(), watch.scene.phone())


def the_bus_will_never_take_an_event(watch):
    watch.faults.fail("PutEvents", "ValidationException")
    watch.scene.ask("listen", watch.scene.call(), watch.scene.phone())


def the_token_is_refused(watch):
    watch.ytel.tokens.withdraw()
    watch.look(2)


def the_token_ends_soon(watch):
    put_token(watch, watch.ytel.tokens.long_lived(days=13))
    watch.look()


def the_secret_holds_no_token(watch):
    put_token(watch, "{}")
    watch.look()


def put_token(watch, text):
    watch.scene.aws("secretsmanager").put_secret_value(SecretId=token_secret(watch), SecretString=text)


def token_secret(watch):
    return watch.system.template.functions["WatchCalls"].environment["YTEL_TOKEN_SECRET"]


def the_watcher_fails(watch):
    watch.system.restart("watch_calls")
    watch.faults.fail("Query", "AccessDeniedException", text="WATCHED", times=None)
    watch.look(3)


def the_watcher_is_called_and_cannot_have_itself_look(watch):
    watch.faults.fail("SendMessage", "AccessDenied", times=None)
    for _ in range(7):
        watch.system.invoke("watch_calls", {"source": "aws.scheduler"})
        watch.later(60)


def the_watcher_dies(watch):
    for _ in range(2):
        with watch.faults.held("UpdateItem", text="SNAPSHOT") as hold, ThreadPoolExecutor(1) as pool:
            died = pool.submit(look, watch.system)
            hold.wait()
            watch.system.kill("watch_calls")
            hold.drop()
            assert died.result().failure
        watch.later(10)


def the_watcher_is_late(watch):
    watch.look(4, every=15.0)


def the_watcher_overlaps(watch):
    event = look_event(watch.system)
    with watch.faults.held("UpdateItem", text="SNAPSHOT") as hold, ThreadPoolExecutor(1) as pool:
        first = pool.submit(watch.system.invoke, "watch_calls", event)
        hold.wait()
        with watch.system.another("watch_calls") as other:
            for _ in range(3):
                assert other(event).payload["batchItemFailures"]
        hold.let_go()
        assert first.result().failure is None


def the_watcher_does_not_look(watch):
    watch.later(6 * 60)


def a_list_is_cut_off(watch):
    for _ in range(5):
        watch.scene.call()
    watch.ytel.knobs.turn({"conferences.short": 2})
    watch.look(5)
    watch.ytel.knobs.turn({"conferences.short": 0})


def the_users_are_cut_off(watch):
    watch.ytel.knobs.turn({"users.shape": "envelope", "users.short": 2})
    for _ in range(3):
        watch.system.invoke("refresh_users", {})
    watch.ytel.knobs.turn({"users.shape": "bare", "users.short": 0})


def somebody_joins_a_whisper(watch):
    call = watch.scene.call()
    watch.scene.joined("whisper", call)
    watch.floor.join(call, "third")
    watch.later(3)
    watch.look()


def a_request_from_the_bus_fails_to_the_last(watch):
    watch.faults.fail("TransactWriteItems", "ValidationException", times=None)
    watch.scene.put({"action": "whisper", "confId": watch.scene.call(), "to": watch.scene.phone()})
    wait_until(lambda: watch.messages("FailedRequests"), what="the request to be put away")


def requests_from_the_bus_that_may_work_later(watch):
    watch.ytel.faults.add("GET", "/conference$", Status(429, retry_after=30), times=None)
    for _ in range(2):
        before = watch.messages("FailedRequests")
        watch.scene.put({"action": "whisper", "confId": watch.scene.call(), "to": watch.scene.phone()})
        wait_until(lambda: watch.messages("FailedRequests") > before, what="the request to be put away")  # noqa: B023
        watch.later(60)


def dies(watch, function, ask, where="PutItem|UpdateItem|TransactWriteItems|GetItem"):
    with watch.faults.held(where) as hold, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask)
        hold.wait()
        watch.system.kill(function)
        hold.drop()
        assert answer.result().status_code == 500


def an_action_dies(watch):
    for _ in range(2):
        for _ in range(2):
            call = watch.scene.call()
            dies(watch, "whisper", lambda call=call: watch.scene.ask("whisper", call, watch.scene.phone()))
        watch.later(60)


def a_reader_dies(watch):
    for _ in range(2):
        for _ in range(2):
            dies(watch, "list_calls", lambda: watch.scene.get("/calls"))
        watch.later(60)


def a_reader_dies_often(watch):
    for _ in range(6):
        dies(watch, "list_calls", lambda: watch.scene.get("/calls"))
        watch.later(30)


def is_throttled(watch, function):
    own = watch.system.runtime.invoke

    def busy(one, *rest):
        if one.id == function:
            raise BusyError(function)
        return own(one, *rest)

    with patch.object(watch.system.runtime, "invoke", busy):
        for _ in range(2):
            assert watch.scene.get("/calls").status_code == 503
            watch.later(60)


def lists_are_throttled(watch):
    is_throttled(watch, "ListCalls")


def the_authorizer_is_throttled(watch):
    is_throttled(watch, "Authorize")


TABLE = [
    (nothing, set()),
    (the_watcher_looks_and_looks, set()),
    (one_failure_of_ytel, set()),
    (the_table_is_down, {"UnforeseenErrors", "WatcherFailing"}),
    (a_write_that_no_code_foresaw, {"UnforeseenErrors"}),
    (the_clients_cannot_be_read, {"AuthorizerErrors", "ApiFailing"}),
    (the_token_cannot_be_read, {"TokenRefused"}),
    (ytel_is_down, {"YtelFailing"}),
    (the_bus_is_down, {"EventsWaiting"}),
    (the_bus_will_never_take_an_event, {"EventsSetAside"}),
    (the_token_is_refused, {"TokenRefused"}),
    (the_secret_holds_no_token, {"TokenRefused"}),
    (the_token_ends_soon, {"TokenEnding"}),
    (the_watcher_fails, {"WatcherFailing"}),
    (the_watcher_is_called_and_cannot_have_itself_look, {"WatcherSilent", "WatcherCrashing"}),
    (the_watcher_dies, {"WatcherCrashing"}),
    (the_watcher_is_late, {"WatcherLate"}),
    (the_watcher_overlaps, {"WatcherLate"}),
    (the_watcher_does_not_look, {"WatcherSilent"}),
    (a_list_is_cut_off, {"ListCutOff"}),
    (the_users_are_cut_off, {"UserListCutOff"}),
    (somebody_joins_a_whisper, {"Exposed"}),
    (a_request_from_the_bus_fails_to_the_last, {"DeadLettersWaiting"}),
    (requests_from_the_bus_that_may_work_later, {"DeadLettersWaiting"}),
    (an_action_dies, {"ActionErrors"}),
    (a_reader_dies, {"FunctionErrors"}),
    (a_reader_dies_often, {"FunctionErrors", "ApiFailing"}),
    (lists_are_throttled, {"Throttled"}),
    (the_authorizer_is_throttled, {"ActionsThrottled"}),
]


OF_THE_TOKEN = (the_token_is_refused, the_token_cannot_be_read, the_secret_holds_no_token, the_token_ends_soon)


@pytest.mark.parametrize(
    ("watch", "failure", "alarms"),
    [(failure in OF_THE_TOKEN, failure, alarms) for failure, alarms in TABLE],
    ids=lambda one: one.__name__ if callable(one) else "",
    indirect=["watch"],
)
def test_a_failure_rings_its_alarms_and_no_other(watch, failure, alarms):
    failure(watch)
    assert watch.ringing() == alarms


def test_every_alarm_is_rung_by_a_failure_and_explained():
    assert set().union(*(alarms for _, alarms in TABLE)) == ALARMS.all.keys()
    rows = re.findall(r"^\| (`[^|]+`) \|", (ROOT / "functions/README.md").read_text(), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert ALARMS.all.keys() <= explained


def test_nothing_that_rings_costs_ten_metrics_or_more():
    """An alarm on an expression takes ten metrics at most."""
    assert all(len(one.get("Metrics", ())) <= 10 for one in ALARMS.all.values())
