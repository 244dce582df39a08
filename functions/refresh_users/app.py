"""On a schedule: keeps the WebRTC users young, so that nobody who asks has to wait for them."""

from typing import Any

from supervision.base.cold_start import built_once
from supervision.base.observability import invocation, logger
from supervision.base.problems import YtelProblem
from supervision.base.settings import load
from supervision.wiring import Services, ServiceSettings


@built_once
def services() -> Services:
    """What this function works with."""
    return Services(load(ServiceSettings))


def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """Reads the users anew. Where Ytel does not give them, the held ones serve until the next time."""
    with invocation(context):
        try:
            logger.info("the users are read", count=services().users.refresh())
        except YtelProblem as problem:
            logger.warning("the users could not be read", code=problem.code)
