"""Events and schedules on their way to functions, as Lambda delivers asynchronously: retried, then a dead letter."""

import contextlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.harness.parts import Function
from tests.harness.runtime import Result

type Event = dict[str, Any]

LAMBDA_DELAYS = (60.0, 120.0)  # seconds before the first and the second retry


@dataclass(frozen=True)
class Delivery:
    """An event on its way to a function."""

    function: Function
    event: Event


class Held:
    """Deliveries kept back by `Deliveries.held`, in the order they would have gone."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []


class Deliveries:
    """Invokes functions asynchronously.

    `plan` says when each delivery goes, in seconds from now: `[0]` at once, `[0, 0]` twice, `[5]` late, `[]` never.
    """

    def __init__(
        self,
        invoke: Callable[[str, Event], Result],
        send: Callable[[str, str], None],
        delays: Sequence[float] = LAMBDA_DELAYS,
    ) -> None:
        self.plan: Callable[[Delivery], Sequence[float]] = lambda _: [0.0]
        self._invoke = invoke
        self._send = send
        self._delays = delays
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="delivery")
        self._idle = threading.Condition()
        self._under_way = 0
        self._timers: set[threading.Timer] = set()
        self._stopped = False

    def deliver(self, delivery: Delivery) -> None:
        """Send a delivery on its way, as `plan` says."""
        for delay in self.plan(delivery):
            self._later(delay, delivery, 1)

    @contextlib.contextmanager
    def held(self) -> Iterator[Held]:
        """Keep every delivery back while the block runs; hand them to `deliver` afterwards, in any order."""
        held, before = Held(), self.plan

        def keep(delivery: Delivery) -> Sequence[float]:
            held.deliveries.append(delivery)
            return []

        self.plan = keep
        try:
            yield held
        finally:
            self.plan = before

    def settle(self, timeout: float = 30) -> None:
        """Return once nothing is on its way any more, retries included."""
        with self._idle:
            if not self._idle.wait_for(lambda: self._under_way == 0, timeout):
                raise AssertionError(f"{self._under_way} deliveries are still under way after {timeout:g} s")

    def stop(self) -> None:
        """Drop what is on its way."""
        with self._idle:
            self._stopped = True
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        for timer in timers:
            timer.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _later(self, delay: float, delivery: Delivery, attempt: int) -> None:
        with self._idle:
            if self._stopped:
                return
            self._under_way += 1
            if delay:
                timer = threading.Timer(delay, self._submit, (delivery, attempt))
                timer.daemon = True
                self._timers.add(timer)
                timer.start()
                return
        self._submit(delivery, attempt)

    def _submit(self, delivery: Delivery, attempt: int) -> None:
        with self._idle:
            self._timers = {one for one in self._timers if one.is_alive() and one is not threading.current_thread()}
            if self._stopped:
                return
            future = self._pool.submit(self._attempt, delivery, attempt)
        future.add_done_callback(self._done)

    def _done(self, _future: Future[None]) -> None:
        with self._idle:
            self._under_way -= 1
            self._idle.notify_all()

    def _attempt(self, delivery: Delivery, attempt: int) -> None:
        function = delivery.function
        result = self._invoke(function.id, delivery.event)
        if not result.failure or self._stopped:
            return
        if attempt <= function.retries:
            self._later(self._delays[min(attempt, len(self._delays)) - 1], delivery, attempt + 1)
            return
        if function.on_failure:
            self._send(function.on_failure, json.dumps(_record(delivery, attempt, result)))
        if function.dead_letters:
            self._send(function.dead_letters, json.dumps(delivery.event))


def _record(delivery: Delivery, attempts: int, result: Result) -> Mapping[str, Any]:
    """The invocation record that an OnFailure destination gets."""
    assert result.failure
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{delivery.function.arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": attempts,
        },
        "requestPayload": delivery.event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": result.failure.as_dict(),
    }
