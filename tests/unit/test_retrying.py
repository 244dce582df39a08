"""Which failed reads are tried again, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.base.problems import CallNotFound, YtelInvalid, YtelRateLimited, YtelRejected, YtelUnavailable
from supervision.ytel.answers import NotThere, TokenRefused, Unclear
from supervision.ytel.retrying import LONGEST_WAIT_SECONDS, READING_ATTEMPTS, wait_before_retry

PASSING = [YtelRateLimited("Slow down."), YtelUnavailable("Down."), Unclear("500")]
LASTING = [YtelRejected("No."), YtelInvalid("?"), TokenRefused("No."), NotThere("No."), CallNotFound("No.")]


@pytest.mark.parametrize("problem", PASSING, ids=lambda one: type(one).__name__)
def test_what_may_pass_is_tried_again_a_little_later_each_time(problem):
    assert wait_before_retry(1, problem, 9, 0.0) == pytest.approx(0.1)
    assert wait_before_retry(1, problem, 9, 1.0) == pytest.approx(0.2)
    assert wait_before_retry(2, problem, 9, 0.0) == pytest.approx(0.2)
    assert wait_before_retry(2, problem, 9, 1.0) == pytest.approx(0.4)
    assert wait_before_retry(READING_ATTEMPTS, problem, 9, 0.0) is None


@pytest.mark.parametrize("problem", LASTING, ids=lambda one: type(one).__name__)
def test_what_will_not_pass_is_not(problem):
    assert wait_before_retry(1, problem, 9, 0.5) is None


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_ytels_own_wait_is_kept_to(seconds):
    assert wait_before_retry(1, YtelRateLimited("Slow down.", retry_after=seconds), 9, 0.5) == seconds


def test_a_wait_that_is_too_long_for_a_person_is_passed_on():
    assert wait_before_retry(1, YtelUnavailable("Down.", retry_after=3), 9, 0.5) is None
    assert wait_before_retry(1, YtelUnavailable("Down.", retry_after=2), 1.9, 0.5) is None
    assert wait_before_retry(1, YtelUnavailable("Down."), 0.01, 0.5) is None


@given(
    st.integers(1, 5),
    st.sampled_from([*PASSING, *LASTING]) | st.integers(0, 100).map(lambda n: YtelUnavailable("Down.", retry_after=n)),
    st.floats(-5, 20),
    st.floats(0, 1),
)
def test_no_wait_is_longer_than_what_is_left(attempt, problem, left, jitter):
    wait = wait_before_retry(attempt, problem, left, jitter)
    assert wait is None or 0 <= wait <= min(left, LONGEST_WAIT_SECONDS)
