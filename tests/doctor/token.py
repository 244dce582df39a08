"""What the token says of itself."""

from typing import Any

from supervision.ytel.claims import claims_of, ends_at
from supervision.ytel.tokens import DAY_MS, DAYS_AHEAD
from tests.doctor.report import Report


def look_at_token(report: Report, token: str, now_ms: int) -> dict[str, Any]:
    """Says whose token it is and how long it lives; its claims."""
    claims = claims_of(token)
    if not claims:
        report.unlike("the token is no JWT: it says neither whose it is nor when it ends")
        return claims
    account, ends, made = claims.get("acct"), ends_at(token), claims.get("iat")
    whose = f"of account {account}" if account else "that names no account"
    if not ends:
        report.unlike(f"the token is a JWT {whose}, and does not say when it ends")
        return claims
    life = f"lives {ends // 1000 - made} s" if type(made) is int else "does not say when it was made"
    days = (ends - now_ms) / DAY_MS
    text = f"the token is a JWT {whose}; it {life} and ends in {days:.1f} days"
    if days <= DAYS_AHEAD:
        report.unlike(f"{text}: put the next one into the secret in time, or a username and a password")
    else:
        report.ok(text)
    return claims
