"""The fake Ytel as a process of its own, until it is told to stop."""

import argparse
import json
import signal
import sys
import threading
from typing import Any

from tests.harness.fake_ytel.by_hand import __doc__ as by_hand
from tests.harness.fake_ytel.fake import FakeYtel
from tests.harness.fake_ytel.living import ANSWER_AFTER_SECONDS


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.fake_ytel",
        description="A fake Ytel with a living floor of calls.",
        epilog=by_hand,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=3002)
    parser.add_argument("--token", help="the token that is good, in place of a JWT made for the account")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page-size", type=int, default=100)
    parser.add_argument("--still", action="store_true", help="no calls but the ones that --calls makes")
    parser.add_argument("--calls", type=int, default=0, help="so many calls more, which never end")
    parser.add_argument("--users", type=int, default=0, help="so many users more")
    parser.add_argument("--answer-after", type=float, help="seconds until any phone is answered, and none declines")
    parser.add_argument("--hostile", type=int, metavar="SEED", help="draw the knobs from this seed")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KNOB=VALUE", help="turn a knob: disconnects.empty_yes=1"
    )
    asked = parser.parse_args()
    ytel = FakeYtel(asked.port, asked.token, asked.seed, living=not asked.still, page_size=asked.page_size)
    if asked.answer_after is not None:
        ytel.knobs.turn({"phones.answers_after": asked.answer_after, "phones.spread_seconds": 0, "phones.declines": 0})
    elif asked.still:
        ytel.knobs.phones.answers_after = ANSWER_AFTER_SECONDS
    if asked.hostile is not None:
        ytel.knobs.draw(asked.hostile)
    try:
        ytel.knobs.turn(dict(_knob(text) for text in asked.set))
    except (LookupError, ValueError) as wrong:
        parser.error(f"--set: {wrong}")
    if turned := ytel.knobs.turned():
        print(f"Knobs: {json.dumps(turned)}", file=sys.stderr, flush=True)
    ytel.fill(asked.calls, asked.users)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        ytel.start()
    except OSError as taken:
        print(f"port {asked.port}: {taken.strerror}", file=sys.stderr)
        return 1
    print(f"Ytel: {ytel.api_url}  users: {ytel.users_url_template}  floor: {ytel.url}/_floor", flush=True)
    print(f"Token: {ytel.token}", flush=True)
    stop.wait()
    ytel.stop()
    return 0


def _knob(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


if __name__ == "__main__":
    sys.exit(main())
