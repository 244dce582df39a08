"""The whole system on this machine: functions behind the gateway, AWS, the bus, and a fake Ytel."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from tests.harness.bus import Deliveries, Delivery
from tests.harness.cloudformation import REGION
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.app import HANGUP_ROUTE
from tests.harness.gateway.core import Gateway
from tests.harness.gateway.http import Request, Response, message
from tests.harness.gateway.server import Server
from tests.harness.local_aws.endpoint import CREDENTIALS, LocalAws
from tests.harness.local_aws.permissions import access_key
from tests.harness.metrics import Metrics
from tests.harness.own_site import is_foreign
from tests.harness.parts import Function
from tests.harness.queues import Consumers
from tests.harness.runtime import BusyError, Result, Runtime, RuntimeFactory
from tests.harness.runtime_source import SourceRuntime
from tests.harness.schedules import Schedules
from tests.harness.template import ROOT, Template

LOCAL_KEY = "local-supervisor-key"
# Every scope. They are named here, as this process has no part of the layer.
_ACTIONS = ("listen", "whisper", "barge", "takeover", "hangup", "follow", "help")
SCOPES = ["calls:read", *(f"calls:{action}" for action in _ACTIONS)]
CLIENTS = json.dumps({"supervisor": {"key": LOCAL_KEY, "scopes": SCOPES}})
OUTGOING = "ytel.supervision"


class System:
    """Everything, from `with System() as system:` to the end of the block. Ports are free ones unless they are given.

    `env` holds settings of the functions, YTEL_TOKEN and API_CLIENTS. `ytel` is the fake Ytel to use, started here
    unless it is already; with YTEL_API_URL in `env` there is none, and without either one is made. Schedules, and the
    queues that functions get messages of, are off: `invoke` the function instead. `retry_delays` are the seconds before
    an event's first and second retry.
    """

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        ytel: FakeYtel | None = None,
        *,
        template: Path = ROOT / "template.yaml",
        parameters: Mapping[str, str] | None = None,
        layer: Sequence[Path] = (ROOT / "shared",),
        runtime: RuntimeFactory | None = None,
        listeners: Mapping[str, socket.socket] | None = None,
        schedules: bool = False,
        retry_delays: Sequence[float] = (0.05, 0.1),
        on_log: Callable[[str, str], None] | None = None,
        on_event: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.ytel = ytel
        self.failures: list[tuple[str, Result]] = []
        self._env = dict(env or {})
        self._template_path = template
        self._parameters = parameters
        self._layer = layer
        self._factory: RuntimeFactory = runtime or self._source
        self._listeners = {name: (listeners or {}).get(name) or listen(0) for name in ("api", "aws")}
        self._with_schedules = schedules
        self._retry_delays = retry_delays
        self._on_log = on_log
        self._on_event = on_event
        self._logs: list[tuple[str, str]] = []
        self._events: list[dict[str, Any]] = []
        self._ahead = 0.0
        self.metrics = Metrics(lambda: self.now)
        self._runtime_stop: Callable[[], None] | None = None
        self._stops: list[Callable[[], None]] = []
        host, port = self._listeners["api"].getsockname()
        self.url = f"http://{host}:{port}"

    def start(self) -> Self:
        """Bring it up. Functions start with their first invocation."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        if self.ytel is None and "YTEL_API_URL" not in self._env:
            self.ytel = FakeYtel(
                token=self._env.get("YTEL_TOKEN"), hangup_route=self._env.get("YTEL_HANGUP_ROUTE", HANGUP_ROUTE)
            )
        if self.ytel is not None:
            if self.ytel.port == 0:
                self._stops.append(self.ytel.stop)
            self.ytel.start()
            urls = {"YTEL_API_URL": self.ytel.api_url, "YTEL_USERS_URL": self.ytel.users_url_template}
            self._env = {**urls, "YTEL_TOKEN": self.ytel.token, **self._env}
        self.template = Template(self._template_path, self._env, self._parameters)
        functions = self.template.functions
        self.runtime: Runtime = self._factory(functions, self.environment, self._log)
        self._runtime_stop = self.runtime.stop
        self.aws = LocalAws(self._listeners["aws"], self.template, self._secrets(), self._put)
        self.aws_url = self.aws.url
        self._stops.append(self.aws.stop)
        self.deliveries = Deliveries(self._invoke, self.aws.send, self._retry_delays)
        self._rules = {rule.name: rule for rule in self.template.rules}
        self.aws.wait()
        self.gateway = Gateway(self.template, self._invoke, lambda: time.monotonic() + self._ahead)
        server = Server(self._listeners["api"], self._answer)
        server.start()
        self._stops.append(server.stop)
        self._stops.append(self.deliveries.stop)
        if self._with_schedules:
            self._stops.append(Schedules(self.template.schedules, self._fire).stop)
            self._stops.append(Consumers(self.template.sources, self.aws.ask_queue, self._invoke).stop)

    def _answer(self, request: Request) -> Response:
        port = self._listeners["api"].getsockname()[1]
        foreign = is_foreign(request.headers, port, self.template.origins)
        response = message(403, "Forbidden") if foreign else self.gateway.answer(request)
        if response.status >= 500:
            self.metrics.add("AWS/ApiGateway", "5xx", "Api", 1)
        return response

    def stop(self) -> None:
        """End everything that was started here."""
        # The functions first: what waits for them sees them end.
        if self._runtime_stop:
            self._runtime_stop()
        while self._stops:
            self._stops.pop()()
        for listener in self._listeners.values():
            listener.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def now(self) -> float:
        """Seconds since the epoch, as far ahead as the clock was moved."""
        return time.time() + self._ahead

    @property
    def logs(self) -> list[str]:
        """Every line the functions have written so far."""
        return [line for _, line in self.logs_by_function]

    @property
    def logs_by_function(self) -> list[tuple[str, str]]:
        """The same, each line with the function's logical id."""
        self.runtime.sync_logs()
        return list(self._logs)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every event that was put on a bus so far, as a rule's target would get it."""
        self.aws.sync()
        return list(self._events)

    def outgoing(self, detail_type: str | None = None) -> list[dict[str, Any]]:
        """The events of this system's own, of one detail-type or of all."""
        own = (one for one in self.events if one["source"] == OUTGOING)
        return [one for one in own if detail_type in (None, one["detail-type"])]

    def invoke(self, function: str, event: Any) -> Result:
        """Run a function, named by its folder or its logical id, and wait for what it comes to."""
        return self._invoke(self.template.function(function).id, event)

    def move_clock(self, seconds: float) -> None:
        """Let that much time pass: for the functions, the gateway's held authorizations, and the fake Ytel."""
        self._ahead += seconds
        self.runtime.move_clock(self._ahead)
        if self.ytel is not None:
            self.ytel.move_clock(seconds)

    def restart(self, function: str) -> None:
        """End a function's environments: the next invocation is a cold start."""
        self.runtime.kill(self.template.function(function))

    kill = restart

    @contextlib.contextmanager
    def another(self, function: str) -> Iterator[Callable[[Any], Result]]:
        """A further environment of a function, as Lambda starts them under load; it is called with an event."""
        one = self.template.function(function)
        runtime = self._factory({one.id: one}, self.environment, self._log)
        runtime.move_clock(self._ahead)
        try:
            yield lambda event: runtime.invoke(one, event)
        finally:
            runtime.stop()

    def warm(self) -> None:
        """Begin to start every function now."""
        for function in self.template.functions.values():
            self.runtime.start(function)

    def environment(self, function: Function) -> dict[str, str]:
        """The whole environment of a function: the template's variables, and Lambda's own."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_SESSION_TOKEN": "local",
            **CREDENTIALS,
            "AWS_ACCESS_KEY_ID": access_key(function.id),
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": function.log_format,
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "LAMBDA_TASK_ROOT": str(function.folder),
            "_HANDLER": function.handler,
            **function.environment,
        }

    def _source(self, functions: Mapping[str, Function], environment: Any, log: Any) -> Runtime:
        return SourceRuntime(functions, environment, log, layer=self._layer)

    def _secrets(self) -> dict[str, str]:
        values = {
            "YTEL_TOKEN_SECRET": self._env.get("YTEL_TOKEN", "none"),
            "API_CLIENTS_SECRET": self._env.get("API_CLIENTS", CLIENTS),
        }
        declared = {name: f.environment[name] for f in self.template.functions.values() for name in f.environment}
        return {declared[variable]: value for variable, value in values.items() if variable in declared}

    def _invoke(self, function: str, event: Any, deadline: float | None = None) -> Result:
        began = time.monotonic()
        try:
            result = self.runtime.invoke(self.template.functions[function], event, deadline)
        except BusyError:
            self.metrics.add("AWS/Lambda", "Throttles", function, 1)
            raise
        self.metrics.add("AWS/Lambda", "Invocations", function, 1)
        self.metrics.add("AWS/Lambda", "Duration", function, (time.monotonic() - began) * 1000)
        self.metrics.add("AWS/Lambda", "Errors", function, 1 if result.failure else 0)
        if result.failure:
            self.failures.append((function, result))
        return result

    def _fire(self, function: str, event: Any) -> None:
        self.deliveries.deliver(Delivery(self.template.functions[function], event))

    def _put(self, bus: str, event: dict[str, Any], rules: list[str]) -> None:
        self._events.append(event)
        if self._on_event:
            self._on_event(event)
        put_at = datetime.fromisoformat(event["time"]) + timedelta(seconds=self._ahead)
        for name in rules:
            self._fire(self._rules[name].function, event | {"time": put_at.strftime("%Y-%m-%dT%H:%M:%SZ")})

    def _log(self, function: str, line: str) -> None:
        self._logs.append((function, line))
        self.metrics.read(line)
        if self._on_log:
            self._on_log(function, line)


def listen(port: int) -> socket.socket:
    """A socket bound to `port` of this machine alone, or to a free one for 0. Raises OSError where it is taken."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener
