"""The knobs: set by name, checked, drawn from a seed, and put back."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.harness.fake_ytel import Knobs


def test_a_knob_is_set_by_its_name_and_told():
    knobs = Knobs()
    knobs.turn({"disconnects.empty_yes": 1, "users.shape": "keyed"})

    assert knobs.disconnects.empty_yes == 1.0
    assert knobs.turned() == {"disconnects.empty_yes": 1.0, "users.shape": "keyed"}
    knobs.calm()
    assert knobs.turned() == {}


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"users.flicker": 1, "disconnects.empty_yes": 1.1}, ValidationError),
        ({"users.flicker": 1, "phones.ring_seconds": 241}, ValidationError),
        ({"users.flicker": 1, "users.shape": "round"}, ValidationError),
        ({"users.flicker": 1, "users.colour": "red"}, LookupError),
        ({"users.flicker": 1, "flicker": 1}, LookupError),
    ],
)
def test_one_wrong_value_sets_nothing(values, error):
    knobs = Knobs()
    with pytest.raises(error):
        knobs.turn(values)
    assert knobs.turned() == {}


def test_a_value_is_checked_however_it_is_set():
    with pytest.raises(ValidationError):
        Knobs().legs.agent_replaced = -1


def test_the_same_seed_draws_the_same_and_seeds_reach_every_knob_but_those_turned_by_hand():
    first, second = Knobs(), Knobs()
    assert first.draw(7) == second.draw(7) != Knobs().draw(8)

    reached = {name for seed in range(150) for name in Knobs().draw(seed)}
    every = {f"{group}.{knob}" for group, knobs in Knobs().groups() for knob in type(knobs).model_fields}
    assert every - reached == {
        "legs.supervisor_misdescribed",
        "tokens.refresh_hours",
        "tokens.refusal_status",
        "errors.more_info",
    }


def test_a_drawn_ring_is_within_what_ytel_may_do():
    rings = [Knobs().draw(seed, share=1).get("phones.ring_seconds", 60) for seed in range(100)]
    assert min(rings) < 10
    assert 180 < max(rings) <= 240


def test_every_knob_is_in_the_list_of_knobs():
    text = Path("tests/harness/README.md").read_text()
    lists = {"conferences", "users", "contacts"}
    for group, knobs in Knobs().groups():
        for knob in type(knobs).model_fields:
            assert f"`{group}.{knob}`" in text or (group in lists and f"`{knob}`" in text), f"{group}.{knob}"
