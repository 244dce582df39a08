"""Ytel as the layer's own HTTP session reaches it: the fake's routes and floor, with no socket on the way."""

import io
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from tests.harness.fake_ytel.asking import Broken, TimedOut
from tests.harness.fake_ytel.envelope import Answer
from tests.harness.simulation.scheduler import current


class Adapter(BaseAdapter):
    """What a `requests.Session` sends through."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def send(self, request: requests.PreparedRequest, *_: Any, **sent: Any) -> requests.Response:
        """The answer, as urllib3 would have it. Raises what requests raises."""
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else bytes(body)
        method, url = request.method or "", request.url or ""
        timeout = sent["timeout"]
        patience = float(timeout[1] if isinstance(timeout, tuple) else timeout)
        task = current()
        assert task is not None, "only what a function does reaches Ytel"
        try:
            answer = task.scheduler.services["ytel"](method, url, dict(request.headers), body, patience)
        except TimedOut:
            raise requests.ReadTimeout("the fake did not answer in time", request=request) from None
        except Broken:
            raise requests.ConnectionError("the connection ended", request=request) from None
        except ConnectionRefusedError:
            pool = HTTPConnectionPool("ytel")
            refused = MaxRetryError(pool, url, NewConnectionError(pool, "refused"))  # type: ignore[arg-type]
            raise requests.ConnectionError(refused, request=request) from None
        return _response(request, answer)

    def close(self) -> None:
        """Nothing is open."""


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers.update(answer.headers)
    response.raw = HTTPResponse(
        io.BytesIO(answer.body), headers=answer.headers, status=answer.status, preload_content=False
    )
    response.url = request.url or ""
    response.request = request
    return response
