"""What a request gets whose phone is already asked into the call, or whose dial's answer was lost."""

from supervision.base import clock
from supervision.base.problems import AlreadySupervising, InProgress, OutcomeUnknown
from supervision.rules.clocks import believed
from supervision.rules.request import Request
from supervision.rules.supervision import Supervision

# The same request within this time gets the supervision that is under way.
SAME_REQUEST_MS = 30_000
# A dial that is pending for longer was cut off: its outcome is unknown.
DIAL_MS = 10_000


def phone_in_progress() -> InProgress:
    """The problem of a request whose phone another one is bringing into the same call."""
    return InProgress("The same phone is being asked into this call right now.")


def same_request(standing: Supervision, request: Request, ring_ms: int) -> Supervision:
    """What a request gets whose phone is already ringing for this call or on it: the supervision, if it asked for it.

    Raises AlreadySupervising, InProgress or OutcomeUnknown. A phone may ring for `ring_ms`.
    """
    now = clock.now_ms()
    age = now - believed(standing.requestedAt, now)
    if standing.action != request.action or standing.requestedBy != request.caller.client:
        raise already_standing(standing)
    if standing.dial != "taken":
        if standing.state == "joined":
            return standing
        if standing.dial == "pending" and age < DIAL_MS:
            raise InProgress()
        raise outcome_unknown(standing, ring_ms)
    # A request that has a name is another one than this: the one of its name was looked for first.
    if request.name is None and age < SAME_REQUEST_MS:
        return standing
    raise already_standing(standing)


def already_standing(supervision: Supervision) -> AlreadySupervising:
    """The problem of a request whose phone another one has asked into this call."""
    return AlreadySupervising(
        "This phone is already ringing for this call, or on it.", extra={"supervisionId": supervision.id}
    )


def outcome_unknown(supervision: Supervision, ring_ms: int) -> OutcomeUnknown:
    """The problem of a dial whose answer never came: to be asked again once its phone can ring no more."""
    now = clock.now_ms()
    left = ring_ms - (now - believed(supervision.requestedAt, now))
    return OutcomeUnknown(
        "Ytel's answer to the dial never came. If the phone rings, answer it; asking again looks whether it joined.",
        extra={"supervisionId": supervision.id},
        retry_after=max(1, left // 1000),
    )
