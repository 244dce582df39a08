"""Asking the fake in one's own process and on one's own clock: no socket, no thread, nobody waits."""

from collections.abc import Callable, Mapping
from email.message import Message
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.harness.fake_ytel.envelope import Answer
from tests.harness.fake_ytel.exchange import Exchange, Exchanges
from tests.harness.fake_ytel.floor import Floor
from tests.harness.fake_ytel.requests_log import Request, parsed


class NoAnswer(Exception):
    """No whole answer came."""


class TimedOut(NoAnswer):
    """Nothing came within the client's patience."""


class Broken(NoAnswer):
    """The connection ended before the answer was whole."""


def ask(
    floor: Floor,
    exchanges: Exchanges,
    wait: Callable[[float], None],
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout: float = 5.0,
) -> Answer:
    """One request as a client sees it; `wait` lets that many seconds pass on the clock that the floor runs on.

    Raises TimedOut after `timeout` seconds without an answer, at which the work may be done, or done later; Broken
    where the connection ends.
    """
    parts = urlsplit(url)
    fields = Message()
    for name, value in (headers or {}).items():
        fields[name] = value
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    request = Request(floor.now / 1000, method, unquote(parts.path), query, parsed(body), fields, body)
    return _play(floor, exchanges.take(request), wait, timeout)


def _play(floor: Floor, exchange: Exchange, wait: Callable[[float], None], timeout: float) -> Answer:
    if exchange.work_after > timeout:
        floor.after(exchange.work_after, exchange.work)
        wait(timeout)
        raise TimedOut
    wait(exchange.work_after)
    answer = exchange.work()
    if exchange.travel in ("never", "endless") or exchange.answer_after > timeout:
        wait(timeout - exchange.work_after)
        raise TimedOut
    wait(exchange.answer_after - exchange.work_after)
    if exchange.travel in ("reset", "cut short"):
        raise Broken
    exchange.request.status = answer.status
    return answer
