"""Requests to Ytel over one pooled session: timeouts, the token, reading within bounds, what may be tried again."""

import math
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from supervision.base.fast_json import loads
from supervision.base.observability import add_metric
from supervision.base.problems import OutcomeUnknown, Problem, YtelInvalid, YtelRateLimited, YtelUnavailable
from supervision.ytel.answers import TokenMayNot, TokenRefused, Unclear, envelope_of, read_answer
from supervision.ytel.retrying import wait_before_retry

LARGEST_ANSWER = 64 * 1024 * 1024
READ_GRACE_SECONDS = 3.0
PART = 256 * 1024

Parse = Callable[[bytes], Any]


class Bearer(Protocol):
    """Where the token comes from."""

    def bearer(self) -> str:
        """The token to send."""

    def renew(self, rejected: str) -> str:
        """The token to try once more with, after Ytel refused this one: another where there is another."""


class Transport:
    """Ytel over HTTP. `timeout` is in seconds, for connecting and for reading, per request."""

    def __init__(self, bearer: Bearer, timeout: float, sleep: Callable[[float], None] = time.sleep) -> None:
        self._bearer = bearer
        self._timeout = timeout
        self._sleep = sleep
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=16)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.update({"Accept": "application/json", "User-Agent": "call-floor"})

    def read(self, url: str, params: Mapping[str, str], parse: Parse = loads) -> Any:
        """The JSON a GET answers, tried again with back-off within one timeout and READ_GRACE_SECONDS.

        `parse` reads its JSON. Raises YtelUnavailable, YtelRateLimited, YtelRejected or YtelInvalid.
        """
        deadline = time.monotonic() + self._timeout + READ_GRACE_SECONDS
        attempt = 1
        while True:
            try:
                return self._ask("GET", url, deadline, parse, params=params)
            except requests.RequestException:
                problem: Problem = YtelUnavailable("Ytel did not answer.")
            except Problem as answered:
                problem = answered
            left = deadline - time.monotonic()
            wait = wait_before_retry(attempt, problem, left, random.random())  # noqa: S311 - jitter, no secret
            if wait is None:
                raise problem
            self._sleep(wait)
            attempt += 1

    def read_once(self, url: str) -> Any:
        """The JSON that a GET answers, asked for once, of what nothing hangs on: its failures wake nobody.

        Raises what `read` raises.
        """
        try:
            return self._ask("GET", url, time.monotonic() + self._timeout, loads, counted=False)
        except requests.RequestException:
            raise YtelUnavailable("Ytel did not answer.") from None

    def send(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The envelope that a request which changes something answers. Sent once.

        Raises YtelUnavailable or YtelRateLimited where nothing was done, YtelRejected where Ytel refused, and
        OutcomeUnknown where it may have been done: the answer did not come, or cannot be read.
        """
        try:
            return envelope_of(self._ask(method, url, math.inf, loads, json=body))
        except (Unclear, YtelInvalid):
            raise OutcomeUnknown("Ytel's answer does not say whether this was done.") from None
        except requests.RequestException as error:
            if _never_sent(error):
                raise YtelUnavailable("Ytel cannot be reached; nothing was sent.") from None
            raise OutcomeUnknown("Ytel's answer never came, so whether this was done is not known.") from None

    def _ask(
        self, method: str, url: str, deadline: float, parse: Parse, *, counted: bool = True, **content: Any
    ) -> Any:
        token = self._bearer.bearer()
        try:
            try:
                return self._exchange(method, url, token, deadline, parse, content)
            except TokenRefused as refused:
                # It did nothing, and so is sent once more, a dial too; after 403 only with another token.
                renewed = self._bearer.renew(token)
                if renewed == token and isinstance(refused, TokenMayNot):
                    raise
                return self._exchange(method, url, renewed, deadline, parse, content)
        except TokenRefused:
            if counted:
                add_metric("TokensRefused")
            raise
        except (requests.RequestException, YtelUnavailable, YtelInvalid, YtelRateLimited):
            if counted:
                add_metric("YtelErrors")
            raise

    def _exchange(
        self, method: str, url: str, token: str, deadline: float, parse: Parse, content: Mapping[str, Any]
    ) -> Any:
        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = f"Bearer {token}"
            return request

        began = time.monotonic()
        # A token that took long to get leaves the request itself its whole time.
        deadline = min(deadline, time.monotonic() + self._timeout)
        patience = max(0.05, deadline - time.monotonic())
        with self._session.request(
            method, url, auth=authorize, timeout=patience, stream=True, allow_redirects=False, **content
        ) as response:
            body = _body(response, deadline)
            add_metric("YtelLatency", (time.monotonic() - began) * 1000, "Milliseconds")
            return read_answer(response.status_code, body, response.headers.get("Retry-After"), time.time(), parse)


def _body(response: requests.Response, deadline: float) -> bytes:
    # The read timeout is per packet: what drips for ever, or never ends, is cut off here.
    parts, size = [], 0
    for part in _as_it_comes(response):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline:
            raise requests.ReadTimeout("the answer did not end in time")
        if size > LARGEST_ANSWER:
            raise YtelInvalid("Ytel's answer has no end.")
    return b"".join(parts)


def _as_it_comes(response: requests.Response) -> Iterator[bytes]:
    # Not iter_content, which waits for a whole part however slowly it drips.
    try:
        while part := response.raw.read1(PART, decode_content=True):
            yield part
    except HTTPError as error:
        raise requests.ConnectionError(error) from None


def _never_sent(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, SSLError):
        # Only who Ytel is was refused; any other error of TLS can come after the request.
        return isinstance(reason.args[0] if reason.args else None, ssl.SSLCertVerificationError)
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError | ConnectTimeoutError)
