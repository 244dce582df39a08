"""A clock that was wrong once blinds nobody: whatever was written by it, the others go on, and dial nobody twice."""

import pytest
from msgspec.structs import replace

from supervision.base import clock
from supervision.base.problems import AlreadySupervising, YtelRateLimited, YtelUnavailable
from supervision.table.events import Event
from supervision.table.gateway import Gateway
from supervision.table.requests import Answered, Opened, Requests
from supervision.table.secret import Secret
from supervision.table.shared_cache import Read, SharedCache
from tests.integration.desk import PHONE
from tests.integration.test_requests import ANSWER, LEASE_MS, REQUEST
from tests.integration.test_shared_cache import POLICY, Upstream, value_of

WRONG = pytest.mark.parametrize("seconds", [12, 300, 366 * 86_400])


class Wrong:
    """The clock, which is wrong inside `with`."""

    def __init__(self, clock_at, seconds):
        self.move, self.seconds = clock_at, seconds

    def __enter__(self):
        self.move(self.seconds)

    def __exit__(self, *_):
        self.move(-self.seconds)


@pytest.fixture
def wrong(clock_at, seconds):
    return Wrong(clock_at, seconds)


@pytest.fixture
def function(table):
    """Makes one more function's shared cache."""
    return lambda **terms: SharedCache(table, "thing", replace(POLICY, **terms))


# ---------------------------------------------------------------- what is held for every function


@WRONG
def test_a_reading_that_lies_ahead_is_none(function, wrong, clock_at):
    upstream = Upstream()
    one, two = function(), function()
    with wrong:
        value_of(one, upstream)
    upstream.value = b"two"
    generation, value = value_of(two, upstream)
    assert (value, generation.as_of, generation.stale) == (b"two", clock_at(), False)
    assert value_of(function(), upstream)[1] == b"two"
    assert upstream.reads == 2
    clock_at(1.8)
    assert value_of(two, upstream)[0].as_of == clock_at()  # the content is the same


@WRONG
def test_nor_is_one_in_memory_once_the_clock_is_set_right(function, wrong):
    upstream, one = Upstream(), function()
    with wrong:
        value_of(one, upstream)
        assert one.in_memory()
    assert one.in_memory() is None
    upstream.value = b"two"
    assert value_of(one, upstream)[1] == b"two"


@WRONG
def test_while_reads_fail_one_that_lies_ahead_does_not_serve(function, wrong):
    upstream = Upstream()
    with wrong:
        value_of(function(), upstream)
    upstream.problem = YtelUnavailable("down")
    with pytest.raises(YtelUnavailable):
        value_of(function(), upstream)


@WRONG
def test_unless_anything_is_better_than_nothing(function, wrong):
    upstream = Upstream()
    with wrong:
        value_of(function(), upstream)
    upstream.problem = YtelUnavailable("down")
    assert value_of(function(max_stale=None), upstream)[0].stale


@WRONG
def test_a_clock_that_is_behind_the_others_reads_for_itself(function, wrong, clock_at):
    upstream, one, slow = Upstream(), function(), function()
    value_of(one, upstream)
    wrong.move(-wrong.seconds)
    generation, _ = value_of(slow, upstream)
    assert generation.as_of == clock_at()
    wrong.move(wrong.seconds)
    clock_at(0.5)
    upstream.value = b"two"
    clock_at(2)
    assert value_of(one, upstream)[1] == b"two"
    assert upstream.reads == 3


@WRONG
@pytest.mark.parametrize("problem", [YtelUnavailable("down"), YtelRateLimited("slower", retry_after=60)])
def test_a_failure_that_lies_ahead_asks_nobody_to_wait(function, wrong, problem):
    upstream = Upstream()
    upstream.problem = problem
    with wrong, pytest.raises(type(problem)):
        value_of(function(), upstream)
    upstream.problem = None
    assert value_of(function(), upstream)[1] == b"one"


@WRONG
def test_a_pause_after_a_slow_read_that_lies_ahead_is_none(function, wrong, clock_at):
    def slow():
        read_at = clock.now_ms()
        clock_at(5)
        return Read(read_at, lambda: {"part": b"slow"})

    with wrong:
        value_of(function(), slow)
    assert value_of(function(), Upstream())[1] == b"one"


@WRONG
def test_a_lease_that_was_taken_ahead_holds_nobody_up(function, wrong):
    class Died(BaseException):
        pass

    def die():
        raise Died

    one = function()
    one._item.release = lambda holder: None
    with wrong, pytest.raises(Died):
        one.get(die)
    assert value_of(function(), Upstream(), within=0.0)[1] == b"one"


@WRONG
def test_what_was_put_out_of_date_ahead_is_read_no_more_often(function, wrong, clock_at):
    upstream = Upstream()
    with wrong:
        function().invalidate()
    for _ in range(3):
        value_of(function(), upstream)
        clock_at(0.1)
    assert upstream.reads == 1
    function().invalidate()
    clock_at(0.1)
    value_of(function(), upstream)
    assert upstream.reads == 2


@WRONG
def test_an_extra_read_that_was_asked_for_ahead_is_none(function, wrong):
    one = function()
    with wrong:
        assert one.try_acquire(30_000)
    assert one.try_acquire(30_000)
    assert not function().try_acquire(30_000)


# ---------------------------------------------------------------- requests, events, secrets


@WRONG
def test_a_request_that_was_taken_up_ahead_is_taken_up_by_another(table, wrong):
    requests = Requests(Gateway(table))
    with wrong:
        assert isinstance(requests.open(REQUEST, LEASE_MS), Opened)
    assert isinstance(requests.open(REQUEST, LEASE_MS), Opened)


@WRONG
def test_but_what_was_answered_stays_answered(table, wrong):
    requests = Requests(Gateway(table))
    with wrong:
        opened = requests.open(REQUEST, LEASE_MS)
        assert isinstance(opened, Opened)
        requests.close(opened, opened.done(ANSWER))
    assert requests.open(REQUEST, LEASE_MS) == Answered({"done": ANSWER})


@WRONG
def test_an_event_that_was_decided_ahead_is_due(desk, wrong):
    with wrong:
        desk.services.outbox.keep([Event("Call Started", "c1", {"n": 1}, "watch_calls", "r1", clock.now_ms())])
    assert desk.services.outbox.sweep() == 1
    assert desk.types() == ["Call Started"]


@WRONG
def test_a_secret_that_was_read_ahead_is_read_again(made_up_aws, wrong):
    from supervision.base import aws

    aws.client("secretsmanager").create_secret(Name="thing", SecretString="first")
    secret = Secret("thing")
    with wrong:
        secret.get()
    aws.client("secretsmanager").put_secret_value(SecretId="thing", SecretString="second")
    assert secret.get() == "second"


# ---------------------------------------------------------------- supervisions


@WRONG
def test_a_supervision_that_was_dialled_ahead_is_looked_after(desk, wrong):
    call = desk.call()
    with wrong:
        begun = desk.dial("whisper", call)
    desk.floor.answer(call, PHONE)
    desk.look()
    assert desk.record(begun).state == "joined"
    desk.floor.join(call, "third")
    desk.look()
    assert desk.record(begun).exposed
    assert desk.floor.members(call, "supervisor") == []


@WRONG
def test_a_reading_that_was_taken_in_ahead_hides_none(desk, wrong):
    call = desk.call()
    begun = desk.dial("whisper", call)
    desk.floor.answer(call, PHONE)
    with wrong:
        desk.look()
    desk.floor.join(call, "third")
    desk.look()
    assert desk.record(begun).exposed
    assert desk.floor.members(call, "supervisor") == []


@pytest.mark.parametrize("seconds", [120, 300])
def test_a_phone_that_was_given_up_by_a_clock_that_was_ahead_rings_yet(desk, wrong):
    call = desk.call()
    begun = desk.dial("whisper", call)
    with wrong:
        desk.look()
    assert desk.record(begun).state == "failed"
    with pytest.raises(AlreadySupervising):
        desk.dial("whisper", call)
    desk.move(seconds=90)
    desk.dial("whisper", call)
    assert desk.dials() == 2


@WRONG
def test_the_same_request_after_one_that_lies_ahead_is_refused_and_dials_nobody(desk, wrong):
    call = desk.call()
    with wrong:
        begun = desk.dial("whisper", call)
    with pytest.raises(AlreadySupervising) as refused:
        desk.dial("whisper", call)
    assert refused.value.extra == {"supervisionId": begun.id}
    assert desk.dials() == 1
