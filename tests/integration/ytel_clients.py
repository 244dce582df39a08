"""A Ytel client for tests: a token that may be refused, a wait that takes no time."""

from supervision.base.settings import YtelSettings
from supervision.ytel.client import Ytel
from supervision.ytel.transport import Transport

API = "https://ytel.example.com/api/v4"
USERS = "https://gumby.example.com/webrtc/users"


class Tokens:
    """Gives the first of `tokens`, and the next one for each that is refused."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens or ("token",))
        self.refused: list[str] = []

    def bearer(self) -> str:
        return self.tokens[0]

    def renew(self, rejected: str) -> str:
        self.refused.append(rejected)
        if len(self.tokens) > 1:
            self.tokens.pop(0)
        return self.tokens[0]


def client(
    api_url: str = API,
    users_url: str = USERS,
    *,
    tokens: Tokens | None = None,
    timeout: float = 5.0,
    waits: list[float] | None = None,
    route: tuple[str, str] = ("DELETE", "/conference/{confId}/participant/{memberId}"),
    conference_route: tuple[str, str] | None = None,
) -> Ytel:
    """A client; the waits between its attempts are noted in `waits` instead of waited."""
    settings = YtelSettings(
        ytel_api_url=api_url,
        ytel_users_url=users_url,
        ytel_token_secret="unused",
        ytel_session_secret="unused",
        ytel_timeout_seconds=timeout,
        ytel_hangup_route=route,
        ytel_conference_route=conference_route,
    )
    bearer = tokens or Tokens()
    ytel = Ytel(settings, bearer)
    # In place of the one it makes on first use.
    vars(ytel)["_transport"] = Transport(bearer, timeout, sleep=(waits if waits is not None else []).append)
    return ytel
