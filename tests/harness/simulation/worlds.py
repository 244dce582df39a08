"""The worlds that floors are played in: each is hostile in ways of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The README's window: the watcher looks every ten seconds, and reads and drops within two.
INTERVAL_SECONDS, LOOK_SECONDS = 10.0, 2.0
WINDOW_SECONDS = INTERVAL_SECONDS + LOOK_SECONDS
# A look whose function died is made again after twenty seconds; it may die again, and once more.
AGAIN_SECONDS = 20.0
AGAIN_WINDOW_SECONDS = WINDOW_SECONDS + AGAIN_SECONDS
KILLED_WINDOW_SECONDS = WINDOW_SECONDS + 3 * AGAIN_SECONDS


@dataclass(frozen=True)
class World:
    """`knobs` are the fake's, `mishaps` our own side's. `moves` may be drawn besides the ordinary ones.

    `drawn`: the share of all the fake's knobs that are drawn besides, anew for each floor. `truthful`: whether lists
    are as they should be. `window_s`: how long a leak may last.
    """

    name: str
    knobs: Mapping[str, Any] = field(default_factory=dict)
    mishaps: Mapping[str, float] = field(default_factory=dict)
    moves: frozenset[str] = frozenset()
    drawn: float = 0.0
    truthful: bool = True
    window_s: float = WINDOW_SECONDS


WORLDS = [
    World("calm"),
    World("slow", {"weather.latency_seconds": 1.5, "disconnects.takes_seconds": 1.0}, window_s=WINDOW_SECONDS + 4),
    World("kills", mishaps={"killed": 0.08}, moves=frozenset({"kill"}), window_s=KILLED_WINDOW_SECONDS),
    World(
        "table",
        mishaps={"again": 0.02, "throttled": 0.01, "lag": 0.5, "lost": 0.01},
        window_s=WINDOW_SECONDS + AGAIN_SECONDS,
    ),
    World(
        "bus",
        mishaps={"bus_failed": 0.2, "bus_lost": 0.1, "twice": 0.3, "late": 20.0},
        window_s=WINDOW_SECONDS + AGAIN_SECONDS,
    ),
    World("weather", {"weather.rate_limited": 0.05, "weather.server_errors": 0.05, "weather.resets": 0.03}),
    World("late", moves=frozenset({"late"}), knobs={"phones.ring_seconds": 120}),
    World("lost", {"participant.lost": 0.3, "participant.unclear": 0.2, "participant.call_sid": "yes"}),
    World("hangups", {"disconnects.empty_yes": 0.3, "disconnects.unclear": 0.2, "disconnects.lingers_seconds": 2.0}),
    World("unanswered", {"disconnects.answer_seconds": 10.0}, moves=frozenset({"crowd"})),
    World("flicker", {"conferences.comes_empty": 0.05, "conferences.flicker": 0.05}, truthful=False),
    World("replaced", moves=frozenset({"replace"})),
    World("unreadable", moves=frozenset({"unreadable"})),
    World("undescribed", moves=frozenset({"undescribe", "spoof"}), truthful=False),
    World("statuses", moves=frozenset({"status"}), truthful=False),
    World("clocks", mishaps={}, moves=frozenset({"leap"})),
    World("pages", {"conferences.size": 2}),
    World("shifts", {"conferences.size": 1, "conferences.shifts": 0.2, "conferences.repeats": 0.1}, truthful=False),
    World("drawn", drawn=0.25, truthful=False),
    World(
        "everything",
        mishaps={
            "again": 0.02,
            "throttled": 0.01,
            "lag": 0.5,
            "lost": 0.01,
            "bus_failed": 0.2,
            "bus_lost": 0.1,
            "twice": 0.3,
            "late": 20.0,
            "killed": 0.04,
        },
        moves=frozenset({"kill", "late", "replace", "unreadable", "undescribe", "spoof", "status", "leap"}),
        drawn=0.25,
        truthful=False,
        window_s=130.0,
    ),
]

# What main does not hold yet. A world leaves this list when its floors hold.
NOT_YET_HELD = frozenset[str]()
