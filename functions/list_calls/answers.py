"""JSON answers that a client need not be sent again, and small on the way."""

import gzip
import re
from base64 import b64encode
from collections.abc import Mapping

from aws_lambda_powertools.event_handler import Response

# On such JSON the higher levels take several times as long for a few per cent less.
LEVEL = 3


def revalidated(body: bytes, tag: str, headers: Mapping[str, str]) -> Response[str]:
    """200 with `body`, compressed where the client accepts that; 304 where it holds what `tag` stands for.

    `headers` are the request's, by lower-case name.
    """
    own = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if holds(headers.get("if-none-match", ""), tag):
        return Response(304, headers=own)
    if accepts_gzip(headers.get("accept-encoding", "")):
        small = b64encode(gzip.compress(body, LEVEL, mtime=0)).decode()
        compressed = Response(200, "application/json", small, {**own, "Content-Encoding": "gzip"})
        compressed.base64_encoded = True  # here, as the resolver takes bytes under a JSON type for a value to encode
        return compressed
    return Response(200, "application/json", body.decode(), own)


def holds(if_none_match: str, tag: str) -> bool:
    """Whether one of the tags the client sent is `tag`, compared weakly."""
    if if_none_match.strip() == "*":
        return True
    return tag.removeprefix("W/") in re.findall(r'"[^"]*"', if_none_match)


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether the client takes gzip: named, or by `*`, and not with a weight of 0."""
    weights = {}
    for one in accept_encoding.lower().split(","):
        coding, _, parameters = one.partition(";")
        weight = re.search(r"\bq\s*=\s*([0-9.]+)", parameters)
        weights[coding.strip()] = float(weight[1]) if weight and re.fullmatch(r"\d*\.?\d+|\d+\.", weight[1]) else 1.0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0
