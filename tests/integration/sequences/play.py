"""Random sequences of what can happen on a floor, and what must hold after each step."""

from collections.abc import Callable

from supervision.base.problems import Problem
from supervision.rules.actions import ACTIONS, DIALLED
from tests.harness.fake_ytel.calls import AS_IT_IS, Role
from tests.harness.fake_ytel.phones import Dial
from tests.integration.sequences.world import CUSTOMERS, PHONES, World

LEGS: list[tuple[Role, ...]] = [("contact", "agent"), ("agent", "contact"), ("contact", "agent", "third"), ("contact",)]
STEPS = 12


def play(world: World) -> None:
    """A call or two, then STEPS random steps; an AssertionError where a customer hears what was not meant for them."""
    for _ in range(world.random.randint(1, 2)):
        _begin_call(world)
    for _ in range(STEPS):
        step = world.random.choice(_STEPS)
        world.clock.move(world.random.choice((0.01, 1, 5)))
        world.floor.tick()
        try:
            step(world)
        except Problem as refused:
            world.steps.append(f"  refused: {refused.code}")
        if world.random.random() < 0.5:
            world.look()
            world.steps.append("look")
            _nobody_hears_what_is_not_meant_for_them(world)


def _some_call(world: World) -> str | None:
    calls = world.floor.active_calls()
    return world.random.choice(calls).conf_id if calls else None


def _begin_call(world: World) -> None:
    legs = world.random.choice(LEGS)
    world.floor.add_call(
        direction=world.random.choice(("inbound", "outbound")),
        proof=world.random.choice(("channelName", "channelName", "callerId", "both", None)),
        legs=legs,
    )
    world.steps.append(f"call of {legs}")


def _join(world: World) -> None:
    if call := _some_call(world):
        role: Role = world.random.choice(CUSTOMERS)
        raw = world.random.choice((AS_IT_IS, AS_IT_IS, "{not json"))
        world.floor.join(call, role, raw=raw)
        world.steps.append(f"{role} joins {call[:4]}, listed as {raw}")


def _leave_call(world: World) -> None:
    call = _some_call(world)
    members = world.floor.members(call) if call else []
    if call and members:
        member = world.random.choice(members)
        world.steps.append(f"{world.floor.role(call, member)} leaves {call[:4]}")
        world.floor.leave(call, member)


def _hide(world: World) -> None:
    if call := _some_call(world):
        members = world.floor.members(call)
        if members:
            member = world.random.choice(members)
            world.floor.garble(call, member, world.random.choice(("{", "[]", None, '{"channelName": 7}')))
            world.steps.append(f"{world.floor.role(call, member)} of {call[:4]} cannot be read")


def _ask(world: World) -> None:
    call, action, phone = _some_call(world), world.random.choice(DIALLED), world.random.choice(PHONES)
    if call is None:
        return
    world.steps.append(f"{action} {call[:4]} {phone[-1]}")
    dials = len(world.ytel.dialled)
    supervision = world.supervise.dial(world.request(action, call, phone))
    if len(world.ytel.dialled) == dials:
        world.steps.append("  under way already")
        return
    kept_from = world.ytel.dialled[-1][2]
    assert set(supervision.noSpeakToList) == kept_from
    would_hear = {world.floor.role(call, member) for member in world.floor.members(call) if member not in kept_from}
    if ACTIONS[action].heard_by_all:
        assert not kept_from, f"someone was kept out of a {action}"
    else:
        assert not would_hear & set(CUSTOMERS), f"at the dial of a {action}, {would_hear} would hear"
    if action == "listen":
        assert not would_hear, f"at the dial of a listen, {would_hear} would hear"
    if action == "whisper":
        assert "agent" in would_hear, "a whisper was dialled that the agent would not hear"


def _pick_up(world: World) -> None:
    if dial := _some_ringing(world):
        world.floor.answer(dial.conf_id, dial.to)
        world.steps.append(f"{dial.to[-1]} answers {dial.conf_id[:4]}")


def _decline(world: World) -> None:
    if dial := _some_ringing(world):
        world.floor.decline(dial.conf_id, dial.to)
        world.steps.append(f"{dial.to[-1]} declines {dial.conf_id[:4]}")


def _some_ringing(world: World) -> Dial | None:
    ringing = world.floor.ringing()
    return world.random.choice(ringing) if ringing else None


def _leave(world: World) -> None:
    under_way = world.supervisions.open()
    if under_way:
        one = world.random.choice(under_way)
        world.steps.append(f"supervisor {one.to[-1]} leaves {one.confId[:4]}")
        world.leave.leave(one.id, world.caller)


def _hang_up(world: World) -> None:
    if call := _some_call(world):
        world.steps.append(f"hang up {call[:4]}")
        world.hang_up.hang_up(call, world.caller, "sequence")
        assert not world.floor.is_active(call), "a hung-up call goes on"


def _much_later(world: World) -> None:
    world.clock.move(61)
    world.floor.tick()
    world.steps.append("a minute passes")


_STEPS: list[Callable[[World], None]] = [
    _begin_call,
    _join,
    _leave_call,
    _hide,
    *[_ask] * 6,
    *[_pick_up] * 4,
    _decline,
    _leave,
    _hang_up,
    _much_later,
]


def _nobody_hears_what_is_not_meant_for_them(world: World) -> None:
    """After a look of the guard: of each whisper and listen still in its call, no contact and no third party hears."""
    for one in world.supervisions.open():
        if ACTIONS[one.action].heard_by_all or one.leg is None or one.leg not in world.floor.members(one.confId):
            continue
        hears = {world.floor.role(one.confId, member) for member in world.floor.who_hears(one.confId, one.leg)}
        assert not hears & set(CUSTOMERS), f"after a look, {hears} hear a {one.action}"
        if one.action == "listen":
            assert hears <= {"supervisor"}, f"after a look, {hears} hear a listen"
        if one.action == "whisper" and any(world.floor.role(one.confId, m) == "agent" for m in one.hears):
            still = [m for m in one.hears if m in world.floor.members(one.confId)]
            assert all(world.floor.hears(one.confId, m, one.leg) for m in still), "the agent does not hear a whisper"
