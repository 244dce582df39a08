"""An id's key: the usual form of a UUID however it is written, and any other text itself."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.rules.ids import id_key

UUID = re.compile(r"\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?", re.I | re.A)


def usual_form(text):
    found = UUID.fullmatch(text)
    return "-".join(found.groups()).lower() if found else text


@st.composite
def written(draw):
    """A UUID with and without each of its marks, in small letters, in capitals, or with one of another alphabet."""
    letters = draw(st.sampled_from(["0123456789abcdef", "0123456789", "0123456789ABCDEF", "abcdefABCDEF", "0123é"]))
    parts = [draw(st.text(letters, min_size=size, max_size=size)) for size in (8, 4, 4, 4, 12)]
    dashes = [draw(st.sampled_from(["", "-", "-", "-"])) for _ in range(4)]
    marks = draw(st.sampled_from(["", "", "{"])), draw(st.sampled_from(["", "", "}", "\n"]))
    return marks[0] + "".join(part + dash for part, dash in zip(parts, [*dashes, ""], strict=True)) + marks[1]


@given(written() | st.text(max_size=40))
def test_the_key_is_the_usual_form_of_a_uuid_and_else_the_text(text):
    assert id_key(text) == usual_form(text)


@pytest.mark.parametrize("text", ["{c91f9b77-ce9d-4207-98e4229b76a65551", "c91f9b77-ce9d-4207-98e4229b76a65551}"])
def test_a_single_brace_in_the_place_of_a_dash_is_left_out(text):
    assert len(text) == 36
    assert id_key(text) == "c91f9b77-ce9d-4207-98e4-229b76a65551"
