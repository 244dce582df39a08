"""`make run`: the whole system on this machine until Ctrl-C."""

import contextlib
import importlib
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any, NoReturn

from tests.harness.bus import LAMBDA_DELAYS
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.app import HANGUP_ROUTE
from tests.harness.options import OptionError, Options, read
from tests.harness.runtime import OUT_OF_TIME, RuntimeFactory, StartError
from tests.harness.system import CLIENTS, LOCAL_KEY, OUTGOING, System, listen

_START_SECONDS = 120
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_writing = threading.Lock()


class _StopError(BaseException):
    """Someone asked for the end."""


class _FailedError(Exception):
    """It cannot run; the text is the one line to say so."""


def main() -> int:
    """Run until a signal; the exit status."""
    for number in _SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _interrupt)
    try:
        _run(read(os.environ))
    except (OptionError, StartError, _FailedError) as error:
        _line(sys.stderr, str(error))
        return 1
    except _StopError:
        return 0
    return 1


def _run(options: Options) -> None:
    listeners = {name: _listen(variable, options) for name, variable in (("api", "PORT"), ("aws", "AWS_PORT"))}
    ytel = None if "YTEL_API_URL" in options.env else _ytel(options)
    system = System(
        options.env,
        ytel,
        listeners=listeners,
        runtime=_runtime(options),
        schedules=True,
        retry_delays=LAMBDA_DELAYS,
        on_log=lambda function, line: _line(sys.stderr, f"{function} {line}"),
        on_event=_tell,
    )
    try:
        system.start()
        system.warm()
        _probe(system, "/", None)
        if key := _reader(options.env.get("API_CLIENTS", CLIENTS)):
            _probe(system, "/calls", key)
        fragment = f"#key={LOCAL_KEY}" if "API_CLIENTS" not in options.env else ""
        _line(sys.stdout, f"The active calls page: {system.url}/{fragment} (AWS: {system.aws_url}; Ctrl-C stops)")
        while system.aws.alive():
            time.sleep(0.5)
        raise _FailedError("the local AWS has ended")
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        system.stop()
        if ytel is not None:
            ytel.stop()


def _listen(variable: str, options: Options) -> socket.socket:
    port = options.ports[variable]
    try:
        return listen(port)
    except OSError as error:
        raise _FailedError(f"{variable}: port {port} of 127.0.0.1 cannot be used: {error.strerror}") from None


def _ytel(options: Options) -> FakeYtel:
    _listen("YTEL_PORT", options).close()
    env = options.env
    return FakeYtel(
        options.ports["YTEL_PORT"],
        env.get("YTEL_TOKEN"),
        living=True,
        auto_answer_after=2.0,
        hangup_route=env.get("YTEL_HANGUP_ROUTE", HANGUP_ROUTE),
    ).start()


def _runtime(options: Options) -> RuntimeFactory | None:
    if options.runtime == "source":
        return None
    factory: RuntimeFactory = importlib.import_module("tests.harness.runtime_lambda").make
    return factory


def _reader(clients: str) -> str | None:
    """The key of a client that may read the calls."""
    for entry in json.loads(clients).values():
        if "calls:read" in entry.get("scopes", []):
            return str(entry.get("key") or entry["keys"][0])
    return None


def _probe(system: System, path: str, key: str | None) -> None:
    """Return once the system answers `path`. An answer that says that Ytel is down is one.

    A function that runs out of time says nothing of itself while all of them start at once: it is asked again.
    """
    until, seen = time.monotonic() + _START_SECONDS, len(system.failures)
    while not _answers(system, path, key):
        failed = [(name, result.failure) for name, result in system.failures[seen:] if result.failure]
        seen = len(system.failures)
        if not failed:
            raise _FailedError(f"GET {path} answers 500")
        function, failure = next((one for one in failed if one[1].type != OUT_OF_TIME), failed[-1])
        if failure.type != OUT_OF_TIME or time.monotonic() > until:
            written = [line for name, line in system.logs_by_function if name == function and not line.startswith("{")]
            why = failure.message if failure.type != "Runtime.ExitError" or not written else written[0]
            raise _FailedError(f"the function {function} does not run: {why}")


def _answers(system: System, path: str, key: str | None) -> bool:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(system.url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=_START_SECONDS):
            return True
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code != 500
    except OSError as error:
        raise _FailedError(f"GET {path} does not answer: {error}") from None


def _tell(event: dict[str, Any]) -> None:
    if event["source"] == OUTGOING:
        _line(sys.stdout, json.dumps(event, ensure_ascii=False))


def _line(stream: Any, line: str) -> None:
    with _writing, contextlib.suppress(OSError, ValueError):  # whoever read it is gone
        stream.write(f"{line}\n")
        stream.flush()


def _interrupt(*_: object) -> NoReturn:
    raise _StopError


if __name__ == "__main__":
    sys.exit(main())
