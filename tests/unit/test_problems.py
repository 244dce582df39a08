"""Everything that can be refused or go wrong: the contract's table."""

import pytest

from supervision.base import problems
from supervision.base.problems import Problem, YtelRejected
from supervision.ytel import answers
from supervision.ytel.session import CredentialsRefused

TABLE = {
    "invalid_request": 422,
    "number_not_allowed": 422,
    "call_not_found": 404,
    "supervision_not_found": 404,
    "agent_not_found": 404,
    "follow_not_found": 404,
    "agent_not_proven": 409,
    "members_unknown": 409,
    "contact_not_joined": 409,
    "not_joined": 409,
    "already_supervising": 409,
    "in_progress": 409,
    "call_ambiguous": 409,
    "too_old": 409,
    "ytel_rate_limited": 429,
    "too_many_requests": 429,
    "ytel_rejected": 502,
    "ytel_invalid": 502,
    "hangup_incomplete": 502,
    "ytel_unavailable": 503,
    "outcome_unknown": 504,
    # beyond the table
    "forbidden": 403,
    "too_many_dials": 429,
}


def all_kinds(kind=Problem):
    for one in kind.__subclasses__():
        yield one
        yield from all_kinds(one)


def test_every_problem_of_the_table_is_there_and_no_other():
    assert {one.code: one.status for one in vars(problems).values() if hasattr(one, "code")} == TABLE


@pytest.mark.parametrize("kind", [one for one in all_kinds() if hasattr(one, "code")], ids=lambda one: one.__name__)
def test_a_problem_is_as_rfc_9457_has_it(kind):
    problem = kind("What happened this time.", retry_after=3, extra={"hungUp": ["1"]})
    assert problem.as_dict() == {
        "type": f"/docs#{kind.code}",
        "title": kind.title,
        "status": TABLE[kind.code],
        "detail": "What happened this time.",
        "code": kind.code,
        "hungUp": ["1"],
    }
    assert problem.retry_after == 3
    assert str(problem) == "What happened this time."


def test_the_further_kinds_are_told_apart_inside_alone():
    assert {one.code for one in (answers.TokenRefused, answers.NotThere, CredentialsRefused)} == {YtelRejected.code}
    assert answers.Unclear.code == "ytel_unavailable"
