"""What one answer of Ytel's means. Pure.

{"status": true, "count": 126, "page": 1, "payload": [...]}
{"status": false, "count": 0, "page": 0, "error": [{"code": "404", "message": "Number not found", "moreInfo": null}]}

The envelope decides, not the HTTP status alone: `"status": false` can come with HTTP 200. `error` is a list or one
object, its `code` a text or a number. Some answers have no envelope: the users are a bare array, the token service's
answer is a flat object.
"""

import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

from supervision.base.fast_json import as_utf8, loads
from supervision.base.problems import Problem, YtelInvalid, YtelRateLimited, YtelRejected, YtelUnavailable
from supervision.rules.masking import scrub


class TokenRefused(YtelRejected):
    """Ytel refused the bearer token (401 or 403)."""


class TokenMayNot(TokenRefused):
    """Ytel answered 403: the token is refused, or it may not do this."""


class NotThere(YtelRejected):
    """Ytel knows no such thing (404)."""


class Unclear(YtelUnavailable):
    """Ytel failed (5xx but 503) in a way that does not say whether a request that changes something was carried out."""


def read_answer(
    status: int, body: bytes, retry_after: str | None, now_s: float, parse: Callable[[bytes], Any] = loads
) -> Any:
    """The JSON of an answer that says yes, an object or an array; a success without a body is `{"status": true}`.

    `parse` reads it. An answer without the envelope's `status` says yes by its HTTP status, unless it holds an `error`.
    Raises the problem the answer stands for; YtelInvalid where a success is neither an object nor an array.
    """
    document = _document(body, parse)
    envelope = document if isinstance(document, dict) else None
    if not 200 <= status < 300:
        raise _problem(status, envelope, retry_after, now_s)
    if not body:
        return {"status": True}
    if not isinstance(document, dict | list):
        raise YtelInvalid("Ytel's answer is not the JSON it documents.")
    if envelope is None or envelope.get("status") is True or _says_nothing_of_no(envelope):
        return document
    code = str(_error(envelope).get("code"))
    failed = int(code) if re.fullmatch("[1-5][0-9]{2}", code) else 400
    raise _problem(400 if failed >= 500 and failed != 503 else failed, envelope, retry_after, now_s)


def envelope_of(document: Any) -> dict[str, Any]:
    """The documented envelope, which says yes to what was sent. Raises YtelInvalid where the answer is no such one."""
    if isinstance(document, dict) and document.get("status") is True:
        return document
    raise YtelInvalid("Ytel's answer is not the JSON it documents.")


def _says_nothing_of_no(document: dict[str, Any]) -> bool:
    return document.get("status") is not False and not document.get("error")


def _problem(status: int, envelope: dict[str, Any] | None, retry_after: str | None, now_s: float) -> Problem:
    message = _message(envelope)
    wait = _seconds(retry_after, now_s)
    if status == 429:
        return YtelRateLimited("Ytel asks to slow down.", retry_after=wait)
    if status == 503:
        return YtelUnavailable("Ytel is not available.", retry_after=wait)
    if status >= 500:
        return Unclear(f"Ytel failed with {status}.", retry_after=wait)
    if status in (401, 403):
        return (TokenRefused if status == 401 else TokenMayNot)(f"Ytel refused the token: {message}")
    if status == 404:
        return NotThere(f"Ytel refused: {message}")
    if 300 <= status < 400:
        return YtelInvalid("Ytel's answer leads elsewhere; check the URL in the settings.")
    return YtelRejected(f"Ytel refused: {message}")


def _document(body: bytes, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(as_utf8(body))
    except ValueError:
        return None


def _error(envelope: dict[str, Any] | None) -> dict[str, Any]:
    error = (envelope or {}).get("error")
    if isinstance(error, list):
        error = error[0] if error else None
    return error if isinstance(error, dict) else {}


def _message(envelope: dict[str, Any] | None) -> str:
    message = _error(envelope).get("message")
    return scrub(message[:200]) if isinstance(message, str) and message.strip() else "no reason given"


def _seconds(retry_after: str | None, now_s: float) -> int | None:
    """Retry-After's whole seconds, from a number or an HTTP date."""
    if not retry_after:
        return None
    if re.fullmatch("[0-9]{1,9}", retry_after.strip()):
        return int(retry_after.strip())
    try:
        return max(0, round(parsedate_to_datetime(retry_after).timestamp() - now_s))
    except (ValueError, TypeError, OverflowError):
        return None
