"""AWS as moto has it, in this process: threads meet at one table as functions do, and it notes what they ask."""

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import moto.dynamodb.responses  # noqa: F401 - not inside the first request, where it takes a second
from botocore.awsrequest import AWSPreparedRequest
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import ThreadedWSGIServer

from tests.bench.counting import units
from tests.harness.local_aws.process import Handler, Serial
from tests.harness.local_aws.quicker import quicken

_stubber: Any = BotocoreStubber


class MadeUpAws:
    """moto, one request at a time, and what was asked of DynamoDB."""

    def __init__(self) -> None:
        quicken()
        self._asked: list[tuple[str, Any, Any]] = []
        self._lock = threading.Lock()
        self._process = _stubber.process_request

    @contextlib.contextmanager
    def running(self) -> Iterator["MadeUpAws"]:
        """Empty at first. Each client of botocore in this process reaches it, but for one of another endpoint."""
        moto_api_backend.reset()
        _stubber.process_request = lambda _, request: self._answer(request)
        botocore_stubber.enabled = True
        try:
            yield self
        finally:
            botocore_stubber.enabled = False
            _stubber.process_request = self._process

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """Serves it on a socket besides, for other processes: the URL."""
        app = Serial(DomainDispatcherApplication(create_backend_app), self._lock)
        server = ThreadedWSGIServer("127.0.0.1", 0, app, Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(5)
            server.server_close()

    @property
    def asked(self) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        """What was asked of DynamoDB: the operation, the request, the answer."""
        return [(name, json.loads(request), json.loads(answer or "{}")) for name, request, answer in self._asked]

    def forget(self) -> None:
        """Forgets what was asked."""
        self._asked.clear()

    def operations(self, *names: str) -> list[str]:
        """The operations that were asked, all or those named."""
        return [operation for operation, _, _ in self._asked if not names or operation in names]

    def read_units(self) -> float:
        """What the reads cost: half a unit for each 4 KB begun, a whole one where consistency was asked for."""
        return sum(units(*exchange) for exchange in self.asked)

    def _answer(self, request: AWSPreparedRequest) -> Any:
        target = request.headers.get("X-Amz-Target", "")
        target = target.decode() if isinstance(target, bytes) else target
        with self._lock:  # moto checks a condition and writes in two steps
            answer = self._process(botocore_stubber, request)
            if target.startswith("DynamoDB") and answer is not None:
                self._asked.append((target.partition(".")[2], request.body, answer[2]))
        return answer
