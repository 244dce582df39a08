"""The API under what nobody thought of: requests generated from its description get documented answers, and no 500."""

import itertools
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks

from tests.contract.conformance import described
from tests.harness.system import LOCAL_KEY

schema = schemathesis.openapi.from_dict(described())
schema.config.generation.update(
    with_security_parameters=False
)  # the key is always sent; test_answers_in_trouble leaves it out
# Why a request is refused that is as its schema says: what no schema can say.
BEYOND_A_SCHEMA = re.compile(
    "write the number in full|no such number|from must not be later than until|cursor (is|must be) the `next` of"
    '|This Idempotency-Key was used for another request|"until" must lie ahead'
)
BOUNDED = settings(
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    max_examples=10,
)


@pytest.fixture(scope="module")
def supervisions():
    """The ids of those that were begun."""
    return ["none"]


@pytest.fixture
def send(system, floor, agent, supervisions):
    """Sends a case, and holds the answer against the description."""
    turns = itertools.count()
    floor.auto_answer_after = 0

    def real(case):
        """Every other good request names a call and a supervision that are there, and a phone that may be dialled."""
        turn = next(turns)
        if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE or turn % 2:
            return
        if "confId" in case.path_parameters:
            calls = floor.active_calls()
            case.path_parameters["confId"] = calls[0].conf_id if calls else floor.add_call(agent)
        if "id" in case.path_parameters:
            case.path_parameters["id"] = supervisions[-1]
        if case.method == "POST" and isinstance(case.body, dict):
            case.body["to"] = f"+121255501{turn % 100:02}"

    def sent(case):
        real(case)
        headers = {"Authorization": f"Bearer {LOCAL_KEY}"}
        answer = case.call(base_url=system.url, headers=headers, timeout=60)
        refused = answer.status_code == 422 and BEYOND_A_SCHEMA.match(answer.json()["detail"])
        case.validate_response(answer, excluded_checks=[openapi_checks.positive_data_acceptance] if refused else [])
        if answer.status_code == 202:
            supervisions.append(answer.json()["id"])
        assert not system.failures

    yield sent
    floor.auto_answer_after = None


@schema.parametrize()
@settings(BOUNDED)
def test_every_answer_is_documented(case, send):
    send(case)


@pytest.mark.long
@schema.parametrize()
@settings(BOUNDED, max_examples=500)
def test_every_answer_is_documented_at_length(case, send):
    send(case)
