"""The fake Ytel as a process of its own, until it is told to stop."""

import argparse
import signal
import sys
import threading

from tests.harness.fake_ytel.by_hand import __doc__ as by_hand
from tests.harness.fake_ytel.fake import FakeYtel


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.harness.fake_ytel",
        description="A fake Ytel with a living floor of calls.",
        epilog=by_hand,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=3002)
    parser.add_argument("--token", default="fake-ytel-token")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page-size", type=int, default=100)
    parser.add_argument("--still", action="store_true", help="no calls but the ones that --calls makes")
    parser.add_argument("--calls", type=int, default=0, help="so many calls more, which never end")
    parser.add_argument("--users", type=int, default=0, help="so many users more")
    parser.add_argument(
        "--answer-after", type=float, default=2.0, help="seconds until a supervisor's phone is answered"
    )
    asked = parser.parse_args()
    ytel = FakeYtel(asked.port, asked.token, asked.seed, living=not asked.still, page_size=asked.page_size)
    ytel.floor.auto_answer_after = asked.answer_after
    ytel.fill(asked.calls, asked.users)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        ytel.start()
    except OSError as taken:
        print(f"port {asked.port}: {taken.strerror}", file=sys.stderr)
        return 1
    print(f"Ytel: {ytel.api_url}  users: {ytel.users_url}  floor: {ytel.url}/_floor", flush=True)
    stop.wait()
    ytel.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
