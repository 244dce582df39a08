"""How long is looked whether what was asked has happened, and which two looks are far enough apart."""

from supervision.actions.confirming import Confirming
from supervision.rules.lifecycle import Patience

PATIENCE = Patience(ring=90_000, late=600_000, apart=2_000)


class Clock:
    def __init__(self):
        self.time = 0.0

    def sleep(self, seconds):
        self.time += seconds


def looks(clock, seconds=5.0):
    return Confirming(seconds, PATIENCE, sleep=clock.sleep, now=lambda: clock.time).looks()


def test_a_call_is_over_once_a_look_misses_it_that_is_far_enough_from_the_first():
    clock = Clock()
    over = {}
    for look in looks(clock):
        began = clock.time
        clock.sleep(0.1)
        over[began] = look.missing()
    assert over == {began: began >= 0.1 + 2.0 for began in over}
    assert any(over.values())


def test_a_look_that_was_refused_for_long_before_it_missed_the_call_counts_from_its_end():
    clock = Clock()
    every = looks(clock)
    first = next(every)
    clock.sleep(4.6)
    assert not first.missing()
    second = next(every)
    assert not second.missing()


def test_a_look_that_shows_the_call_begins_anew():
    clock = Clock()
    every = looks(clock)
    assert not next(every).missing()
    clock.sleep(1)
    next(every).listed()
    clock.sleep(1)
    assert not next(every).missing()
