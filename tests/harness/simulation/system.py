"""The simulated system: the functions' own handlers, on a table, a bus and a Ytel that live on one virtual clock."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from moto.events.models import EventPattern

from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.app import ACCOUNT_USERS
from tests.harness.fake_ytel.envelope import Answer
from tests.harness.fake_ytel.requests_log import Request
from tests.harness.parts import Function
from tests.harness.simulation import patches
from tests.harness.simulation.dynamodb import DynamoDB
from tests.harness.simulation.functions import Functions, Invocation, Throttled
from tests.harness.simulation.mishaps import Bus, Mishaps, Secrets, Tables
from tests.harness.simulation.queue import Queue, Queues
from tests.harness.simulation.scheduler import Scheduler, current
from tests.harness.simulation.table import Table
from tests.harness.template import Template

START_MS = 1_760_000_000_000
GATEWAY_SECONDS = 29.0
LAMBDA_RETRIES = (60.0, 120.0)
YTEL = "http://ytel.example"
NAME_HEADER = "X-Simulated-Request"
SCOPES = "calls:read calls:listen calls:whisper calls:barge calls:hangup calls:takeover calls:help calls:follow"
CLIENTS = {"crm": {"key": "key-of-the-simulated-crm", "scopes": SCOPES.split()}}


@cache
def template() -> Template:
    """The template, with the fake's addresses in it."""
    return Template(settings={"YTEL_API_URL": f"{YTEL}/api/v4", "YTEL_USERS_URL": f"{YTEL}{ACCOUNT_USERS}"})


@cache
def _patterns() -> list[tuple[Function, EventPattern]]:
    rules = template().rules
    return [(template().functions[rule.function], EventPattern.load(json.dumps(rule.pattern))) for rule in rules]


@cache
def _table_properties() -> tuple[str, dict[str, Any]]:
    [(name, properties)] = template().resources("AWS::DynamoDB::Table").items()
    return name, properties


def environment() -> dict[str, str]:
    """Every variable that a function has."""
    return {key: value for one in template().functions.values() for key, value in one.environment.items()}


@dataclass
class Asked:
    """A request that a client made, and what became of it. `status` 0: no answer came."""

    name: str
    route: str
    parameters: Mapping[str, str]
    body: Any
    at_ms: int
    status: int | None = None
    answer: Any = None
    invocation: Invocation | None = None


@dataclass
class Listeners:
    """Who is told of what passes: the judge."""

    asked: Callable[[Invocation, str, str, Any], None] = lambda *_: None
    answered: Callable[[Invocation, str, str, Answer | None], None] = lambda *_: None
    dialled: Callable[[str, str, str, frozenset[str]], None] = lambda *_: None
    told: Callable[[str, Any], None] = lambda *_: None
    replied: Callable[[Asked], None] = lambda _: None
    failed: Callable[[Invocation], None] = lambda _: None


@dataclass
class System:
    """One installation. Made inside `patches.installed()`; `end` it."""

    seed: int
    mishaps: Mishaps = field(default_factory=Mishaps)
    listeners: Listeners = field(default_factory=Listeners)

    def __post_init__(self) -> None:
        patches.forget()
        self.dice = random.Random(f"order {self.seed}")
        self.scheduler = Scheduler(self.dice, START_MS)
        self.functions = Functions(self.scheduler, lambda: f"invocation-{self.dice.getrandbits(64):016x}")
        self.ytel = FakeYtel(seed=self.seed, clock=lambda: self.scheduler.now_ms)
        name, properties = _table_properties()
        self.table = Table(name, properties, lambda: self.scheduler.now_ms)
        self._doing = ""
        self._attribute_dials()
        self.queue = self._queue("LOOKS_QUEUE_URL", "look")
        follow_now = self._queue("FOLLOW_QUEUE_URL", "follow")
        self.scheduler.services = {
            "dynamodb": DynamoDB(self.table, hook=Tables(self.scheduler, self.functions, self.mishaps)),
            "events": Bus(self.scheduler, self.functions, self.mishaps, lambda *event: self.listeners.told(*event)),
            "secretsmanager": Secrets(
                {
                    environment()["YTEL_TOKEN_SECRET"]: self.ytel.token,
                    environment()["API_CLIENTS_SECRET"]: json.dumps(CLIENTS),
                }
            ),
            "sqs": Queues([self.queue, follow_now]),
            "ytel": self._ask,
        }
        self._nth = 0
        for schedule in template().schedules:
            if schedule.enabled:
                self._schedule(template().functions[schedule.function], schedule.every, self.dice.uniform(0, 5))

    @property
    def floor(self) -> Any:
        """The fake's floor."""
        return self.ytel.floor

    @property
    def now_ms(self) -> int:
        """The true time."""
        return self.scheduler.now_ms

    def run(self, seconds: float) -> None:
        """Lets time pass."""
        self.scheduler.run(seconds)
        self.floor.tick()

    def end(self) -> None:
        """Unwinds what is left."""
        self.scheduler.end()

    def http(
        self,
        route: str,
        parameters: Mapping[str, str] | None = None,
        body: Any = None,
        key: str | None = None,
        client: str = "crm",
        kill_at: int | None = None,
    ) -> Asked:
        """A client asks over HTTP."""
        function = next(template().functions[one.function] for one in template().routes if one.key == route)
        name = f"{client} {key} {route}" if key else self._name(route)
        asked = Asked(name, route, parameters or {}, body, self.now_ms)
        event = _http_event(route, asked.parameters, body, key, client, self._name("request"))
        asked.invocation = Invocation(name, function, event, kill_at or self._kill_at())

        def reply(status: int, answer: Any) -> None:
            if asked.status is None:
                asked.status, asked.answer = status, answer
                self.listeners.replied(asked)

        def done(invocation: Invocation) -> None:
            if invocation.error is not None:
                self.listeners.failed(invocation)
            if invocation.dead or invocation.error is not None:
                reply(500 if invocation.error is not None else 0, None)
            else:
                answer = invocation.answer
                text = answer.get("body") or ""
                reply(int(answer["statusCode"]), json.loads(text) if text.startswith(("{", "[")) else text)

        try:
            self.functions.invoke(asked.invocation, done)
            self.scheduler.after(GATEWAY_SECONDS, lambda: reply(0, None))
        except Throttled:
            reply(0, None)
        return asked

    def _queue(self, url: str, name: str) -> Queue:
        source = template().source_of(environment()[url])
        return Queue(
            source,
            self.scheduler,
            self.functions,
            self.mishaps,
            lambda event: Invocation(self._name(name), template().functions[source.function], event, self._kill_at()),
            lambda invocation: self.listeners.failed(invocation),
        )

    def put_event(
        self,
        detail: Mapping[str, Any],
        source: str = "crm.automation",
        kill_at: int | None = None,
        detail_type: str = "Supervision Requested",
    ) -> None:
        """An automation asks over the bus."""
        event: Any = {
            "version": "0",
            "id": self._name("event"),
            "detail-type": detail_type,
            "source": source,
            "account": "000000000000",
            "time": "2025-10-09T08:53:20Z",
            "region": "us-east-1",
            "resources": [],
            "detail": dict(detail),
        }
        for function, pattern in _patterns():
            if pattern.matches_event(event):
                for _ in range(1 + (self.dice.random() < self.mishaps.twice)):
                    name = f"bus {source} {detail.get('requestId') or event['id']}"
                    self._deliver(name, function, event, kill_at, after=self.dice.uniform(0, 0.5))

    def kill(self, function: str) -> bool:
        """Kills what runs of a function at this moment; whether there was something."""
        running = [one for one in self.functions.environments() if one.function.id == function and one.invocation]
        for one in running:
            if one.invocation is not None:
                one.invocation.end(dead=True)
        return bool(running)

    def _deliver(
        self, name: str, function: Function, event: Any, kill_at: int | None = None, *, after: float = 0.0, nth: int = 0
    ) -> None:
        def again() -> None:
            if nth < function.retries:
                wait = LAMBDA_RETRIES[min(nth, 1)]
                self._deliver(name, function, event, after=wait * self.dice.uniform(0.9, 1.3), nth=nth + 1)

        def done(invocation: Invocation) -> None:
            if invocation.dead or invocation.error is not None:
                if invocation.error is not None:
                    self.listeners.failed(invocation)
                again()

        def go() -> None:
            try:
                self.functions.invoke(Invocation(name, function, event, kill_at or self._kill_at()), done)
            except Throttled:
                self._deliver(name, function, event, after=1.0, nth=nth)

        self.scheduler.after(after, go)

    def _schedule(self, function: Function, every: float, after: float) -> None:
        def fire() -> None:
            event = {"source": "aws.scheduler", "detail-type": "Scheduled Event", "id": self._name("tick")}
            for _ in range(1 + (self.dice.random() < self.mishaps.twice)):
                late = self.dice.uniform(0, self.mishaps.late)
                self._deliver(f"schedule {function.id}", function, event, after=late)
            self.scheduler.after(every, fire)

        self.scheduler.after(after, fire)

    def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes, timeout: float) -> Answer:
        """One request of a function to the fake."""
        self.functions.cross()
        task = current()
        assert task is not None
        invocation: Invocation = task.home.invocation
        path = unquote(url.removeprefix(YTEL).partition("?")[0])
        self.listeners.asked(invocation, method, path, body)
        answer = None
        try:
            self.scheduler.sleep(self.dice.uniform(0.01, 0.08))
            named = {**headers, NAME_HEADER: quote(invocation.name)}
            answer = self.ytel.ask(self.scheduler.sleep, method, url, headers=named, body=body, timeout=timeout)
            return answer
        finally:
            if not self.scheduler.over:
                self.listeners.answered(invocation, method, path, answer)
                self.functions.cross()

    def _attribute_dials(self) -> None:
        """Has each dial that the fake makes be told together with the request that it was made for."""
        app, floor = self.ytel._app, self.ytel.floor
        answer, dial = app.answer, floor.dial

        def answering(request: Request) -> Answer:
            before, self._doing = self._doing, unquote(request.headers.get(NAME_HEADER, ""))
            try:
                return answer(request)
            finally:
                self._doing = before

        def dialling(conf_id: str, to: str, caller: str, kept_from: Any = (), *more: Any) -> Any:
            self.listeners.dialled(self._doing, conf_id, to, frozenset(kept_from))
            return dial(conf_id, to, caller, kept_from, *more)

        vars(app)["answer"], vars(floor)["dial"] = answering, dialling

    def _name(self, kind: str) -> str:
        self._nth += 1
        return f"{kind}-{self._nth}"

    def _kill_at(self) -> int | None:
        return self.dice.randint(1, 30) if self.dice.random() < self.mishaps.killed else None


def _http_event(
    route: str, parameters: Mapping[str, str], body: Any, key: str | None, client: str, request_id: str
) -> dict[str, Any]:
    method, path = route.split(" ", 1)
    query = {name: value for name, value in parameters.items() if f"{{{name}}}" not in path}
    inside = {name: value for name, value in parameters.items() if name not in query}
    for name, value in inside.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "&".join(f"{name}={quote(value)}" for name, value in query.items()),
        "headers": {"host": "api.example"} | ({"idempotency-key": key} if key else {}),
        "requestContext": {
            "requestId": request_id,
            "stage": "$default",
            "routeKey": route,
            "http": {"method": method, "path": path},
            "authorizer": {"lambda": {"client": client, "scopes": SCOPES, "agents": "", "phones": ""}},
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = query
    if inside:
        event["pathParameters"] = inside
    if body is not None:
        event["headers"]["content-type"] = "application/json"
        event["body"] = json.dumps(body)
    return event
