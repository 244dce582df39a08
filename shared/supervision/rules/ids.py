"""Ids of users and calls, compared as UUIDs where both are UUIDs, and else as they are. Pure."""

import re
from functools import lru_cache
from hashlib import sha256

SHORTEST_UUID, WRITTEN_UUID, LONGEST_UUID = 32, 36, 38  # without dashes; with these; with these and braces
LONGEST_STORED = 255  # bytes; a sort key of DynamoDB's has 1,024, with what stands beside the id

_UUID = re.compile(r"\{?([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})\}?")


def id_key(text: str) -> str:
    """What two texts of one id have in common: of a UUID its usual form, in small letters; of another text itself."""
    if len(text) > LONGEST_UUID:
        return text
    # Written as most are, with all its dashes, no braces and no capital: it is its own key, whether a UUID or not.
    if len(text) == WRITTEN_UUID and text.islower() and text[0] != "{" and text[-1] != "}":
        return text
    return _key_of(text)


# The ids of a floor of thousands are the same from list to list.
@lru_cache(maxsize=32_768)
def _key_of(text: str) -> str:
    found = _UUID.fullmatch(text)
    return "-".join(found.groups()).lower() if found else text


def stored_id(text: str) -> str:
    """What an id is kept under: its `id_key`, or a hash of one that is longer than a key of the table may be."""
    key = id_key(text)
    written = key.encode(errors="surrogatepass")
    return key if len(written) <= LONGEST_STORED else sha256(written).hexdigest()


def same_id(one: str, other: str) -> bool:
    """Whether two texts are one id: case, braces and dashes of a UUID do not matter. An empty text is no id."""
    if one == other:
        return bool(one)
    # What is shorter than a UUID's digits is none, and so equal to itself alone.
    return len(one) >= SHORTEST_UUID and len(other) >= SHORTEST_UUID and id_key(one) == id_key(other)
