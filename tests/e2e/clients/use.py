"""Does every operation by the client that openapi-python-client made: `use.py <URL> <KEY> <what there is, as JSON>`.

Prints the names of the operations that it did. `failing` are the calls whose dial Ytel fails, by the status that this
is answered with. `gateway` is the URL of one that answers `/{status}` with that status, as a gateway does by itself.
"""

import json
import sys
from types import ModuleType
from typing import Any

from call_floor import AuthenticatedClient, Client, models
from call_floor.api.actions import ask_for_help, barge, hangup, listen, takeover, whisper, withdraw_help
from call_floor.api.agents import follow, list_agents, list_follows, withdraw_follow
from call_floor.api.calls import get_call, list_calls, plan_action
from call_floor.api.page import asyncapi, docs, openapi
from call_floor.api.page import page as front_page
from call_floor.api.supervisions import get_supervision, leave, list_supervisions, me, switch

URL, KEY, there = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
client = AuthenticatedClient(base_url=URL, token=KEY, raise_on_unexpected_status=True, timeout=60)
done: set[str] = set()


def ask(operation: ModuleType, status: int, shape: type | None, *path: str, by: Any = client, **more: Any) -> Any:
    """The answer, which has that status and that shape."""
    answer = operation.sync_detailed(*path, client=by, **more)
    assert answer.status_code == status, (operation, answer)
    assert shape is None or type(answer.parsed) is shape, (operation, answer.parsed)
    done.add(operation.__name__.rsplit(".", 1)[1])
    return answer.parsed


def refused(operation: ModuleType, status: int, code: models.ProblemCode, *path: str, **more: Any) -> None:
    """It is refused with that code."""
    problem = ask(operation, status, models.Problem, *path, **more)
    assert problem.code is code, problem
    assert problem.title, problem


call, agent, phone = there["call"], there["agent"], "+12125550142"
dial = models.DialRequest(to=phone)

# ---------------------------------------------------------------- reading
held = ask(list_calls, 200, models.CallList, direction=models.Direction.INBOUND)
row = next(one for one in held.calls if one.conf_id == call)
assert row.agent_match is models.AgentMatch.CHANNELNAME, row
assert row.help_ is None, row
ask(list_calls, 200, models.CallChanges, since=held.version)
assert ask(get_call, 200, models.CallDetail, call).user_conference.to_dict()["confId"] == call
plan = ask(plan_action, 200, models.Plan, call, action=models.PlannedAction.HANGUP)
assert plan.action is models.PlannedAction.HANGUP, plan
unproven = ask(plan_action, 200, models.Plan, there["unproven"], action=models.PlannedAction.WHISPER)
assert unproven.refused.code is models.ProblemCode.AGENT_NOT_PROVEN, unproven
assert agent in [one.client_id for one in ask(list_agents, 200, models.AgentList).agents]
assert ask(me, 200, models.Me).client == "supervisor"

# ---------------------------------------------------------------- acting
asked = ask(ask_for_help, 200, models.Call, call, body=models.HelpRequest(reason="a manager, please"))
assert asked.help_.reason == "a manager, please", asked
assert ask(withdraw_help, 200, models.Call, call).help_ is None
ask(ask_for_help, 200, models.Call, call)
ask(withdraw_help, 200, models.Call, call)
begun = ask(whisper, 202, models.Supervision, call, body=dial, idempotency_key=f"whisper {call}")
assert begun.action is models.Action.WHISPER, begun
assert begun.state is models.SupervisionState.DIALING, begun
ask(get_supervision, 200, models.Supervision, begun.id)
ask(leave, 202, models.Supervision, begun.id)
for number, operation in enumerate((listen, barge, takeover)):
    other = models.DialRequest(to=f"+1212555015{number}", max_seconds=600)
    ask(operation, 202, models.Supervision, there["calls"][number], body=other)
ask(switch, 202, models.Supervision, there["joined"], body=models.SwitchRequest(action=models.Action.BARGE))
listed = ask(list_supervisions, 200, models.SupervisionList, conf_id=call)
assert begun.id in [one.id for one in listed.supervisions], listed
followed = ask(follow, 201, models.Follow, agent, body=models.FollowRequest(phone, models.Action.LISTEN, calls=5))
assert followed.id in [one.id for one in ask(list_follows, 200, models.FollowList).follows]
assert ask(withdraw_follow, 200, models.Follow, followed.id).how == "withdrawn"
assert len(ask(hangup, 200, models.HungUp, call).hung_up) >= 2

# ---------------------------------------------------------------- what needs no key
for operation in (front_page, docs, openapi, asyncapi):
    ask(operation, 200, None)

# ---------------------------------------------------------------- what goes wrong
Code = models.ProblemCode
refused(get_call, 404, Code.CALL_NOT_FOUND, "nobody")
refused(get_supervision, 404, Code.SUPERVISION_NOT_FOUND, "nobody")
refused(withdraw_follow, 404, Code.FOLLOW_NOT_FOUND, "nobody")
refused(whisper, 409, Code.AGENT_NOT_PROVEN, there["unproven"], body=dial)
refused(whisper, 422, Code.NUMBER_NOT_ALLOWED, there["calls"][0], body=models.DialRequest(to="+18095550100"))
refused(list_calls, 422, Code.INVALID_REQUEST, cursor="?")
for status, (conf_id, code) in there["failing"].items():
    refused(barge, int(status), Code(code), conf_id, body=models.DialRequest(to=there["phone"]))
assert ask(list_calls, 401, models.Message, by=Client(base_url=URL)).message == "Unauthorized"
stranger = AuthenticatedClient(base_url=URL, token="a-key-that-nobody-has", raise_on_unexpected_status=True)
assert ask(list_calls, 403, models.Message, by=stranger).message == "Forbidden"
for status in (401, 403, 404, 413, 429, 500, 503, 504):
    gateway = AuthenticatedClient(base_url=f"{there['gateway']}/{status}", token=KEY, raise_on_unexpected_status=True)
    for module in (whisper, takeover):
        assert ask(module, status, models.Message, call, by=gateway, body=dial).message == f"as {status}"
sys.stdout.write(json.dumps(sorted(done)))
