"""Which legs are our supervisors' own, where several supervisions of one phone could claim them."""

import pytest

from supervision.rules.claims import Supervisor, claim, is_proven
from supervision.rules.legs import Leg
from tests.unit.strategies import PHONE

LEG = Leg("502", readable=True, channel_name=PHONE)
AT = 1_709_849_242_672


def asked(id_, state="joined", at=0, **fields):
    return Supervisor(id_, "listen", state, False, PHONE, requested_at=AT + at, **fields)


@pytest.mark.parametrize("older_first", [True, False])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (asked("under way", "dialing"), asked("closed", "failed", at=60_000)),
        (asked("under way"), asked("closed", "ended", at=60_000)),
        (asked("newest", "dialing", at=60_000), asked("older", "dialing")),
        (asked("newest", "failed", at=60_000), asked("older", "ended")),
    ],
    ids=lambda one: one.id,
)
def test_of_several_of_one_phone_those_under_way_come_first_and_then_the_newest(one, other, older_first):
    both = [other, one] if older_first else [one, other]
    assert claim([LEG], both) == {"502": one.id}


def test_the_newest_of_two_dials_with_one_mark_has_the_leg():
    marked = Leg("502", readable=True, channel_name="anything", call_sid="sid-9")
    both = [asked("older", call_sid="sid-9"), asked("newest", at=60_000, call_sid="sid-9")]
    assert claim([marked], both) == claim([marked], both[::-1]) == {"502": "newest"}


def test_a_leg_is_proven_by_the_dials_mark_or_by_its_number():
    marked, unmarked = asked("s1", call_sid="sid-9"), asked("s1")
    assert is_proven(Leg("502", readable=True, channel_name="anything", call_sid="sid-9"), marked)
    assert not is_proven(Leg("502", readable=True, channel_name="anything", call_sid="sid-8"), marked)
    assert not is_proven(Leg("502", readable=True, channel_name="anything"), unmarked)
    assert is_proven(LEG, marked)
    assert is_proven(LEG, unmarked)
