"""What has the layer run on a simulation: its clock, its sleeps, its threads, its AWS clients and its way to Ytel.

Only what a task asks is answered by the simulation; everybody else in this process has the true clock.
"""

import concurrent.futures
import contextlib
import datetime
import importlib
import os
import pkgutil
import sys
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import aws_lambda_powertools.utilities.idempotency.base as idempotency
import aws_lambda_powertools.utilities.idempotency.persistence.base as persistence
import aws_lambda_powertools.utilities.idempotency.persistence.datarecord as datarecord
import aws_lambda_powertools.utilities.idempotency.persistence.dynamodb as records
import requests.sessions

import supervision
from supervision.base import aws, observability
from tests.harness.simulation import threads
from tests.harness.simulation.scheduler import Task, current
from tests.harness.simulation.upstream import Adapter

_true = SimpleNamespace(time=time.time, monotonic=time.monotonic, sleep=time.sleep, urandom=os.urandom)


class _Datetime(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> "_Datetime":
        return cls.fromtimestamp(_time(), tz)


def _time() -> float:
    task = current()
    return _true.time() if task is None else _seconds(task) + (task.home.ahead_ms / 1000 if task.home else 0)


def _monotonic() -> float:
    task = current()
    return _true.monotonic() if task is None else _seconds(task)


def _sleep(seconds: float) -> None:
    task = current()
    if task is None:
        _true.sleep(seconds)
    else:
        task.scheduler.sleep(seconds)


def _urandom(size: int) -> bytes:
    task = current()
    return _true.urandom(size) if task is None else task.scheduler.dice.randbytes(size)


def _seconds(task: Task) -> float:
    return task.scheduler.now / 1_000_000


def _client(service: str) -> Any:
    task = current()
    assert task is not None, "only what a function does reaches AWS"
    return task.scheduler.services[service]


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """The layer runs on whichever simulation asks."""
    for found in pkgutil.walk_packages(supervision.__path__, "supervision."):
        importlib.import_module(found.name)
    twins: dict[Any, Any] = {
        concurrent.futures.ThreadPoolExecutor: threads.ThreadPoolExecutor,
        concurrent.futures.wait: threads.wait,
        concurrent.futures.as_completed: threads.as_completed,
        threading.Lock: threads.Lock,
        threading.RLock: threads.RLock,
    }
    # A default is taken when its function is made: it is no name that could be put elsewhere.
    instead = ((_true.sleep, _sleep), (_true.monotonic, _monotonic), (_true.time, _time))
    with contextlib.ExitStack() as patches:

        def put(target: Any, name: str, value: Any) -> None:
            patches.enter_context(patch.object(target, name, value))

        for module in _layer():
            for name, value in list(vars(module).items()):
                if _hashable(value) and value in twins:
                    put(module, name, twins[value])
                for function in _functions(value):
                    defaults = function.__defaults__ or ()
                    ours = tuple(next((to for of, to in instead if one is of), one) for one in defaults)
                    if ours != defaults:
                        put(function, "__defaults__", ours)
        for name in ("ThreadPoolExecutor", "wait", "as_completed"):
            put(concurrent.futures, name, getattr(threads, name))
        put(time, "time", _time)
        put(time, "monotonic", _monotonic)
        put(time, "sleep", _sleep)
        put(os, "urandom", _urandom)
        put(aws, "client", _client)
        put(sys.modules["supervision.ytel.transport"], "HTTPAdapter", Adapter)
        put(requests.sessions, "get_environ_proxies", lambda *_, **__: {})  # a tenth of a floor's time, for nothing
        made_up = SimpleNamespace(datetime=_Datetime, timedelta=datetime.timedelta, timezone=datetime.timezone)
        for module in (idempotency, persistence, datarecord, records):
            put(module, "dt" if hasattr(module, "dt") else "datetime", made_up)
        patches.enter_context(_quiet())
        yield


def forget() -> None:
    """What the layer remembers for a whole process, and an environment would not share with another, is forgotten."""
    for module in _layer():
        for value in list(vars(module).values()):
            if getattr(value, "__module__", "") == module.__name__ and hasattr(value, "cache_clear"):
                value.cache_clear()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nothing is logged or counted: a floor would write thousands of lines."""
    level = observability.logger.log_level
    observability.logger.setLevel("CRITICAL")
    uncounted = SimpleNamespace(add_metric=lambda **_: None, metric_set={}, flush_metrics=lambda: None)
    with patch.object(observability, "_metrics", lambda: uncounted):
        yield
    observability.logger.setLevel(level)


def _layer() -> list[Any]:
    return [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "supervision"]


def _functions(value: Any) -> list[Any]:
    inside = vars(value).values() if isinstance(value, type) else (value,)
    return [one for one in inside if hasattr(one, "__defaults__")]


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
