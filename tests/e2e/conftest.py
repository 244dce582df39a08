import itertools
import json

import boto3
import pytest
import requests

from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.app import HANGUP_ROUTE
from tests.harness.system import LOCAL_KEY, System
from tests.harness.waiting import wait_until
from tests.harness.watching import look

KEYS = {"supervisor": LOCAL_KEY, "other": "other-client-key"}
SCOPES = [
    "calls:read",
    "calls:listen",
    "calls:whisper",
    "calls:barge",
    "calls:takeover",
    "calls:hangup",
    "calls:help",
    "calls:follow",
]
CLIENTS = json.dumps({name: {"key": key, "scopes": SCOPES} for name, key in KEYS.items()})
AGENTS = 100
_lines, _scenes = itertools.count(), itertools.count()


class Scene:
    """A running system, as a supervisor's client and a scenario see it.

    Built functions live in true time: their clock cannot be moved.
    """

    def __init__(self, system, *, can_move_clock=True):
        self.can_move_clock = can_move_clock
        self.system = system
        self.ytel = system.ytel
        self.floor = system.ytel.floor
        self._http = requests.Session()
        self._agents = iter(self.floor.users[next(_scenes) % 10 :: 10])

    def request(self, method, path, *, client="supervisor", headers=None, **more):
        key = {"Authorization": f"Bearer {KEYS[client]}"} if client else {}
        return self._http.request(method, self.system.url + path, headers=key | (headers or {}), timeout=40, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def ask(self, action, call, to=None, key=None, **more):
        """Asks for an action; without a body for a hang-up."""
        headers = {"Idempotency-Key": key} if key else {}
        body = {} if action == "hangup" else {"json": {"to": to}}
        return self.request("POST", f"/calls/{call}/{action}", headers=headers, **body, **more)

    def agent(self):
        """A user of the account's whom this scene has not had yet."""
        return next(self._agents)

    def call(self, **more):
        """A call of such an agent; the rest as for the floor's `add_call`."""
        return self.floor.add_call(**(more if "agent" in more else {"agent": self.agent(), **more}))

    def phone(self):
        """A supervisor's phone that nobody used yet."""
        area, line = divmod(next(_lines), 100)
        return f"+1{(212, 650, 408, 310)[area]}55501{line:02}"

    def supervision(self, id_):
        """How the API shows a supervision now."""
        found = self.get("/supervisions?limit=1000").json()["supervisions"]
        return next(one for one in found if one["id"] == id_)

    def reaches(self, id_, state):
        """The supervision, once it is in this state; a little later, as the floor that is held may not show it yet."""
        if self.can_move_clock:
            self.system.move_clock(2.1)
        return wait_until(lambda: (one := self.supervision(id_))["state"] == state and one, what=f"{state}", every=0.05)

    def joined(self, action, call, to=None):
        """A supervision that was asked for, and whose phone was answered."""
        to = to or self.phone()
        answer = self.ask(action, call, to)
        assert answer.status_code == 202, answer.text
        self.floor.answer(call, to)
        return self.reaches(answer.json()["id"], "joined")

    def dials(self, call):
        """The dials that reached Ytel for a call."""
        return self.ytel.requests.count("POST", f"/conference/{call}/participant$")

    def put(self, detail, source="crm.automation", detail_type="Supervision Requested"):
        """Puts an event on the bus; its id."""
        entry = {
            "EventBusName": "supervision",
            "Source": source,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
        }
        return self.aws("events").put_events(Entries=[entry])["Entries"][0]["EventId"]

    def aws(self, service):
        """A plain client of the local AWS, as a stranger has it."""
        return boto3.client(
            service,
            endpoint_url=self.system.aws_url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )

    def told(self, detail_type, where):
        """The events of this type whose data `where` is true of."""
        return [event["detail"] for event in self.system.outgoing(detail_type) if where(event["detail"]["data"])]


@pytest.fixture(scope="module")
def settings():
    """The functions' settings; a module may have its own."""
    return {}


@pytest.fixture(scope="module")
def system(settings):
    env = {"API_CLIENTS": CLIENTS, **settings}
    ytel = FakeYtel(hangup_route=env.get("YTEL_HANGUP_ROUTE", HANGUP_ROUTE))
    # Known from the start: one who is not is asked for once in 30 s only.
    for _ in range(AGENTS):
        ytel.floor.add_user()
    with System(env, ytel) as running:
        yield running


@pytest.fixture
def scene(system):
    yield Scene(system)
    system.ytel.faults.clear()
    system.aws.faults.clear()
    for call in system.ytel.floor.active_calls():  # an agent whom another scene has again is on no call
        system.ytel.floor.end_call(call.conf_id)
    assert system.ytel.complaints == [], "Ytel was asked for something it does not document"


@pytest.fixture
def watch(scene):
    """Has the watcher take one look, a little later than the last, as the list is held for a moment."""

    def watch():
        scene.system.move_clock(3)
        return look(scene.system)

    return watch
