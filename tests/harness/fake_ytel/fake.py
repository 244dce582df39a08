"""The fake Ytel, put together."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from tests.harness.fake_ytel import asking
from tests.harness.fake_ytel.app import ACCOUNT_USERS, API, HANGUP_ROUTE, TOKEN, USERS, App, Complaint
from tests.harness.fake_ytel.calls import Role
from tests.harness.fake_ytel.envelope import Answer, ErrorStyle
from tests.harness.fake_ytel.exchange import Exchanges
from tests.harness.fake_ytel.faults import Faults
from tests.harness.fake_ytel.floor import Floor
from tests.harness.fake_ytel.knobs import RING_SECONDS, Knobs, Users
from tests.harness.fake_ytel.living import Living
from tests.harness.fake_ytel.paging import Paging
from tests.harness.fake_ytel.requests_log import RequestsLog
from tests.harness.fake_ytel.server import Server
from tests.harness.fake_ytel.timeline import Clock, wall_clock
from tests.harness.fake_ytel.tokens import Tokens

SAMPLES = Path(__file__).parent / "samples" / "conferences.json"
SAMPLE_ROLES: dict[str, Role] = {"503": "contact", "504": "agent"}
SAMPLE_AGENT = {"client_id": "c91f9b77-ce9d-4207-98e4-229b76a6555", "number": "+15555280600"}
STOPS_WITHIN_SECONDS = 0.01
TOKEN_SECONDS = 7_200  # as long as Ytel's were seen to live
TOKEN_DAYS = 10_000  # longer than any test puts the clock on
SAMPLE_CALL = "5555776a-564f-4805-ada6-e770c66d7368"


class FakeYtel:
    """Ytel over real HTTP, with a floor that tests work on.

    `floor`: calls, legs, users, phones, and who hears whom. `faults`: what goes wrong. `requests`: what was asked.
    `complaints`: what a correct client never asks. `tokens`: which are good; `token` is a key of the account, a JWT
    that names it unless another is given. `knobs`: every freedom that Ytel has;
    `conferences`, `users` and `errors` are groups of them. `ask` is the way in without a socket.
    """

    def __init__(
        self,
        port: int = 0,
        token: str | None = None,
        seed: int = 1,
        *,
        clock: Clock = wall_clock,
        living: bool = False,
        auto_answer_after: float | None = None,
        ring_seconds: float = RING_SECONDS,
        page_size: int = 100,
        hangup_route: str = HANGUP_ROUTE,
        username: str = "supervisor@example.com",
        password: str = "fake-ytel-password",
        token_seconds: float = TOKEN_SECONDS,
    ) -> None:
        self.knobs = Knobs()
        self.knobs.conferences.size = self.knobs.users.size = self.knobs.contacts.size = page_size
        self.floor = Floor(clock, seed, auto_answer_after, ring_seconds, self.knobs)
        self.living = Living(self.floor, seed) if living else None
        self.tokens = Tokens(token, username, password, token_seconds, self._now, self.floor.account, self.knobs.tokens)
        self.token = token or self.tokens.long_lived(TOKEN_DAYS)
        self.faults = Faults()
        self.requests = RequestsLog()
        self._app = App(self.floor, self.tokens, hangup_route)
        self._exchanges = Exchanges(self._app, self.faults, self.requests)
        self.knobs.settle()
        self._port = port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @classmethod
    def with_samples(cls, **kwargs: Any) -> Self:
        """Ytel's own two sample calls, and the user that the second is matched to."""
        fake = cls(**kwargs)
        fake.floor.add_user("Ann", "Lee", **SAMPLE_AGENT)
        for conference in json.loads(SAMPLES.read_text())["payload"]:
            fake.floor.raw_conference(conference, SAMPLE_ROLES)
        return fake

    @property
    def conferences(self) -> Paging:
        return self.knobs.conferences

    @property
    def users(self) -> Users:
        return self.knobs.users

    @property
    def errors(self) -> ErrorStyle:
        return self.knobs.errors

    @property
    def complaints(self) -> list[Complaint]:
        return self._app.complaints

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._server.connections) if self._server else 0

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        return self.url + API

    @property
    def users_url(self) -> str:
        """Where Ytel's users have seen them, with `{accountId}` filled in."""
        return self.url + ACCOUNT_USERS.replace("{accountId}", self.floor.account)

    @property
    def users_url_template(self) -> str:
        """The same as a setting, `{accountId}` left in."""
        return self.url + ACCOUNT_USERS

    @property
    def gumby_users_url(self) -> str:
        """The same users at a URL that names no account, as the article's endpoint may have one."""
        return self.url + USERS

    @property
    def token_url(self) -> str:
        return self.url + TOKEN

    def start(self) -> Self:
        """Listen; on the port of the time before, where there was one."""
        if self._server is None:
            self._server = Server(self._port, self._exchanges)
            self._port = self._server.server_address[1]
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(STOPS_WITHIN_SECONDS,), daemon=True
            )
            self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and close every connection. The floor stands, and `start` takes it up again."""
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join(5)
            self._server = self._thread = None

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Nobody listens for as long as this lasts."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def ask(self, wait: Callable[[float], None], method: str, url: str, **sent: Any) -> Answer:
        """A request without a socket: `asking.ask`, on the floor's clock, which `wait` moves."""
        return asking.ask(self.floor, self._exchanges, wait, method, url, **sent)

    def move_clock(self, seconds: float) -> None:
        """Put the floor's clock on: calls run, phones ring, tokens end."""
        self.floor.move_clock(seconds)

    def fill(self, calls: int = 0, users: int = 0) -> None:
        """A large floor at once: so many users, so many calls of two legs, the calls shared out among the users."""
        people = [self.floor.add_user(f"Agent{nth}", "Lee") for nth in range(users)]
        for nth in range(calls):
            agent = people[nth % len(people)] if people else None
            created = self.floor.now - 1000 * (nth % 600)
            self.floor.add_call(agent, created=created, direction="inbound" if nth % 2 else "outbound")

    def _now(self) -> int:
        self.floor.tick()
        return self.floor.now

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
