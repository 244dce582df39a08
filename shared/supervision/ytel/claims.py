"""What a token says of itself, where it is a JWT. It is not checked: Ytel does that."""

import base64
import json
from typing import Any


# {"sub": "…", "acct": "5555960b-…", "pAcct": "…", "privs": […], "username": "…", "scope": "…",
#  "iss": "https://ytel.com", "iat": 1700000000, "exp": 1700007200}
def claims_of(token: str) -> dict[str, Any]:
    """The token's claims; none where it is no JWT."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    except (ValueError, IndexError):
        return {}
    return claims if isinstance(claims, dict) else {}


def ends_at(token: str) -> int:
    """When the token ends, in ms since the epoch; 0 where it does not say."""
    try:
        return int(float(claims_of(token)["exp"]) * 1000)
    except (KeyError, ValueError, TypeError, OverflowError):
        return 0
