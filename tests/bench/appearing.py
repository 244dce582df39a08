"""How long it takes from a call's beginning at Ytel until a page has its row, while several pages poll.

The pages are plain clients that ask as the page's `feed.js` and `poll.js` do: first for the whole list, then for what
changed since the version they hold, so long after each answer as `poll.js` has it.
"""

import random
import re
import threading
import time
from collections.abc import Iterator

import requests

from tests.bench.lines import Line, timed
from tests.harness import built
from tests.harness.fake_ytel import FakeYtel
from tests.harness.runtime_lambda import make
from tests.harness.system import LOCAL_KEY, System
from tests.harness.template import ROOT

CALLS, PAGES, BEGUN, SEED = 126, 10, 40, 7
WINDOW_SECONDS = 2  # CALLS_MAX_AGE_SECONDS
KEY = {"Authorization": f"Bearer {LOCAL_KEY}"}


def lines() -> Iterator[Line]:
    """The line of how long a call takes to appear."""
    built.build()
    ytel = FakeYtel()
    ytel.fill(CALLS, CALLS)
    with System({}, ytel, runtime=make) as system:
        pages = [Page(system.url) for _ in range(PAGES)]
        answer = _ytel_answers(system)
        began = _begin_calls(ytel, pages)
        took = sorted(page.seen[call] - at for page in pages for call, at in began.items())
    reached, interval = took[len(took) * 95 // 100], poll_seconds()
    yardstick = WINDOW_SECONDS + interval + answer
    what = f"a call's begin at Ytel until its row on a page, p95, {PAGES} pages"
    text = f"{WINDOW_SECONDS} s window + {interval:.0f} s poll interval + Ytel's answer"
    how = f"{reached:.2f} / {yardstick:.2f} s; p50 {took[len(took) // 2]:.2f} s; {len(took)} rows"
    yield Line(what, text, reached / yardstick, 0.7, how)


def poll_seconds() -> float:
    """How long a page that is looked at waits after an answer."""
    found = re.search(r"const SEEN = ([\d_]+);", (ROOT / "functions/page/assets/poll.js").read_text("utf-8"))
    assert found
    return int(found[1]) / 1000


class Page:
    """One page; `seen` is when it first had each call, by `time.monotonic`."""

    def __init__(self, url: str) -> None:
        self.seen: dict[str, float] = {}
        self._url, self._version, self._over = url, "", threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        pause = poll_seconds()
        with requests.Session() as http:
            while not self._over.is_set():
                since = {"since": self._version} if self._version else {}
                query = {"limit": "1000", **since}
                answer = http.get(f"{self._url}/calls", params=query, headers=KEY, timeout=30)
                answer.raise_for_status()
                said, now = answer.json(), time.monotonic()
                self._version = said["version"]
                for call in said["calls"]:
                    self.seen.setdefault(call["confId"], now)
                self._over.wait(pause)


def _begin_calls(ytel: FakeYtel, pages: list[Page]) -> dict[str, float]:
    """Calls that begin one by one, at any moment of a window, and when; every page has had them all after it."""
    draw, began = random.Random(SEED), dict[str, float]()
    for number, page in enumerate(pages):
        page.start()
        time.sleep(poll_seconds() / len(pages) * (1 if number < len(pages) - 1 else 0))
    try:
        for number in range(BEGUN):
            time.sleep(draw.uniform(0.2, 1.2))
            began[ytel.floor.add_call(ytel.floor.users[number])] = time.monotonic()
        ends = time.monotonic() + 30
        while not all(began.keys() <= page.seen.keys() for page in pages) and time.monotonic() < ends:
            time.sleep(0.2)
    finally:
        for page in pages:
            page.stop()
    return began


def _ytel_answers(system: System) -> float:
    """Seconds that Ytel's list takes, as it answers it here."""
    assert system.ytel
    url = f"{system.ytel.api_url}/conference"
    headers = {"Authorization": f"Bearer {system.ytel.token}"}
    with requests.Session() as http:
        ask = timed(lambda: http.get(url, params={"includeMembers": "true"}, headers=headers, timeout=30))
        return sorted(ask() for _ in range(5))[2] / 1000
