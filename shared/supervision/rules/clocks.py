"""What is believed of a time that was written down, by another function or before one's own clock was set. Pure.

Every function has a clock of its own, and one that is wrong must blind nobody. So a time that lies ahead of one's own
clock by more than a few seconds counts as never. What ends later than it begins, such as a lease, is kept with the time
at which it began: that alone tells whether its clock was wrong. What each belief does then:

    the floor's or the users' reading      read again; while that fails, not served
    a lease, a failure, a wait             over
    a list put out of date                 not so: the next list may be as old as any list may
    a reading that a supervision took in   as if there had been none
    the dial of a supervision              just now, in every reading: its leg is watched for longer
    the end of a supervision               just now, in every reading: its leg may return for longer
    the first reading without a call       this one: the call is over later
    an event that is kept                  due: it may be told twice, under one id
    a request that is worked on            no longer; one that was answered stays so
    the same request without a name        another one: refused
    a token that was refused               not just made: another is made
    a secret in memory                     read again
"""

# Clocks that are right differ by less.
AHEAD_MS = 5_000


def believed(time: int, now: int) -> int:
    """The time, or 0 for never; both in milliseconds since the epoch."""
    return time if time <= latest_believed(now) else 0


def latest_believed(now: int) -> int:
    """The latest time that is believed, for the conditions of a write."""
    return now + AHEAD_MS
