"""Misfortunes drawn by the knobs, as the faults that a test would put on a route by hand."""

import random
from email.utils import formatdate
from typing import Literal

from tests.harness.fake_ytel.faults import Body, Delay, Fault, Hang, Reset, Status, Truncated
from tests.harness.fake_ytel.knobs import Knobs

type Kind = Literal["read", "dial", "disconnect", "token"]

RETRY_AFTER_SECONDS = 2
WRONG_BODIES = (b"{}", b"null", b"[]", b'{"status":true,"payload":"ok"}', b"<html>ok</html>")


def misfortune(knobs: Knobs, dice: random.Random, kind: Kind, now_ms: int) -> Fault | None:
    """What goes wrong with one request of this kind; None for nothing."""
    if kind == "dial" and (fault := _of_a_dial(knobs, dice)):
        return fault
    if kind == "disconnect" and (fault := _of_a_disconnect(knobs, dice)):
        return fault
    weather = knobs.weather
    processed = dice.random() < 0.5
    strokes = (
        (weather.rate_limited, Status(429, _retry_after(knobs, now_ms))),
        (weather.unavailable, Status(503, _retry_after(knobs, now_ms))),
        (weather.server_errors, Status(dice.choice((500, 502, 504)), processed=processed)),
        (weather.time_outs, Hang(processed=processed)),
        (weather.resets, Reset(processed=processed)),
        (weather.cut_short, Truncated()),
    )
    return _first(strokes, dice)


def _of_a_dial(knobs: Knobs, dice: random.Random) -> Fault | None:
    dial = knobs.participant
    return _first(
        (
            (dial.lost, dice.choice((Reset(processed=True), Hang(processed=True), Truncated()))),
            (dial.late, Delay(dial.late_seconds, processed=dice.random() < 0.5)),
            (dial.wrong, Body(dice.choice(WRONG_BODIES), processed=True)),
            (dial.unclear, Status(500, processed=True)),
            (dial.refused, Status(500, processed=False)),
        ),
        dice,
    )


def _of_a_disconnect(knobs: Knobs, dice: random.Random) -> Fault | None:
    disconnect = knobs.disconnects
    return _first(
        ((disconnect.unclear, Status(500, processed=True)), (disconnect.refused, Status(500, processed=False))), dice
    ) or (Delay(disconnect.answer_seconds) if disconnect.answer_seconds else None)


def _first(strokes: tuple[tuple[float, Fault], ...], dice: random.Random) -> Fault | None:
    return next((fault for chance, fault in strokes if chance and dice.random() < chance), None)


def _retry_after(knobs: Knobs, now_ms: int) -> int | str | None:
    match knobs.weather.retry_after:
        case "none":
            return None
        case "date":
            return formatdate(now_ms / 1000 + RETRY_AFTER_SECONDS, usegmt=True)
    return RETRY_AFTER_SECONDS
