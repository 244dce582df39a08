"""The floor's own mechanics: calls, legs, phones, and how each is written."""

import json

import pytest

from tests.harness.fake_ytel import AS_IT_IS, MISSING, SAMPLES, FakeYtel, Floor, ManualClock
from tests.harness.fake_ytel.unsteady import TRUNK

PHONE = "+12125550142"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def floor(clock):
    return Floor(clock)


def listed(floor, call):
    return json.loads(floor.call(call).listed())


def data_of(floor, call, member_id):
    return json.loads(listed(floor, call)["memberData"][member_id])


def test_the_sample_calls_are_listed_field_for_field():
    ytel = FakeYtel.with_samples(clock=ManualClock())
    shown = [json.loads(call.listed()) for call in ytel.floor.active_calls()]

    assert json.dumps(shown) == json.dumps(json.loads(SAMPLES.read_text())["payload"])
    assert ytel.floor.member(shown[1]["confId"], "agent") == "504"


def test_a_call_made_here_has_the_shape_of_the_samples(floor):
    sample = json.loads(SAMPLES.read_text())["payload"][1]
    call = floor.add_call()
    shown = listed(floor, call)

    assert list(shown) == list(sample)
    assert shown["details"].keys() == sample["details"].keys()
    assert data_of(floor, call, floor.member(call, "agent")).keys() == json.loads(sample["memberData"]["504"]).keys()
    assert {type(value) for value in shown["memberData"].values()} == {str}


@pytest.mark.parametrize(
    ("proof", "channel", "caller"),
    [
        ("channelName", True, False),
        ("callerId", False, True),
        ("both", True, True),
        (None, False, False),
    ],
)
def test_an_agents_leg_shows_its_proof_and_no_other(floor, proof, channel, caller):
    agent = floor.add_user()
    call = floor.add_call(agent, proof=proof)
    data = data_of(floor, call, floor.member(call, "agent"))

    assert (data["channelName"] == agent.number) is channel
    assert (data["callerId"] == agent.client_id) is caller
    assert proof is not None or data["channelName"] == TRUNK


@pytest.mark.parametrize(("direction", "end"), [("inbound", "called_number"), ("outbound", "caller_number")])
def test_direction_decides_which_end_the_agent_is(floor, direction, end):
    agent = floor.add_user()
    assert listed(floor, floor.add_call(agent, direction=direction))["details"][end] == agent.number


def test_member_ids_ascend_and_a_map_of_them_is_in_the_order_of_text(floor):
    call = floor.add_call(legs=("contact", "agent", "third", "third", "third", "third"))
    ids = floor.members(call)

    assert [int(one) for one in ids] == sorted(int(one) for one in ids)
    assert list(listed(floor, call)["memberData"]) == sorted(ids) != ids


def test_members_keep_step_with_their_data(floor):
    call = floor.add_call()
    third = floor.join(call, "third")
    assert len(listed(floor, call)["members"]) == len(listed(floor, call)["memberData"]) == 3

    floor.leave(call, third)

    shown = listed(floor, call)
    assert len(shown["members"]) == 2
    assert {json.loads(data)["callSid"] for data in shown["memberData"].values()} == set(shown["members"])


def test_with_nobody_left_but_supervisors_the_call_is_over(floor):
    call = floor.add_call()
    floor.dial(call, PHONE, "+16465550100")
    floor.answer(call, PHONE)
    floor.leave(call, floor.member(call, "contact"))
    assert floor.is_active(call)

    floor.leave(call, floor.member(call, "agent"))

    assert not floor.is_active(call)
    assert not floor.is_in(call, PHONE)
    assert floor.active_calls() == []


def test_a_supervisor_who_leaves_ends_nothing(floor):
    call = floor.add_call()
    floor.dial(call, PHONE, "+16465550100")
    assert floor.leave(call, floor.answer(call, PHONE))
    assert floor.is_active(call)
    assert not floor.leave(call, "1")


def test_an_answered_phone_is_a_member_whose_channel_is_its_number(floor):
    call = floor.add_call()
    floor.dial(call, PHONE, "+16465550100")
    assert not floor.is_in(call, PHONE)
    data = data_of(floor, call, floor.answer(call, PHONE))

    assert data["channelName"] == PHONE
    assert data["callerId"] == "+16465550100"


def test_ytel_may_write_the_phones_number_otherwise(floor):
    call = floor.add_call()
    floor.dial(call, PHONE, "+16465550100")
    member = floor.answer(call, PHONE, channel="(212) 555-0142")

    assert data_of(floor, call, member)["channelName"] == "(212) 555-0142"
    assert floor.supervisor(call, "1 212 555 0142") == floor.supervisor(call, "2125550142") == member


def test_a_phone_answers_by_itself_after_its_time(clock):
    floor = Floor(clock, auto_answer_after=2)
    call = floor.add_call()
    floor.dial(call, PHONE, "+16465550100")
    clock.move(1.999)
    assert not floor.is_in(call, PHONE)
    clock.move(0.001)
    assert floor.is_in(call, PHONE)
    clock.move(60)
    assert [dial.state for dial in floor.dialled(PHONE)] == ["answered"]


def test_at_once_is_before_the_dial_returns_and_each_phone_can_differ(clock):
    floor = Floor(clock, auto_answer_after=0)
    floor.set_phone("+12125550199", answers_after=None)
    call = floor.add_call()

    assert floor.dial(call, PHONE, "+16465550100").state == "answered"
    never = floor.dial(call, "+12125550199", "+16465550100")
    clock.move(59)
    assert floor.ringing(call) == [never]
    clock.move(1)
    assert floor.ringing(call) == []
    assert never.state == "unanswered"


def test_a_declined_phone_stops_ringing_and_never_joins(floor):
    call = floor.add_call()
    dial = floor.dial(call, PHONE, "+16465550100")
    floor.decline(call, PHONE)

    assert dial.state == "declined"
    with pytest.raises(LookupError):
        floor.answer(call, PHONE)


def test_a_call_that_ends_stops_its_phones(clock):
    floor = Floor(clock, auto_answer_after=2)
    call = floor.add_call()
    dial = floor.dial(call, PHONE, "+16465550100")
    floor.end_call(call)
    clock.move(5)

    assert dial.state == "call ended"
    assert dial.member_id is None
    assert floor.dialled(PHONE) == [dial]


def test_any_shape_can_be_listed(floor):
    call = floor.add_call(shape={"memberData": None})
    assert listed(floor, call)["memberData"] is None
    floor.reshape(call, members=None, details=MISSING, memberData=AS_IT_IS)

    shown = listed(floor, call)
    assert shown["members"] is None
    assert "details" not in shown
    assert len(shown["memberData"]) == 2


def test_a_legs_data_can_be_unreadable(floor):
    call = floor.add_call()
    contact = floor.member(call, "contact")
    floor.garble(call, contact, "{not json")
    odd = floor.join(call, "third", raw=None)

    assert listed(floor, call)["memberData"][contact] == "{not json"
    assert listed(floor, call)["memberData"][odd] is None


def test_a_field_of_a_leg_can_be_left_out(floor):
    call = floor.add_call()
    assert "channelName" not in data_of(floor, call, floor.join(call, "third", channel=None))


@pytest.mark.parametrize(
    "item",
    [
        {"confId": "a", "status": "active"},
        {"confId": "a", "memberData": {"9": "{}", "10": "not json", "x": 5}, "members": None},
        {"confId": "a", "memberData": {"2": "{}"}, "members": {"one": "one", "two": "two"}},
        {"confId": "a", "memberData": [], "details": "no"},
        {"createdTime": "yesterday", "extra": True},
        None,
        "conference",
    ],
)
def test_a_raw_item_is_listed_exactly_as_given(floor, item):
    call = floor.raw_conference(item)
    shown = json.loads(floor.call(call).listed())

    assert shown == item
    if isinstance(item, dict) and isinstance(item.get("memberData"), dict):
        assert list(shown["memberData"]) == list(item["memberData"])


def test_members_of_a_raw_conference_leave_like_any(floor):
    call = floor.raw_conference(
        {"confId": "a", "memberData": {"2000": "{}", "2001": "{}"}, "members": {"s": "s", "t": "t"}}
    )
    assert floor.join(call) == "2002"
    floor.leave(call, "2000")

    assert list(listed(floor, call)["memberData"]) == ["2001", "2002"]
    assert "s" not in listed(floor, call)["members"]


def test_a_client_id_of_several_users_is_the_last_ones(floor):
    first = floor.add_user("Ann", "Lee")
    last = floor.add_user("Ann", "Lee-Ortega", client_id=first.client_id)
    call = floor.add_call(first)

    assert floor.user_of(floor.call(call)) == last
    assert floor.user_of(floor.call(floor.add_call(agent=None))) is None


def test_numbers_are_all_different_and_the_supervisors_area_is_left_alone(floor):
    numbers = [floor._user_number() for _ in range(12_000)] + [floor._outside_number() for _ in range(12_000)]

    assert len(set(numbers)) == 24_000
    assert {len(number) for number in numbers} == {12}
    assert not [number for number in numbers if number.startswith("+1212")]


def test_what_is_due_happens_in_order_at_its_own_time_and_time_never_runs_back(floor, clock):
    seen = []
    floor.after(2, lambda: seen.append(("second", floor.now)))
    floor.after(1, lambda: seen.append(("first", floor.now)))
    start = clock.now_ms
    clock.move(10)
    floor.tick()
    floor.tick(start)

    assert seen == [("first", start + 1000), ("second", start + 2000)]
    assert floor.now == start + 10_000
