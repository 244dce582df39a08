import threading
import time

from tests.harness.turn import Turn
from tests.harness.waiting import wait_until


def test_it_is_had_in_the_order_it_was_asked_for():
    turn, order, threads = Turn(), [], []
    turn.acquire()

    def one(number):
        with turn:
            order.append(number)

    for number in range(10):
        threads.append(threading.Thread(target=one, args=(number,)))
        threads[-1].start()
        wait_until(lambda: len(turn._waiting) == len(threads), what="it to wait")
    turn.release()
    for thread in threads:
        thread.join()
    assert order == list(range(10))
    assert not turn.taken


def test_who_gives_up_is_passed_over():
    turn = Turn()
    assert turn.acquire(timeout=0)
    begun = time.monotonic()
    assert not turn.acquire(timeout=0.05)
    assert time.monotonic() - begun >= 0.05
    turn.release()
    assert turn.acquire(timeout=0)


def test_a_turn_that_comes_as_the_time_runs_out_is_not_lost(monkeypatch):
    turn = Turn()
    turn.acquire()

    class TooLate(threading.Event):
        def wait(self, timeout=None):
            turn.release()
            return False

    monkeypatch.setattr("tests.harness.turn.threading.Event", TooLate)
    assert turn.acquire(timeout=1)
    turn.release()
    assert not turn.taken


def test_many_who_hurry_lose_nothing():
    turn, counted = Turn(), [0]

    def one():
        for _ in range(200):
            if turn.acquire(timeout=0.0001):
                counted[0] += 1
                turn.release()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not turn.taken
    assert not turn._waiting
    assert counted[0] > 0
