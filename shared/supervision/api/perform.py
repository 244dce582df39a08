"""What is done for a request: the use case of its action, and what came of it as a value."""

from collections.abc import Callable, Mapping
from typing import Any

from supervision.base.observability import logger
from supervision.base.problems import CallNotFound, Forbidden, InvalidRequest, OutcomeUnknown, Problem
from supervision.rules.actions import DIALLED
from supervision.rules.request import Done, Outcome, Refused, Request, Unknown
from supervision.rules.scopes import SCOPE_OF
from supervision.table.requests import Opened
from supervision.wiring import Services

type Answer = Mapping[str, Any]


def perform(request: Request, services: Services, opened: Opened | None = None) -> Outcome:
    """Does what is asked, if a scope of the caller's covers it.

    `opened` is the request in the table, where it has a name.
    """
    if request.action in SCOPE_OF and not request.caller.may(request.action):
        return Refused(Forbidden(f"This takes the scope {SCOPE_OF[request.action]}."))
    work = _dial if request.action in DIALLED else _OTHERS[request.action]
    return _outcome(lambda: work(request, services, opened))


def perform_again(request: Request, services: Services, about: Mapping[str, Any]) -> Outcome:
    """What becomes of a request whose first answer was that its outcome is not known; `about` is what was known.

    A dial is looked for and never sent again. A hang-up is finished: who is still there is disconnected. A change of
    mode goes on from where it was.
    """
    if request.action == "switch":
        return perform(request, services)
    if request.action == "hangup":
        return _outcome(lambda: _finish(request, services, about))
    return _outcome(lambda: _look_again(services, about.get("supervisionId")))


def _look_again(services: Services, supervision_id: object) -> Answer:
    if not isinstance(supervision_id, str):
        raise OutcomeUnknown("It was acted on before, and what came of it cannot be read.")
    return services.dial.look_again(supervision_id).to_json()


def _outcome(work: Callable[[], Answer]) -> Outcome:
    try:
        return Done(work())
    except OutcomeUnknown as problem:
        return Unknown(problem)
    except Problem as problem:
        return Refused(problem)


def _dial(request: Request, services: Services, opened: Opened | None) -> Answer:
    return services.dial.dial(request, opened).to_json()


def _hang_up(request: Request, services: Services, opened: Opened | None) -> Answer:
    conf_id = services.reader.call_of(request)
    if request.conf_id is not None and (request.client_id is not None or request.agent_number is not None):
        services.reader.read_for(request)  # refuses an agent who is not on it
    logger.append_keys(confId=conf_id)
    return services.hang_up.hang_up(conf_id, request.caller, request.correlation_id)


def _finish(request: Request, services: Services, lists: Mapping[str, Any]) -> Answer:
    try:
        return _hang_up(request, services, None)
    except CallNotFound:
        gone = [*lists.get("hungUp", ()), *lists.get("failed", ())]
        return {"confId": lists.get("confId", request.conf_id), "hungUp": gone, "failed": []}


def _leave(request: Request, services: Services, opened: Opened | None) -> Answer:
    return services.leave.leave(_supervision_of(request), request.caller).to_json()


def _switch(request: Request, services: Services, opened: Opened | None) -> Answer:
    _supervision_of(request)
    return services.switch.switch(request, opened).to_json()


def _help(request: Request, services: Services, opened: Opened | None) -> Answer:
    return (services.call_for_help.withdraw if request.takes_back else services.call_for_help.ask)(request)


def _follow(request: Request, services: Services, opened: Opened | None) -> Answer:
    if request.takes_back:
        return services.follow_agents.withdraw(request)
    return services.follow_agents.begin(request, opened)


def _supervision_of(request: Request) -> str:
    if request.supervision_id is None:
        raise InvalidRequest('The supervision must be named by its "supervisionId".')
    return request.supervision_id


_OTHERS: dict[str, Callable[[Request, Services, Opened | None], Answer]] = {
    "hangup": _hang_up,
    "leave": _leave,
    "switch": _switch,
    "help": _help,
    "follow": _follow,
}
