"""The local AWS, seen from the harness."""

import contextlib
import http.client
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

from tests.harness import framing
from tests.harness.cloudformation import ACCOUNT
from tests.harness.local_aws.faults import Faults
from tests.harness.local_aws.permissions import permissions, signed
from tests.harness.local_aws.resources import calls
from tests.harness.local_aws.schemas import registries
from tests.harness.runtime import StartError
from tests.harness.template import Template
from tests.harness.zygote import no_account, zygote

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
_MODULES = (
    "tests.harness.known_services",
    "tests.harness.local_aws.process",
    "tests.harness.local_aws.warm",
)

type Put = Callable[[str, dict[str, Any], list[str]], None]
"""Told of each event that was put: the bus, the event, the names of the rules that match it."""


class LocalAws:
    """Serves on the bound socket `listener`, with the template's resources in it. `faults`: what goes wrong with it."""

    def __init__(self, listener: socket.socket, template: Template, secrets: Mapping[str, str], put: Put) -> None:
        host, port = listener.getsockname()
        self.url = f"http://{host}:{port}"
        self._address = (host, port)
        self._put = put
        self._ready = threading.Event()
        self._connection, theirs = socket.socketpair()
        self.faults = Faults(lambda order: framing.send(self._connection, json.dumps(order).encode()))
        argument = {
            "calls": list(calls(template, secrets)),
            "permissions": permissions(template),
            "registries": registries(template),
            "rules": [{"name": one.name, "bus": one.bus, "pattern": one.pattern} for one in template.rules],
        }
        environment = {**no_account(os.environ), **CREDENTIALS}
        with theirs, listener:
            fds = [listener.fileno(), theirs.fileno()]
            self._pid = zygote(*_MODULES).fork("tests.harness.local_aws.process:main", argument, environment, fds)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait(self, timeout: float = 60) -> None:
        """Return once it answers and holds what the template makes."""
        if not self._ready.wait(timeout) or not self.alive():
            raise StartError("the local AWS did not start")

    def sync(self) -> None:
        """Wait until all is told that was put so far. What it tells comes in order, and an order is answered last."""
        if self.alive():
            self.faults.order({})

    def send(self, queue_arn: str, body: str) -> None:
        """Put a message into a queue."""
        self.ask_queue("SendMessage", queue_arn, MessageBody=body)

    def ask_queue(self, operation: str, queue_arn: str, **more: Any) -> dict[str, Any]:
        """What SQS answers to an operation on a queue. Raises OSError where it is not there any more."""
        url = f"{self.url}/{ACCOUNT}/{queue_arn.rsplit(':', 1)[-1]}"
        headers = {
            "X-Amz-Target": f"AmazonSQS.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": signed("sqs"),
        }
        connection = http.client.HTTPConnection(*self._address, timeout=10)
        with contextlib.closing(connection):
            connection.request("POST", "/", json.dumps({"QueueUrl": url, **more}), headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"the local SQS answered {answer.status} to {operation} for {url}")
            asked: dict[str, Any] = json.loads(body or b"{}")
            return asked

    def stop(self) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._reader.join(timeout=5)
        self._connection.close()

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._reader.is_alive()

    def _read(self) -> None:
        while (message := framing.receive(self._connection)) is not None:
            told = json.loads(message)
            if "event" in told:
                self._put(told["bus"], told["event"], told["rules"])
            elif "ready" in told:
                self._ready.set()
            else:
                self.faults.heard(told)
        self._ready.set()
