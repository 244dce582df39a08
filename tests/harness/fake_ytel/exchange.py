"""What becomes of one request: when the work is done, if it is, and how the answer travels. No sockets, no waiting.

The server plays an exchange over a connection. A simulation plays it on its own clock, with `FakeYtel.ask`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.harness.fake_ytel import faults
from tests.harness.fake_ytel.app import App
from tests.harness.fake_ytel.envelope import Answer, ErrorStyle
from tests.harness.fake_ytel.faults import Fault, Faults
from tests.harness.fake_ytel.requests_log import Request, RequestsLog
from tests.harness.fake_ytel.weather import misfortune

HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"

type Travel = Literal["whole", "cut short", "dripping", "endless", "reset", "never"]


@dataclass
class Exchange:
    """One request's fate, in seconds from its arrival.

    `work` is called once, at `work_after`, and gives the answer that is sent at `answer_after`, in the way that
    `travel` says. Where the answer never comes, the work is done all the same.
    """

    request: Request
    work: Callable[[], Answer]
    work_after: float = 0.0
    answer_after: float = 0.0
    travel: Travel = "whole"
    drip: faults.Drip | None = None


class Exchanges:
    """Decides the fate of each request: a scripted fault first, then what the knobs draw."""

    def __init__(self, app: App, scripted: Faults, log: RequestsLog) -> None:
        self._app = app
        self._faults = scripted
        self._log = log

    def take(self, request: Request) -> Exchange:
        """Note a request, and say what becomes of it."""
        if request.path.startswith("/_floor"):
            return Exchange(request, lambda: self._app.answer(request))
        self._log.add(request)
        fault = self._faults.strike(request.method, request.path) or self._drawn(request)
        exchange = self._struck(request, fault) if fault else Exchange(request, self._answer(request))
        latency = self._app.knobs.weather.latency_seconds
        if latency:
            exchange.answer_after += self._app.floor.dice.uniform(0, latency)
        return exchange

    def _drawn(self, request: Request) -> Fault | None:
        floor = self._app.floor
        return misfortune(self._app.knobs, floor.dice, self._app.kind(request), floor.now)

    def _answer(self, request: Request) -> Callable[[], Answer]:
        return lambda: self._app.answer(request)

    def _struck(self, request: Request, fault: Fault) -> Exchange:
        answer = self._answer(request)
        match fault:
            case faults.Run(act=act, processed=processed):
                return Exchange(request, _acting(act, answer, after=processed))
            case faults.Delay(seconds=seconds, processed=processed):
                return Exchange(request, answer, 0.0 if processed else seconds, seconds)
            case faults.Truncated():
                return Exchange(request, answer, travel="cut short")
            case faults.Drip():
                return Exchange(request, answer, travel="dripping", drip=fault)
            case faults.Endless():
                return Exchange(request, _sent(None, Answer(200, b"")), travel="endless")
        work = answer if fault.processed else None
        match fault:
            case faults.Reset():
                return Exchange(request, _sent(work, Answer(0, b"")), travel="reset")
            case faults.Hang():
                return Exchange(request, _sent(work, Answer(0, b"")), travel="never")
        return Exchange(request, _sent(work, self._instead(fault)))

    def _instead(self, fault: Fault) -> Answer:
        """The answer that a fault puts in place of the true one."""
        errors = self._app.errors
        match fault:
            case faults.Status(status=status, retry_after=retry_after, message=message):
                headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
                style = ErrorStyle(shape=errors.shape, code=errors.code)
                return style.answer(status, message, headers)
            case faults.EnvelopeFailure(code=code, message=message):
                return ErrorStyle(under_200=True, shape=errors.shape, code=errors.code).answer(code, message)
            case faults.Body(body=body, status=status, content_type=content_type):
                return Answer(status, body, {"Content-Type": content_type})
            case faults.Html(status=status):
                return Answer(status, HTML, {"Content-Type": "text/html"})
            case faults.Json(document=document, status=status):
                return Answer(status, json.dumps(document).encode())
        raise TypeError(f"no answer stands for {fault}")


def _sent(work: Callable[[], Answer] | None, instead: Answer) -> Callable[[], Answer]:
    """The work, where it is done, and another answer than its own."""

    def act() -> Answer:
        if work:
            work()
        return instead

    return act


def _acting(act: Callable[[], object], answer: Callable[[], Answer], *, after: bool) -> Callable[[], Answer]:
    def both() -> Answer:
        if not after:
            act()
        given = answer()
        if after:
            act()
        return given

    return both
