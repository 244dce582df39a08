"""JSON as the standard library reads it, at msgspec's speed: a floor's list is mostly JSON to read."""

import json
import math
from collections.abc import Sequence
from typing import Any

from msgspec import MsgspecError, to_builtins
from msgspec.json import Decoder, Encoder

_decode, _encode, _encode_lines = Decoder().decode, Encoder().encode, Encoder().encode_lines


def loads(text: str | bytes) -> Any:
    """The value of the JSON `text`. Raises ValueError, and nothing else, where it is none.

    What msgspec refuses and Python reads, such as half of a surrogate pair, is read all the same: one odd name must not
    hide a whole floor.
    """
    try:
        return _decode(text)
    except (ValueError, MsgspecError, RecursionError):
        try:
            return json.loads(text)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def as_utf8(body: bytes) -> bytes:
    """`body` as a browser reads it: without a byte order mark, what is no UTF-8 replaced by U+FFFD."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        body.decode()
    except UnicodeDecodeError:
        return body.decode(errors="replace").encode()
    return body


def dumps(value: Any) -> bytes:
    """`value` as compact JSON in UTF-8. Never raises for what `loads` gives: what JSON cannot say becomes null."""
    try:
        return _encode(value)
    except (ValueError, OverflowError, RecursionError):  # half of a surrogate pair, more than 64 bits, or too deep
        try:
            return json.dumps(_without_nan(value), separators=(",", ":")).encode()
        except RecursionError:
            return b"null"


def dump_lines(values: Sequence[Any]) -> list[bytes]:
    """Each of the values, which may be structs, as `dumps` gives it; many at once."""
    try:
        return _encode_lines(values).split(b"\n")[:-1]
    except (ValueError, OverflowError, RecursionError):
        return [dumps(to_builtins(value)) for value in values]


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
